import { useTranslation } from 'react-i18next'
import { useFormat } from '../ui/useFormat'
import type { AttributionAnswer } from './types'
import classes from './Attribution.module.css'

interface Props {
  data: AttributionAnswer
  worth: boolean
}

/** How the chains look: the most frequent ones, how long they are, and how long they take. */
export function AttributionChains({ data, worth }: Props) {
  const { t } = useTranslation('insight')
  const f = useFormat()
  return (
    <div className={classes.more}>
      <section className={classes.wide}>
        <h2 className={classes.heading}>{t('attribution.top')}</h2>
        <p className={classes.lead}>{t('attribution.topOf', { n: f.count(data.top.length), of: f.count(data.variants) })}</p>
        <ol className={classes.chains}>
          {data.top.map((c, i) => (
            <li key={String(i)}>
              <span className={classes.chips}>
                {c.touches.map((name, k) => (
                  <span key={String(k)} className={classes.link}>
                    {k > 0 ? <span className={classes.arrow} aria-hidden="true">→</span> : null}
                    <span className={classes.chip}>{name}</span>
                  </span>
                ))}
              </span>
              <span className={classes.small}>
                {t('attribution.converted', { n: f.count(c.chains.n), of: f.count(c.chains.of), share: f.share(c.chains.rate) })}
                {worth ? ` · ${t('attribution.worthIs', { value: f.money(c.value) })}` : ''}
              </span>
            </li>
          ))}
        </ol>
      </section>
      <Bars
        title={t('attribution.lengths')}
        lead={t('attribution.meanTouches', { n: f.decimal(data.mean_touches) })}
        rows={data.lengths.filter((l) => l.conversions.n > 0).map((l) => ({
          label: l.or_more ? t('attribution.touchesOrMore', { n: l.touches }) : t('attribution.touches', { count: l.touches }),
          count: l.conversions.n,
          share: l.conversions.rate,
        }))}
      />
      <Bars
        title={t('attribution.lags')}
        lead={data.median_lag === null ? '' : t('attribution.medianLag', { span: f.span(data.median_lag) })}
        rows={data.lags.map((l) => ({
          label: l.from === 0 ? t('attribution.sameDay') : l.from === l.to ? t('attribution.days', { count: l.from }) : t('attribution.daySpan', { from: l.from, to: l.to }),
          count: l.conversions.n,
          share: l.conversions.rate,
        }))}
      />
    </div>
  )
}

function Bars({ title, lead, rows }: { title: string; lead: string; rows: { label: string; count: number; share: number }[] }) {
  const f = useFormat()
  const full = Math.max(1e-9, ...rows.map((r) => r.share))
  return (
    <section>
      <h2 className={classes.heading}>{title}</h2>
      <p className={classes.lead}>{lead}</p>
      <dl className={classes.bars}>
        {rows.map((r) => (
          <div key={r.label}>
            <dt>{r.label}</dt>
            <dd className={classes.track} aria-hidden="true"><div className={classes.fill} style={{ width: `${String((r.share / full) * 100)}%` }} /></dd>
            <dd className="wd-num">{f.count(r.count)} · {f.share(r.share)}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
