import { Button, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { components } from '../api/schema.gen'
import { journeysQuery, touchpointsQuery } from '../journey/queries'
import { useFormat } from '../ui/useFormat'
import { byDay, marksByName } from './marks'
import { TimelineEvent } from './TimelineEvent'
import classes from './People.module.css'

interface Props {
  events: components['schemas']['TimelineEvent'][]
  more: { has: boolean; busy: boolean; load: () => void }
  /** On an account: whose event it is. */
  nameOf?: (profile: string) => string
}

/** Events by day, newest first, each with the touchpoint that it belongs to where its name tells it. */
export function Timeline({ events, more, nameOf }: Props) {
  const { t } = useTranslation('people')
  const f = useFormat()
  const touchpoints = useQuery(touchpointsQuery())
  const journeys = useQuery(journeysQuery())
  const marks = marksByName(touchpoints.data ?? [], journeys.data ?? [])
  return (
    <section className={`wd-card ${classes.card ?? ''}`}>
      <h2>{t('timeline.title')}</h2>
      {events.length === 0 ? <Text className="wd-quiet" size="sm">{t('timeline.none')}</Text> : null}
      {byDay(events).map(({ day, events: list }) => (
        <div key={day}>
          <h3 className={classes.day}>{f.date(list[0]?.time ?? day)}<span>{t('timeline.count', { n: f.count(list.length) })}</span></h3>
          <ol className={classes.plain}>
            {list.map((e, i) => <TimelineEvent key={e.time + e.name + String(i)} event={e} mark={marks.get(e.name)} who={nameOf?.(e.profile)} />)}
          </ol>
        </div>
      ))}
      {more.has ? <Button variant="default" size="xs" mt="md" loading={more.busy} onClick={more.load}>{t('timeline.more')}</Button> : null}
    </section>
  )
}
