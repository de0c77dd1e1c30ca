import { Loader } from '@mantine/core'
import { useQueries, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Live } from '../api/types'
import { FactCard } from '../journey/FactCard'
import { JourneyCard } from '../journey/JourneyCard'
import { journeysQuery, liveQuery } from '../journey/queries'
import { Failure } from '../ui/Failure'
import { Page } from '../ui/Page'
import { ChangeList } from './ChangeList'
import { FirstSteps } from './FirstSteps'
import { healthQuery, sourcesQuery } from './queries'
import { SourceHealth } from './SourceHealth'
import classes from './Home.module.css'

const most = 4

function titlesOf(live: Live): (id: string) => string {
  const titles = new Map([...live.stages, ...live.touchpoints].map((x) => [x.id, x.title]))
  return (id) => titles.get(id) ?? id
}

/** The first room: what changed, what stands out, how each journey goes, and whether data still comes in. */
export function HomePage() {
  const { t } = useTranslation('home')
  const journeys = useQuery(journeysQuery())
  const sources = useQuery(sourcesQuery())
  const health = useQuery(healthQuery())
  const shown = (journeys.data ?? []).filter((j) => (j.spec.state ?? 'draft') !== 'future').slice(0, 12)
  const answers = useQueries({ queries: shown.map((j) => liveQuery(j.metadata.id, {})) })
  const lives = answers.flatMap((a) => (a.data ? [a.data] : []))
  const events = health.data?.store.events ?? 0
  const done = { events: events > 0, journey: shown.length > 0, live: lives.some((l) => l.people > 0) }
  const facts = lives.flatMap((live) => live.facts.map((fact) => ({ live, fact })))
  const seen = new Set<string>()
  const fresh = facts.filter(({ fact }) => {
    const key = `${fact.kind} ${fact.touchpoint ?? fact.stage ?? ''}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })

  return (
    <Page title={t('title')} lead={t('lead')}>
      {journeys.isPending ? <Loader role="status" aria-label={t('loading', { ns: 'shell' })} /> : null}
      {journeys.error ? <Failure error={journeys.error} onRetry={() => void journeys.refetch()} /> : null}
      {journeys.data && health.data && !(done.events && done.journey && done.live) ? <FirstSteps done={done} /> : null}
      <div className={classes.columns}>
        <div className={classes.main}>
          {fresh.length > 0 ? (
            <section>
              <h2 className={classes.name}>{t('standsOut')} <span>{t('standsOutLead')}</span></h2>
              <div className={classes.facts}>
                {fresh.slice(0, most).map(({ live, fact }) => (
                  <FactCard key={live.journey + fact.kind + (fact.touchpoint ?? fact.stage ?? '')} fact={fact} titleOf={titlesOf(live)} journey={live.journey} />
                ))}
              </div>
            </section>
          ) : null}
          {shown.length > 0 ? (
            <section>
              <h2 className={classes.name}>{t('journeys')} <span>{t('journeysLead')}</span></h2>
              <div className={classes.cards}>{shown.map((j) => <JourneyCard key={j.metadata.id} journey={j} />)}</div>
            </section>
          ) : null}
        </div>
        <div className={classes.side}>
          {lives.length > 0 ? <ChangeList lives={lives} /> : null}
          {sources.data && health.data ? <SourceHealth sources={sources.data.items} status={health.data} /> : null}
        </div>
      </div>
    </Page>
  )
}
