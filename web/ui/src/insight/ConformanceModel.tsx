import { useTranslation } from 'react-i18next'
import { useFormat } from '../ui/useFormat'
import { ConformanceSign } from './ConformanceSign'
import { insertsAfter, keyOf, nameAt, onStep } from './conformanceView'
import type { ConformDeviation, ConformanceAnswer } from './types'
import classes from './Conformance.module.css'

interface Props {
  answer: ConformanceAnswer
  /** The deviation whose people are shown. */
  chosen?: string
  onChoose: (key: string) => void
}

const shown = 3

/** The plan, stage by stage, with each deviation where it happens: on its step, or between two steps. */
export function ConformanceModel({ answer, chosen, onChoose }: Props) {
  const { t } = useTranslation('insight')
  const f = useFormat()
  const inserts = insertsAfter(answer)
  let number = 0
  const mark = (d: ConformDeviation, times: number, words?: string) => (
    <button
      key={keyOf(d)}
      type="button"
      className={classes.mark}
      data-type={d.type}
      aria-pressed={chosen === keyOf(d)}
      title={`${t(`conform.type.${d.type}`)}: ${nameAt(answer, d.step, d.touchpoint)}`}
      aria-label={t('conform.markLabel', { type: t(`conform.type.${d.type}`), what: nameAt(answer, d.step, d.touchpoint), n: f.count(times) })}
      onClick={() => { onChoose(keyOf(d)) }}
    >
      <ConformanceSign type={d.type} />
      {words ? <span className={classes.insertName}>{words}</span> : null}
      <span className="wd-num">{f.short(times)}</span>
    </button>
  )
  const between = (after: number) => {
    const list = inserts.get(after) ?? []
    if (list.length === 0) return null
    return (
      <li key={`after ${String(after)}`} className={classes.between}>
        {list.slice(0, shown).map((x) => mark(x.deviation, x.times, nameAt(answer, x.deviation.step, x.deviation.touchpoint)))}
        {list.length > shown ? <span className={classes.hint}>{t('conform.more', { n: f.count(list.length - shown) })}</span> : null}
      </li>
    )
  }
  return (
    <section aria-label={t('conform.model')}>
      <h2 className={classes.title}>{t('conform.model')}</h2>
      <ol className={classes.stages}>
        {answer.model.stages.map((stage, si) => (
          <li key={stage.id} className={classes.stage}>
            <h3>{stage.title ?? stage.id}</h3>
            <ol>
              {si === 0 ? between(-1) : null}
              {stage.steps.map((step) => {
                const i = number++
                const counts = answer.steps[i]
                return [
                  <li key={step.id} className={classes.planStep} data-optional={step.optional}>
                    <span className={classes.stepName}>{step.title ?? step.id}{step.optional ? <i> {t('conform.optional')}</i> : null}</span>
                    <span className={classes.marks}>
                      <span className={classes.done} title={t('conform.done', { n: f.count(counts?.done ?? 0) })}>
                        <ConformanceSign type="sync" /><span className="wd-num">{f.short(counts?.done ?? 0)}</span>
                      </span>
                      {onStep(answer, i).map((d) => mark(d, d.count, d.touchpoint >= 0 && step.touchpoints.length > 1 ? nameAt(answer, i, d.touchpoint) : undefined))}
                    </span>
                  </li>,
                  between(i),
                ]
              })}
            </ol>
          </li>
        ))}
      </ol>
      {answer.unseen.length > 0 ? <p className={classes.hint}>{t('conform.unseen', { steps: answer.unseen.map((s) => s.title ?? s.id).join(', ') })}</p> : null}
    </section>
  )
}
