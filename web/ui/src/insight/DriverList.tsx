import { Alert, Button } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../ui/useFormat'
import { DriverRow } from './DriverRow'
import { groupsOf, oddsPlace, oddsSpan, rateText } from './drivers'
import type { Driver, DriversAnswer, DriversQuestion } from './types'
import { useDriverWords } from './useDriverWords'
import classes from './Drivers.module.css'

interface Props {
  answer: DriversAnswer
  question: DriversQuestion
}

const shown = 12

/** What goes with success, what with failure; then what lies on the way, and what was not found. */
export function DriverList({ answer: a, question }: Props) {
  const { t } = useTranslation('insight')
  const f = useFormat()
  const words = useDriverWords()
  const groups = groupsOf(a)
  const span = oddsSpan([...groups.success, ...groups.failure].slice(0, 60))
  const list = (which: 'success' | 'failure' | 'way' | 'none', rows: Driver[]) => (
    <Ranked
      title={t(`drivers.group.${which}`)}
      axis={t('drivers.axis')}
      ticks={span.ticks.map((tick) => ({ text: words.odds(tick), left: `${String(100 * oddsPlace(tick, span))}%` }))}
      rows={rows.map((d, i) => <DriverRow key={String(i)} driver={d} question={question} span={span} />)}
    />
  )
  return (
    <>
      <p className={classes.head}>
        {t('drivers.success', { rate: rateText(a.success, f.share, f.count, (n, of) => t('drivers.of', { n, of })), found: f.count(a.found), tested: f.count(a.tested) })}
      </p>
      {a.warnings.filter((w) => w !== 'nothing_to_compare').map((w) => (
        <Alert key={w} color="yellow" variant="light" icon={<IconAlertTriangle size={16} />} mb="sm" p="xs">{t(`drivers.warnAll.${w as 'few' | 'skewed'}`)}</Alert>
      ))}
      <p className={classes.note}>
        {t('drivers.cause')}{' '}
        {t('drivers.support', { n: f.count(a.support) })}
        {a.open > 0 ? ` ${t('drivers.open', { n: f.count(a.open) })}` : ''}
      </p>
      {groups.success.length > 0 ? list('success', groups.success) : null}
      {groups.failure.length > 0 ? list('failure', groups.failure) : null}
      {groups.success.length + groups.failure.length === 0 ? <p className="wd-quiet">{t('drivers.noneFound')}</p> : null}
      {groups.way.length > 0 ? (
        <details className={classes.more}>
          <summary>{t('drivers.wayMore', { n: f.count(groups.way.length) })}</summary>
          {list('way', groups.way)}
        </details>
      ) : null}
      {groups.none.length > 0 ? (
        <details className={classes.more}>
          <summary>{t('drivers.noneMore', { n: f.count(groups.none.length) })}</summary>
          {list('none', groups.none)}
        </details>
      ) : null}
    </>
  )
}

/** A list with its axis on top, cut until more is wanted. */
function Ranked({ title, axis, ticks, rows }: { title: string; axis: string; ticks: { text: string; left: string }[]; rows: React.ReactNode[] }) {
  const { t } = useTranslation('insight')
  const [all, setAll] = useState(false)
  return (
    <>
      <div className={classes.title}>
        <h3>{title}</h3>
        <div className={classes.scale} aria-hidden="true">{ticks.map((x) => <span key={x.left} style={{ left: x.left }}>{x.text}</span>)}</div>
        <span className={classes.column}>{axis}</span>
      </div>
      <ol className={classes.list} aria-label={title}>{all ? rows : rows.slice(0, shown)}</ol>
      {rows.length > shown && !all ? <Button mt="xs" size="compact-sm" variant="subtle" onClick={() => { setAll(true) }}>{t('drivers.all', { n: rows.length })}</Button> : null}
    </>
  )
}
