import { Button, Center, Loader } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Failure } from '../ui/Failure'
import { FactCard } from './FactCard'
import { MapCanvas } from './MapCanvas'
import { MapFoot } from './MapFoot'
import { MapHead } from './MapHead'
import { MapKey } from './MapKey'
import { MapList } from './MapList'
import { makePlan } from './plan'
import { journeyQuery, journeysQuery, liveQuery, personasQuery, touchpointsQuery } from './queries'
import { mapRoute } from './routes'
import { type MapSearch, layersOf } from './search'
import { StageDialog } from './StageDialog'
import { TouchpointDialog } from './TouchpointDialog'
import { TouchpointPanel } from './TouchpointPanel'
import classes from './MapPage.module.css'

const defaultTop = 36

/** One journey's map, alive: what was planned, what customers do, and what stands out. */
export function MapPage() {
  const { t } = useTranslation('journey')
  const { id } = mapRoute.useParams()
  const search = mapRoute.useSearch()
  const navigate = useNavigate()
  const narrow = useMediaQuery('(max-width: 720px)') ?? false
  const [dialog, setDialog] = useState<{ kind: 'stage' | 'touchpoint'; stage?: string } | null>(null)

  const stored = useQuery(journeyQuery(id))
  const journeys = useQuery(journeysQuery())
  const library = useQuery(touchpointsQuery())
  const personas = useQuery(personasQuery())
  const { last, from, to, actor, persona, filter } = search
  const answer = useQuery(liveQuery(id, { last, from, to, actor, persona, filter }))

  const journey = stored.data?.doc.document
  const live = answer.data?.journey === id ? answer.data : undefined
  const plan = useMemo(() => (journey && library.data ? makePlan(journey, library.data, live, t('lane.none')) : undefined), [journey, library.data, live, t])
  const title = journey?.metadata.title ?? id
  useEffect(() => { document.title = `${title} · Wend` }, [title])

  const onSearch = (change: Partial<MapSearch>): void => {
    void navigate({ to: '/journeys/$id', params: { id }, search: (old: MapSearch) => ({ ...old, ...change }), replace: true, resetScroll: false })
  }
  const onOpen = (touchpoint: string): void => {
    onSearch({ touchpoint: touchpoint === search.touchpoint ? undefined : touchpoint })
  }

  if (stored.error) return <Center mih="60vh" p="md"><Failure error={stored.error} onRetry={() => void stored.refetch()} /></Center>
  if (library.error) return <Center mih="60vh" p="md"><Failure error={library.error} onRetry={() => void library.refetch()} /></Center>
  if (!journey || !plan) return <Center mih="60vh"><Loader role="status" aria-label={t('loading', { ns: 'shell' })} /></Center>

  const layers = layersOf(search)
  const who = search.actor ?? journey.spec.actor ?? 'profile'
  const titles = new Map([...plan.stages, ...plan.boxes].map((x) => [x.id, x.title]))
  const titleOf = (of: string): string => titles.get(of) ?? of
  const box = plan.boxes.find((b) => b.id === search.touchpoint)
  const onEditStage = (stage: string): void => { setDialog({ kind: 'stage', stage }) }
  const view = { journey, plan, live, actor: who, open: search.touchpoint, onOpen, onEditStage }

  return (
    <div className={classes.page}>
      <div className={classes.board}>
        <MapHead
          journey={journey}
          version={stored.data?.doc.version}
          parent={journeys.data?.find((j) => j.metadata.id === journey.spec.parent)}
          personas={personas.data ?? []}
          search={search}
          onSearch={onSearch}
        />
        {answer.error ? <div className={classes.facts}><Failure error={answer.error} onRetry={() => void answer.refetch()} /></div> : null}
        {live && !narrow ? <MapKey live={live} layers={layers} top={search.top ?? defaultTop} onTop={(top) => { onSearch({ top }) }} /> : null}
        {layers.has('plan') ? (
          <div className={classes.under}>
            <Button size="compact-sm" variant="light" leftSection={<IconPlus size={14} />} onClick={() => { setDialog({ kind: 'touchpoint' }) }}>{t('edit.addTouchpoint')}</Button>
            <Button size="compact-sm" variant="light" leftSection={<IconPlus size={14} />} onClick={() => { setDialog({ kind: 'stage' }) }}>{t('edit.addStage')}</Button>
          </div>
        ) : null}
        <div className={answer.isPlaceholderData ? classes.busy : undefined} aria-busy={answer.isFetching}>
          {narrow
            ? <MapList {...view} numbers={layers.has('live')} planning={layers.has('plan')} />
            : <MapCanvas {...view} layers={layers} top={search.top ?? defaultTop} />}
        </div>
        {live && live.facts.length > 0 && layers.has('live') ? (
          <section className={classes.facts} id="facts">
            <h2 className={classes.factsName}>{t('fact.title')} <span>{t('fact.lead')}</span></h2>
            <div className={classes.factList}>
              {live.facts.map((fact) => (
                <FactCard key={fact.kind + (fact.touchpoint ?? '') + (fact.stage ?? '')} fact={fact} titleOf={titleOf} onTouchpoint={onOpen} />
              ))}
            </div>
          </section>
        ) : null}
        {live ? <MapFoot live={live} at={answer.dataUpdatedAt} /> : null}
      </div>
      {box ? (
        <TouchpointPanel key={box.id} box={box} live={live} actor={who} titleOf={titleOf} narrow={narrow} search={search} onOpen={onOpen} onClose={() => { onSearch({ touchpoint: undefined }) }} />
      ) : null}
      {dialog?.kind === 'stage' ? <StageDialog journey={journey} stage={dialog.stage} onClose={() => { setDialog(null) }} /> : null}
      {dialog?.kind === 'touchpoint' ? <TouchpointDialog journey={journey} library={library.data ?? []} onClose={() => { setDialog(null) }} onMade={(made) => { onSearch({ touchpoint: made }) }} /> : null}
    </div>
  )
}
