import type { CSSProperties } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../ui/useFormat'
import type { Interval, RetentionAnswer } from './cohortBody'
import classes from './Retention.module.css'

interface Props {
  answer: RetentionAnswer
  interval: Interval
  start: (at: string) => string
  caption: string
}

/** The cohorts, a row each: how many came back 1, 2, … periods later, as shares with their counts. Darker is more. */
export function RetentionGrid({ answer, interval, start, caption }: Props) {
  const { t } = useTranslation('insight')
  const f = useFormat()
  const rows = answer.cohorts.filter((c) => c.size > 0)
  const columns = Math.max(0, ...rows.map((c) => c.values.length - 1))
  const top = Math.max(0, ...rows.flatMap((c) => c.rates.slice(1).map((r) => r.rate)))
  const steps = Array.from({ length: columns }, (_, i) => i + 1)
  const growing = rows.some((c) => c.complete < c.values.length)
  return (
    <>
      <div className={classes.scroll} tabIndex={0} role="region" aria-label={caption}>
        <table className={classes.grid} aria-label={caption}>
          <thead>
            <tr>
              <th scope="col">{t(`cohort.cohort.${interval}`)}</th>
              <th scope="col">{t('cohort.size')}</th>
              {steps.map((k) => <th key={k} scope="col" title={t('cohort.later', { n: k })}>+{k}</th>)}
            </tr>
          </thead>
          <tbody>
            {rows.map((c) => (
              <tr key={c.start}>
                <th scope="row">{start(c.start)}</th>
                <td className={classes.size}>{c.complete === 0 ? '~' : ''}{f.count(c.size)}</td>
                {steps.map((k) => {
                  const rate = c.rates[k]
                  if (!rate) return <td key={k} />
                  const open = k >= c.complete
                  const heat = { '--heat': top > 0 ? rate.rate / top : 0 } as CSSProperties
                  return (
                    <td
                      key={k}
                      className={`${classes.cell ?? ''} ${open ? (classes.growing ?? '') : ''}`}
                      style={heat}
                      title={`${t('cohort.cell', { n: f.count(rate.n), of: f.count(rate.of), low: f.share(rate.low), high: f.share(rate.high) })}${open ? ` · ${t('cohort.growing')}` : ''}`}
                    >
                      <b>{open ? '~' : ''}{f.share(rate.rate)}</b>
                      <span>{f.count(rate.n)}</span>
                    </td>
                  )
                })}
              </tr>
            ))}
            <tr className={classes.average}>
              <th scope="row">{t('cohort.average')}</th>
              <td>{f.count(answer.average[0]?.of ?? 0)}</td>
              {steps.map((k) => {
                const p = answer.average[k]
                return (
                  <td key={k}>
                    {p && p.of > 0 ? (
                      <>
                        <b>{f.share(p.rate)}</b>
                        <small>{f.share(p.low)}–{f.share(p.high)}</small>
                        <small>{f.count(p.n)} / {f.count(p.of)}</small>
                      </>
                    ) : null}
                  </td>
                )
              })}
            </tr>
          </tbody>
        </table>
      </div>
      <p className={classes.note}>
        <span className={classes.scale}>{f.share(0)}<i aria-hidden="true" />{f.share(top)}</span>
        {growing ? <span>~ {t('cohort.growing')}</span> : null}
        <span>{t('cohort.averageNote')}</span>
      </p>
    </>
  )
}
