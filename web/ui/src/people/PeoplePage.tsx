import { Anchor, Button, Loader, Text, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch, IconUsers } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { PeopleTabs } from '../segment/PeopleTabs'
import { Empty } from '../ui/Empty'
import { Failure } from '../ui/Failure'
import { Page } from '../ui/Page'
import { personName } from '../ui/personName'
import { useFormat } from '../ui/useFormat'
import { peopleQuery } from './queries'
import { peopleRoute } from './routes'
import { brief } from './traits'
import classes from './People.module.css'

/** Everybody, those active last first, and a search. */
export function PeoplePage() {
  const { t } = useTranslation('people')
  const f = useFormat()
  const navigate = useNavigate()
  const { q = '' } = peopleRoute.useSearch()
  const [text, setText] = useState(q)
  const seek = useDebouncedCallback((value: string) => { void navigate({ to: '/people', search: value.trim() ? { q: value.trim() } : {}, replace: true }) }, 250)
  const list = useInfiniteQuery(peopleQuery(q))
  const people = (list.data?.pages ?? []).flatMap((p) => p.people)
  return (
    <Page title={t('title')} lead={t('lead')}>
      <PeopleTabs />
      <TextInput
        mb="md"
        maw={520}
        aria-label={t('search')}
        placeholder={t('search')}
        leftSection={<IconSearch size={16} />}
        rightSection={list.isFetching ? <Loader size={16} /> : null}
        value={text}
        onChange={(e) => { setText(e.currentTarget.value); seek(e.currentTarget.value) }}
      />
      {list.isPending ? <Loader role="status" aria-label={t('loading', { ns: 'shell' })} /> : null}
      {list.error ? <Failure error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.data && people.length === 0 ? (
        q ? <Text className="wd-quiet" role="status">{t('nobody')}</Text> : (
          <Empty icon={IconUsers} title={t('empty.title')} text={t('empty.text')}>
            <Button component={Link} to="/data">{t('empty.action')}</Button>
          </Empty>
        )
      ) : null}
      {people.length > 0 ? (
        <ul className={`wd-card ${classes.plain ?? ''}`}>
          <li className={`${classes.person ?? ''} ${classes.head ?? ''}`} aria-hidden="true">
            <span>{t('col.person')}</span><span>{t('col.traits')}</span><span>{t('col.account')}</span><span>{t('col.seen')}</span><span>{t('col.events')}</span>
          </li>
          {people.map((p) => (
            <li key={p.id} className={classes.person}>
              <Anchor component={Link} to="/people/$id" params={{ id: p.id } as never} size="sm" fw={600}>{personName(p)}</Anchor>
              <span className="wd-quiet">{brief(p.traits)}</span>
              <span>{p.account_id ? <Anchor component={Link} to="/people/account/$id" params={{ id: p.account_id } as never} size="sm">{p.account ?? p.account_id}</Anchor> : null}</span>
              <span className="wd-num wd-quiet">{f.moment(p.last_seen)}</span>
              <span className="wd-num">{f.count(p.events)}</span>
            </li>
          ))}
        </ul>
      ) : null}
      {list.hasNextPage ? <Button variant="default" mt="md" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t('more')}</Button> : null}
    </Page>
  )
}
