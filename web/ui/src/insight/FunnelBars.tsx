import { UnstyledButton } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../ui/useFormat'
import type { FunnelCount, Who } from './types'
import classes from './Funnel.module.css'

interface Props {
  steps: FunnelCount[]
  /** Which of them may be passed by. */
  optional: boolean[]
  onWho: (who: Who) => void
}

/** Where each step's losses are counted from: the last step before it that is required. */
function before(optional: boolean[], i: number): number {
  for (let k = i - 1; k > 0; k--) if (!optional[k]) return k
  return 0
}

/** The funnel: a bar a step with its count and rates, and between them who did not go on and how long the others took.
 * A click shows the people. */
export function FunnelBars({ steps, optional, onWho }: Props) {
  const { t } = useTranslation('insight')
  const f = useFormat()
  const first = steps[0]?.count ?? 0
  return (
    <ol className={classes.list} aria-label={t('funnel.chart')}>
      {steps.map((step, i) => {
        const base = steps[before(optional, i)]?.count ?? 0
        const lost = base - step.count
        return (
          <li key={String(i)}>
            {i > 0 ? (
              <div className={classes.drop}>
                {optional[i] ? <span>{t('step.optional')}</span> : lost > 0 ? (
                  <UnstyledButton className={classes.link} onClick={() => { onWho({ step: i + 1, outcome: 'lost' }) }}>
                    {t('funnel.drop', { n: f.count(lost), share: f.share(base > 0 ? lost / base : 0) })}
                  </UnstyledButton>
                ) : t('funnel.drop', { n: f.count(0), share: f.share(0) })}
                {step.median_seconds !== null ? <span> · {t('funnel.median', { span: f.span(step.median_seconds) })}</span> : null}
              </div>
            ) : null}
            <div className={classes.name}><span>{i + 1}. {step.name}</span><span className="wd-num">{f.count(step.count)}</span></div>
            <UnstyledButton
              className={classes.track}
              disabled={step.count === 0}
              aria-label={t('more.who.show', { step: step.name, n: f.count(step.count) })}
              onClick={() => { onWho({ step: i + 1 }) }}
            >
              <div className={classes.fill} style={{ width: `${String(first > 0 ? (step.count / first) * 100 : 0)}%` }} />
            </UnstyledButton>
            {i > 0 ? (
              <div className={classes.facts}>
                <span>{t('funnel.ofFirst', { share: f.share(step.from_first) })}</span>
                <span>{t('funnel.ofPrevious', { share: f.share(step.from_previous) })}</span>
              </div>
            ) : null}
          </li>
        )
      })}
    </ol>
  )
}
