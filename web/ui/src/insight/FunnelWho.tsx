import { Anchor, Button, Drawer, Loader, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Failure } from '../ui/Failure'
import { personName } from '../ui/personName'
import type { RangeSearch } from '../ui/range'
import { useFormat } from '../ui/useFormat'
import { insteadOf } from './body'
import { whoQuery } from './queries'
import type { FunnelQuestion, Who } from './types'
import classes from './Funnel.module.css'

interface Props {
  funnel: FunnelQuestion
  range: RangeSearch
  who: Who
  /** What the step is called. */
  step: string
  /** What the series is called. */
  series?: string
  onClose: () => void
}

/** The people behind a bar, or behind what is lost before it. */
export function FunnelWho({ funnel, range, who, step, series, onClose }: Props) {
  const { t } = useTranslation('insight')
  const f = useFormat()
  const list = useInfiniteQuery(whoQuery(funnel, range, who))
  const pages = list.data?.pages ?? []
  const actors = pages.flatMap((p) => p.actors)
  const lost = who.outcome === 'lost'
  const title = lost ? t('more.who.lost', { step }) : t('more.who.reached', { step })
  return (
    <Drawer opened onClose={onClose} position="right" size="md" title={series ? `${title} · ${series}` : title} closeButtonProps={{ 'aria-label': t('close', { ns: 'shell' }) }}>
      <Text size="sm" className="wd-quiet" role="status" mb="sm">
        {pages[0] ? t('more.who.total', { n: f.count(pages[0].total), who: t(`who.${funnel.actor ?? 'profile'}`) }) : t('asking')}
      </Text>
      {lost && pages[0] && pages[0].total > 0 ? (
        <Button component={Link} to="/insights" search={{ question: 'paths', query: insteadOf(funnel, who), ...range } as never} variant="light" size="xs" mb="md">
          {t('more.who.instead')}
        </Button>
      ) : null}
      {list.isPending ? <div><Loader role="status" aria-label={t('loading', { ns: 'shell' })} /></div> : null}
      {list.error ? <Failure error={list.error} onRetry={() => void list.refetch()} /> : null}
      <ul className={classes.people}>
        {actors.map((a) => (
          <li key={a.id}>
            <Anchor component={Link} to={a.person ? '/people/$id' : '/people/account/$id'} params={{ id: a.id } as never} size="sm" fw={600}>
              {a.person ? personName(a.person) : a.account || a.id}
            </Anchor>
            <span className="wd-num wd-quiet">{f.moment(a.at)}</span>
          </li>
        ))}
      </ul>
      {list.hasNextPage ? <Button variant="default" mt="md" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t('more', { ns: 'people' })}</Button> : null}
    </Drawer>
  )
}
