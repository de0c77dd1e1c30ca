import { VisuallyHidden } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../ui/useFormat'
import { ConformanceSign } from './ConformanceSign'
import { deviationTypes } from './conformanceView'
import type { ConformanceAnswer } from './types'
import classes from './Conformance.module.css'

/** How well all traces fit, with counts and intervals, and how often each type of deviation happens. */
export function ConformanceFigures({ answer }: { answer: ConformanceAnswer }) {
  const { t } = useTranslation('insight')
  const f = useFormat()
  const { fitness, clean, spread } = answer
  const most = Math.max(1, ...spread)
  return (
    <>
      <div className={classes.figures}>
        <div>
          <span className={classes.label}>{t('conform.fitness')}</span>
          <b className={classes.big}>{f.decimal(fitness.value, 2)}</b>
          <span className={classes.hint}>{t('conform.interval', { low: f.decimal(fitness.low, 3), high: f.decimal(fitness.high, 3) })} · {t('conform.fitnessHint')}</span>
        </div>
        <div>
          <span className={classes.label}>{t('conform.clean')}</span>
          <b className={classes.big}>{f.share(clean.rate)}</b>
          <span className={classes.hint}>{t('conform.interval', { low: f.share(clean.low), high: f.share(clean.high) })} · {t('conform.cleanHint', { n: f.count(clean.n), of: f.count(clean.of) })}</span>
        </div>
        <div>
          <span className={classes.label}>{t('conform.traces')}</span>
          <b className={classes.big}>{f.count(answer.traces)}</b>
          <span className={classes.hint}>{t('conform.tracesHint', { people: f.count(answer.people), who: t(`who.${answer.actor}`), open: f.count(answer.open) })}</span>
        </div>
        <div>
          <span className={classes.label}>{t('conform.spread')}</span>
          <ol className={classes.spread}>
            {spread.map((n, i) => {
              const text = t('conform.slice', { n: f.count(n), from: f.decimal(i / 10), to: f.decimal((i + 1) / 10) })
              return <li key={String(i)} title={text}><span style={{ height: `${String((n / most) * 100)}%` }} data-none={n === 0} /><VisuallyHidden>{text}</VisuallyHidden></li>
            })}
          </ol>
          <span className={classes.axis}><span>0</span><span>{f.decimal(0.5)}</span><span>1</span></span>
        </div>
      </div>
      <ul className={classes.types}>
        {deviationTypes.map((type) => {
          const own = answer.types.find((x) => x.type === type)
          return (
            <li key={type} data-type={type}>
              <ConformanceSign type={type} size={18} />
              <span><b>{t(`conform.type.${type}`)}</b> {t(`conform.meaning.${type}`)}</span>
              <span className="wd-num">{f.count(own?.traces ?? 0)} · {f.share(own?.share.rate ?? 0)}</span>
            </li>
          )
        })}
      </ul>
    </>
  )
}
