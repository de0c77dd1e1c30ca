import { useTranslation } from 'react-i18next'
import { useFormat } from '../ui/useFormat'
import type { AttributionAnswer, AttributionCredit, AttributionModel } from './types'
import classes from './Attribution.module.css'

interface Props {
  data: AttributionAnswer
  /** Whether conversions have a value. */
  worth: boolean
  name: (channel: { name: string; other?: boolean }) => string
}

/** The longest bar's share: what the others are drawn against. */
export function widest(data: AttributionAnswer): number {
  return Math.max(1e-9, ...data.models.flatMap((m) => m.credits.map((c) => Math.max(c.share, c.high ?? 0))))
}

/** Channels by models: what each gives each, with a bar, its interval and the value. */
export function AttributionTable({ data, worth, name }: Props) {
  const { t } = useTranslation('insight')
  const f = useFormat()
  const full = widest(data)
  return (
    <div className={classes.scroll} tabIndex={0} role="region" aria-label={t('attribution.chart')}>
      <table className={classes.table} aria-label={t('attribution.chart')}>
        <thead>
          <tr>
            <th scope="col">{t('attribution.channel')}</th>
            {data.models.map((m) => (
              <th key={m.model} scope="col" title={t(`attribution.about.${m.model as AttributionModel}`)}>{t(`attribution.model.${m.model as AttributionModel}`)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {data.channels.map((c, i) => (
            <tr key={`${c.name}${c.other ? ' ' : ''}`}>
              <th scope="row">
                <span className={classes.channel}>{name(c)}</span>
                <span className={classes.small}>{t('attribution.converted', { n: f.count(c.chains.n), of: f.count(c.chains.of), share: f.share(c.chains.rate) })}</span>
              </th>
              {data.models.map((m) => {
                const credit = m.credits[i]
                return <td key={m.model}>{credit ? <Credit credit={credit} full={full} worth={worth} /> : null}</td>
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Credit({ credit, full, worth }: { credit: AttributionCredit; full: number; worth: boolean }) {
  const { t } = useTranslation('insight')
  const f = useFormat()
  const at = (share: number): string => `${String((Math.min(Math.max(share, 0), full) / full) * 100)}%`
  const { low, high, effect } = credit
  const range = low !== null && high !== null ? t('attribution.interval', { low: f.share(low), high: f.share(high) }) : undefined
  return (
    <>
      <div className={classes.figure}>
        <span className="wd-num">{f.decimal(credit.conversions)}</span>
        <span className={credit.share < 0 ? classes.below : classes.small}>{f.share(credit.share)}</span>
      </div>
      <div className={classes.track} title={range}>
        <div className={classes.fill} style={{ width: at(credit.share) }} />
        {low !== null && high !== null ? <div className={classes.whisker} style={{ left: at(low), width: `calc(${at(high)} - ${at(low)})` }} /> : null}
      </div>
      {range ? <div className={classes.small}>{range}</div> : null}
      {worth ? <div className={classes.small}>{t('attribution.worthIs', { value: f.money(credit.value) })}</div> : null}
      {effect !== null ? <div className={classes.small}>{t('attribution.effect', { share: f.share(effect) })}</div> : null}
    </>
  )
}
