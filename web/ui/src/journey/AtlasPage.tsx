import { Button, Loader } from '@mantine/core'
import { IconFileImport, IconPlus, IconRoute } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Journey } from '../api/types'
import { Empty } from '../ui/Empty'
import { Failure } from '../ui/Failure'
import { Page } from '../ui/Page'
import { ImportDialog } from './ImportDialog'
import { JourneyCard } from './JourneyCard'
import { JourneyDialog } from './JourneyDialog'
import { journeysQuery } from './queries'
import { atlasRoute } from './routes'
import classes from './Atlas.module.css'

/** A journey and those that are parts of it. */
interface Tree {
  journey: Journey
  inside: Tree[]
}

function nest(journeys: Journey[]): Tree[] {
  const ids = new Set(journeys.map((j) => j.metadata.id))
  const under = (parent: string | undefined, seen: Set<string>): Tree[] =>
    journeys
      .filter((j) => !seen.has(j.metadata.id) && (parent === undefined ? !j.spec.parent || !ids.has(j.spec.parent) : j.spec.parent === parent))
      .map((journey) => ({ journey, inside: under(journey.metadata.id, new Set([...seen, journey.metadata.id])) }))
  return under(undefined, new Set())
}

/** All journeys, each with its live headline, the parts of one under it. */
export function AtlasPage() {
  const { t } = useTranslation('journey')
  const navigate = useNavigate()
  const { make } = atlasRoute.useSearch()
  const journeys = useQuery(journeysQuery())
  const show = (what?: 'new' | 'import'): void => { void navigate({ to: '/journeys', search: what ? { make: what } : {} }) }
  const taken = new Set((journeys.data ?? []).map((j) => j.metadata.id))

  const branch = ({ journey, inside }: Tree) => (
    <li key={journey.metadata.id}>
      <JourneyCard journey={journey} />
      {inside.length > 0 ? <ul className={classes.inside} aria-label={t('atlas.inside', { title: journey.metadata.title ?? journey.metadata.id })}>{inside.map(branch)}</ul> : null}
    </li>
  )
  const buttons = (
    <>
      <Button variant="default" leftSection={<IconFileImport size={16} />} onClick={() => { show('import') }}>{t('atlas.import')}</Button>
      <Button leftSection={<IconPlus size={16} />} onClick={() => { show('new') }}>{t('atlas.new')}</Button>
    </>
  )

  return (
    <Page title={t('title')} lead={t('lead')} actions={buttons}>
      {journeys.isPending ? <Loader role="status" aria-label={t('loading', { ns: 'shell' })} /> : null}
      {journeys.error ? <Failure error={journeys.error} onRetry={() => void journeys.refetch()} /> : null}
      {journeys.data?.length === 0 ? (
        <Empty icon={IconRoute} title={t('atlas.empty')} text={t('atlas.emptyText')}>
          <Button leftSection={<IconPlus size={16} />} onClick={() => { show('new') }}>{t('atlas.new')}</Button>
        </Empty>
      ) : null}
      <ul className={classes.list}>{nest(journeys.data ?? []).map(branch)}</ul>
      {make === 'new' ? <JourneyDialog taken={taken} onClose={() => { show() }} onMade={(id) => { void navigate({ to: '/journeys/$id', params: { id }, search: { layers: 'plan,live,flow' } }) }} /> : null}
      {make === 'import' ? <ImportDialog onClose={() => { show() }} /> : null}
    </Page>
  )
}
