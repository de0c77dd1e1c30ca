import { Anchor, Button, Loader, Text } from '@mantine/core'
import type { UseInfiniteQueryResult } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { brief } from '../people/traits'
import { personName } from '../ui/personName'
import { useFormat } from '../ui/useFormat'
import type { SegmentAnswer } from './queries'
import classes from './Segment.module.css'

interface Props {
  list: UseInfiniteQueryResult<{ pages: SegmentAnswer[] }>
  account: boolean
}

/** Who is in the segment now, a page at a time. */
export function Members({ list, account }: Props) {
  const { t } = useTranslation('segment')
  const f = useFormat()
  const pages = list.data?.pages ?? []
  const people = pages.flatMap((p) => p.people)
  const accounts = pages.flatMap((p) => p.accounts)
  const none = list.data && people.length + accounts.length === 0
  return (
    <section className={`wd-card ${classes.card ?? ''}`} aria-labelledby="members">
      <h2 id="members">{t('members.title')} <small className="wd-quiet">{t('members.sub')}</small></h2>
      {list.isPending && list.isFetching ? <Loader size="sm" role="status" aria-label={t('loading', { ns: 'shell' })} /> : null}
      {none ? <Text size="sm" className="wd-quiet" role="status">{t('members.none')}</Text> : null}
      <ul className={classes.plain}>
        {account
          ? accounts.map((a) => (
            <li key={a.id} className={classes.member}>
              <Anchor component={Link} to="/people/account/$id" params={{ id: a.id } as never} size="sm" fw={600}>{a.name || a.id}</Anchor>
              <span className="wd-quiet">{t('members.people', { n: f.count(a.people) })}</span>
              <span className="wd-num wd-quiet">{f.moment(a.last_seen)}</span>
            </li>
          ))
          : people.map((p) => (
            <li key={p.id} className={classes.member}>
              <Anchor component={Link} to="/people/$id" params={{ id: p.id } as never} size="sm" fw={600}>{personName(p)}</Anchor>
              <span className="wd-quiet">{brief(p.traits)}</span>
              <span className="wd-num wd-quiet">{f.moment(p.last_seen)}</span>
            </li>
          ))}
      </ul>
      {list.hasNextPage ? <Button variant="default" size="xs" mt="sm" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t('members.more')}</Button> : null}
    </section>
  )
}
