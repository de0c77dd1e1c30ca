import { Anchor, Loader } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api, must } from '../api/client'
import { personName } from '../ui/personName'
import { Failure } from '../ui/Failure'
import { useFormat } from '../ui/useFormat'
import { eventsOf, matchFilter } from './matchFilter'
import type { Box } from './plan'
import type { MapSearch } from './search'
import classes from './TouchpointPanel.module.css'

const among = 24

/** Events that reached the touchpoint lately and whose they were, among the people active last. */
export function PanelSamples({ box }: { box: Box; search: MapSearch }) {
  const { t } = useTranslation('journey')
  const f = useFormat()
  const matchers = box.touchpoint?.spec.match ?? []
  const filter = matchFilter(matchers)
  const samples = useQuery({
    queryKey: ['live', 'samples', box.id, filter],
    enabled: matchers.length > 0,
    queryFn: async ({ signal }) => {
      const { people } = await must(api.GET('/api/v1/profiles', { params: { query: { limit: among } }, signal }))
      const lines = await Promise.all(
        people.map(async (person) => {
          const line = await must(api.GET('/api/v1/profiles/{id}/timeline', { params: { path: { id: person.id }, query: { filter, limit: 2 } }, signal }))
          return line.events.map((event) => ({ person, event }))
        }),
      )
      return lines.flat().sort((a, b) => b.event.time.localeCompare(a.event.time)).slice(0, 30)
    },
  })
  return (
    <>
      <section>
        <h3 className={classes.section}>{t('panel.match')}</h3>
        {matchers.length === 0 ? <p className={classes.said}>{t('panel.dark')}</p> : null}
        {matchers.map((m, i) => (
          <code key={String(i)} className={classes.code} style={{ marginTop: i > 0 ? 6 : 0 }}>
            {eventsOf(m).join(' | ')}{m.where ? <><br />{m.where}</> : null}
          </code>
        ))}
      </section>
      {matchers.length > 0 ? (
        <section>
          <h3 className={classes.section}>{t('panel.recent')}</h3>
          {samples.isPending ? <Loader size="sm" role="status" aria-label={t('loading', { ns: 'shell' })} /> : null}
          {samples.error ? <Failure error={samples.error} onRetry={() => void samples.refetch()} /> : null}
          {samples.data?.length === 0 ? <p className={classes.said}>{t('panel.noSample', { count: among })}</p> : null}
          {(samples.data ?? []).map(({ person, event }, i) => (
            <div key={person.id + event.time + String(i)} className={classes.sample}>
              <Anchor component={Link} to="/people/$id" params={{ id: person.id } as never} fw={600} size="sm">{personName(person)}</Anchor>
              <span className={classes.small}>{event.name} · {f.moment(event.time)}</span>
            </div>
          ))}
        </section>
      ) : null}
    </>
  )
}
