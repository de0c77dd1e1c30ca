import { Anchor, Tooltip } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../ui/useFormat'
import { asFunnel, oddsPlace, rateText } from './drivers'
import type { Driver, DriversQuestion } from './types'
import { useDriverWords } from './useDriverWords'
import classes from './Drivers.module.css'

interface Props {
  driver: Driver
  question: DriversQuestion
  span: { low: number; high: number; ticks: number[] }
}

/** One driver: what it is, its rates with their counts, its odds ratio as a dot with whiskers on a log axis. */
export function DriverRow({ driver: d, question, span }: Props) {
  const { t } = useTranslation('insight')
  const f = useFormat()
  const words = useDriverWords()
  const rate = (r: Driver['with']): string => rateText(r, f.share, f.count, (n, of) => t('drivers.of', { n, of }))
  const at = (odds: number): string => `${String(100 * oddsPlace(odds, span))}%`
  const funnel = asFunnel(question, d)
  const figures = t('drivers.odds', { odds: words.odds(d.odds_ratio), low: words.odds(d.odds_low), high: words.odds(d.odds_high) })
  return (
    <li className={classes.row}>
      <div className={classes.words}>
        <span className={classes.what}>{words.what(d)}</span>
        <span className={classes.where}>{words.where(d)}</span>
        {d.warnings.map((w) => (
          <Tooltip key={w} label={t(`drivers.warn.${w}.why`)} multiline maw={300} events={{ hover: true, focus: true, touch: true }}>
            <span className={classes.warning} tabIndex={0}>{t(`drivers.warn.${w}.name`)}</span>
          </Tooltip>
        ))}
        <p className={classes.rates}>
          {t('drivers.rates', { with: rate(d.with), without: rate(d.without) })}
          {' · '}
          {t('drivers.q', { q: words.chance(d.q) })}
          {d.alike.length > 0 ? ` · ${t('drivers.alike', { list: d.alike.slice(0, 3).map((a) => `${words.what(a)} (${words.where(a)})`).join(', ') + (d.alike.length > 3 ? ' …' : '') })}` : ''}
          {funnel ? <>{' · '}<Anchor component={Link} to="/insights" search={{ question: 'funnel', query: funnel } as never} size="xs" underline="always">{t('drivers.asFunnel')}</Anchor></> : null}
        </p>
      </div>
      <div className={classes.axis} role="img" aria-label={figures}>
        {span.ticks.map((tick) => <span key={tick} className={tick === 1 ? classes.one : classes.tick} style={{ left: at(tick) }} />)}
        <span className={classes.whisker} data-way={d.direction} style={{ left: at(d.odds_low), right: `calc(100% - ${at(d.odds_high)})` }} />
        <span className={classes.dot} data-way={d.direction} style={{ left: at(d.odds_ratio) }} />
      </div>
      <span className={`wd-num ${classes.figure ?? ''}`}>{figures}</span>
    </li>
  )
}
