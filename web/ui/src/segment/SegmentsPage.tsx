import { Button, Loader } from '@mantine/core'
import { IconPlus, IconUsersGroup } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Empty } from '../ui/Empty'
import { Failure } from '../ui/Failure'
import { Page } from '../ui/Page'
import { Overlap } from './Overlap'
import { PeopleTabs } from './PeopleTabs'
import { segmentsQuery } from './queries'
import { segmentsRoute } from './routes'
import { SegmentRow } from './SegmentRow'
import { useSegmentFeed } from './useSegmentFeed'
import classes from './Segment.module.css'

/** All stored segments with their sizes, and those that are ticked laid over each other. */
export function SegmentsPage() {
  const { t } = useTranslation('segment')
  const navigate = useNavigate()
  const { compare = [] } = segmentsRoute.useSearch()
  const list = useQuery(segmentsQuery())
  useSegmentFeed()
  const segments = list.data ?? []
  const shown = compare.filter((id) => segments.some((s) => s.metadata.id === id))
  const choose = (ids: string[]): void => { void navigate({ to: '/people/segments', search: ids.length > 0 ? { compare: ids } : {}, replace: true }) }
  const make = <Button component={Link} to="/people/segments/$id" params={{ id: 'new' } as never} leftSection={<IconPlus size={16} />}>{t('new')}</Button>
  return (
    <Page title={t('title')} lead={t('lead')} actions={segments.length > 0 ? make : undefined}>
      <PeopleTabs />
      {list.isPending ? <Loader role="status" aria-label={t('loading', { ns: 'shell' })} /> : null}
      {list.error ? <Failure error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.data && segments.length === 0 ? <Empty icon={IconUsersGroup} title={t('empty.title')} text={t('empty.text')}>{make}</Empty> : null}
      {segments.length > 0 ? (
        <div className={classes.columns}>
          <ul className={`wd-card ${classes.plain ?? ''}`}>
            <li className={`${classes.row ?? ''} ${classes.head ?? ''}`} aria-hidden="true">
              <span>{t('col.compare')}</span><span>{t('col.segment')}</span><span>{t('col.size')}</span><span>{t('col.share')}</span>
            </li>
            {segments.map((s) => {
              const { id } = s.metadata
              const on = shown.includes(id)
              return <SegmentRow key={id} segment={s} picked={on} full={shown.length >= 8} onPick={() => { choose(on ? shown.filter((x) => x !== id) : [...shown, id]) }} />
            })}
          </ul>
          <Overlap segments={segments.filter((s) => shown.includes(s.metadata.id))} onClear={() => { choose([]) }} />
        </div>
      ) : null}
    </Page>
  )
}
