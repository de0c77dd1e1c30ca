import { CloseButton } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../ui/useFormat'
import { ActorLink } from './ActorLink'
import { ConformanceSign } from './ConformanceSign'
import { nameAt } from './conformanceView'
import { TraceChips } from './TraceChips'
import type { ConformDeviation, ConformanceAnswer } from './types'
import classes from './Conformance.module.css'

interface Props {
  answer: ConformanceAnswer
  deviation: ConformDeviation
  onClose: () => void
}

/** One deviation: how often, where, and people who show it. */
export function DeviationPanel({ answer, deviation: d, onClose }: Props) {
  const { t } = useTranslation('insight')
  const f = useFormat()
  const name = nameAt(answer, d.step, d.touchpoint)
  const place = (step: number, none: string): string => (step < 0 ? none : nameAt(answer, step, -1))
  return (
    <section className={classes.panel} data-type={d.type} aria-label={`${t(`conform.type.${d.type}`)}: ${name}`}>
      <div className={classes.panelHead}>
        <ConformanceSign type={d.type} size={18} />
        <h3>{t(`conform.type.${d.type}`)}: {name}</h3>
        <CloseButton size="sm" aria-label={t('close', { ns: 'shell' })} onClick={onClose} />
      </div>
      <p className={classes.hint}>
        {t('conform.times', { count: d.count, n: f.count(d.count), traces: f.count(d.share.n), of: f.count(d.share.of), share: f.share(d.share.rate), low: f.share(d.share.low), high: f.share(d.share.high) })}
      </p>
      <div className={classes.panelBody}>
        <div>
          <h4>{t('conform.where')}</h4>
          <ul className={classes.places}>
            {d.places.slice(0, 6).map((p) => (
              <li key={`${String(p.after)} ${String(p.before)}`}>
                <span>{t('conform.place', { after: place(p.after, t('conform.beginning')), before: place(p.before, t('conform.end')) })}</span>
                <span className="wd-num">{f.count(p.count)}</span>
              </li>
            ))}
          </ul>
        </div>
        <div>
          <h4>{t('conform.examples')}</h4>
          <ul className={classes.people}>
            {d.examples.map((x) => (
              <li key={x.actor + x.last}>
                <span><ActorLink id={x.actor} actor={answer.actor} /> <span className={classes.hint}>{t('conform.last', { when: f.moment(x.last) })}</span></span>
                <TraceChips answer={answer} moves={x.moves} open={x.open} />
              </li>
            ))}
          </ul>
        </div>
      </div>
    </section>
  )
}
