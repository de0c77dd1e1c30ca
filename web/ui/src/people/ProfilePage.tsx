import { Anchor, Loader, Text } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Failure } from '../ui/Failure'
import { Page } from '../ui/Page'
import { personName } from '../ui/personName'
import { useFormat } from '../ui/useFormat'
import { personQuery, timelineQuery } from './queries'
import { PersonalData } from './PersonalData'
import { profileRoute } from './routes'
import { Timeline } from './Timeline'
import { traitText } from './traits'
import classes from './People.module.css'

/** One person: who it is, by which identifiers it is known, and what it did. */
export function ProfilePage() {
  const { t } = useTranslation('people')
  const f = useFormat()
  const { id } = profileRoute.useParams()
  const person = useQuery(personQuery(id))
  const line = useInfiniteQuery(timelineQuery(id))
  const p = person.data
  const traits = Object.entries(p?.traits ?? {})
  return (
    <Page title={p ? personName(p) : t('col.person')} lead={p ? t('profile.seen', { events: f.count(p.events), first: f.date(p.first_seen), last: f.date(p.last_seen) }) : undefined}>
      <Anchor component={Link} to="/people" size="sm" style={{ position: 'relative', top: -12 }}>← {t('back')}</Anchor>
      {person.isPending ? <div><Loader role="status" aria-label={t('loading', { ns: 'shell' })} /></div> : null}
      {person.error ? <Failure error={person.error} onRetry={() => void person.refetch()} /> : null}
      {p ? (
        <div className={classes.columns}>
          <div className={classes.side}>
            {p.account_id ? (
              <section className={`wd-card ${classes.card ?? ''}`}>
                <h2>{t('profile.account')}</h2>
                <Anchor component={Link} to="/people/account/$id" params={{ id: p.account_id } as never} size="sm" fw={600}>{p.account ?? p.account_id}</Anchor>
              </section>
            ) : null}
            <section className={`wd-card ${classes.card ?? ''}`}>
              <h2>{t('profile.traits')}</h2>
              {traits.length === 0 ? <Text size="sm" className="wd-quiet">{t('profile.noTraits')}</Text> : null}
              <dl className={classes.traits}>{traits.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{traitText(value)}</dd></div>)}</dl>
            </section>
            <section className={`wd-card ${classes.card ?? ''}`}>
              <h2>{t('profile.identifiers')}</h2>
              <ul className={`${classes.plain ?? ''} ${classes.ids ?? ''}`}>{p.identifiers.map((x) => <li key={x}>{x}</li>)}</ul>
            </section>
            <PersonalData person={p} />
          </div>
          <div>
            {line.isPending ? <Loader role="status" aria-label={t('loading', { ns: 'shell' })} /> : null}
            {line.error ? <Failure error={line.error} onRetry={() => void line.refetch()} /> : null}
            {line.data ? <Timeline events={line.data.pages.flatMap((x) => x.events)} more={{ has: line.hasNextPage, busy: line.isFetchingNextPage, load: () => void line.fetchNextPage() }} /> : null}
          </div>
        </div>
      ) : null}
    </Page>
  )
}
