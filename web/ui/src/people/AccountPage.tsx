import { Anchor, Loader } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Failure } from '../ui/Failure'
import { Page } from '../ui/Page'
import { personName } from '../ui/personName'
import { useFormat } from '../ui/useFormat'
import { accountQuery } from './queries'
import { accountRoute } from './routes'
import { Timeline } from './Timeline'
import { brief } from './traits'
import classes from './People.module.css'

/** One account: its people, and what they did on one merged timeline. */
export function AccountPage() {
  const { t } = useTranslation('people')
  const f = useFormat()
  const { id } = accountRoute.useParams()
  const account = useInfiniteQuery(accountQuery(id))
  const pages = account.data?.pages ?? []
  const own = pages[0]
  const names = new Map((own?.people ?? []).map((p) => [p.id, personName(p)]))
  return (
    <Page title={own ? own.name || own.id : t('col.account')} lead={t('account.lead')}>
      <Anchor component={Link} to="/people" size="sm" style={{ position: 'relative', top: -12 }}>← {t('back')}</Anchor>
      {account.isPending ? <div><Loader role="status" aria-label={t('loading', { ns: 'shell' })} /></div> : null}
      {account.error ? <Failure error={account.error} onRetry={() => void account.refetch()} /> : null}
      {own ? (
        <div className={classes.columns}>
          <section className={`wd-card ${classes.card ?? ''}`}>
            <h2>{t('account.people')}</h2>
            <ul className={classes.plain}>
              {own.people.map((p) => (
                <li key={p.id} style={{ padding: '6px 0' }}>
                  <Anchor component={Link} to="/people/$id" params={{ id: p.id } as never} size="sm" fw={600}>{personName(p)}</Anchor>
                  <span className={classes.gist}>{brief(p.traits)}</span>
                  <span className={classes.gist}>{t('timeline.count', { n: f.count(p.events) })}</span>
                </li>
              ))}
            </ul>
          </section>
          <Timeline
            events={pages.flatMap((x) => x.timeline.events)}
            more={{ has: account.hasNextPage, busy: account.isFetchingNextPage, load: () => void account.fetchNextPage() }}
            nameOf={(profile) => names.get(profile) ?? profile}
          />
        </div>
      ) : null}
    </Page>
  )
}
