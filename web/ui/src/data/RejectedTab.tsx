import { Button, Loader, NativeSelect } from '@mantine/core'
import { IconCircleCheck } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Empty } from '../ui/Empty'
import { Failure } from '../ui/Failure'
import type { TabProps } from './DataPage'
import { rejectionsQuery, sourcesQuery } from './queries'
import { isReason, reasons } from './reasons'
import { RejectedRow } from './RejectedRow'
import classes from './Data.module.css'

/** What was turned away and why, with another try. */
export function RejectedTab({ search, onSearch }: TabProps) {
  const { t } = useTranslation('data')
  const sources = useQuery(sourcesQuery())
  const list = useInfiniteQuery(rejectionsQuery(search.source, search.reason))
  const items = (list.data?.pages ?? []).flatMap((p) => p.items)
  const titles = new Map((sources.data?.items ?? []).map((s) => [s.id, s.name]))
  return (
    <>
      <div className={classes.bar}>
        <NativeSelect
          label={t('live.source')}
          value={search.source ?? ''}
          onChange={(e) => { onSearch({ source: e.currentTarget.value || undefined }) }}
          data={[{ value: '', label: t('live.every') }, ...(sources.data?.items ?? []).map((s) => ({ value: s.id ?? '', label: s.name }))]}
        />
        <NativeSelect
          label={t('rejected.reason')}
          value={search.reason ?? ''}
          onChange={(e) => { onSearch({ reason: e.currentTarget.value || undefined }) }}
          data={[{ value: '', label: t('live.every') }, ...[...new Set([...reasons, ...(search.reason ? [search.reason] : [])])].map((r) => ({ value: r, label: isReason(r) ? t(`rejected.why.${r}`) : r }))]}
        />
      </div>
      {list.isPending ? <Loader role="status" aria-label={t('loading', { ns: 'shell' })} /> : null}
      {list.error ? <Failure error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.data && items.length === 0 ? <Empty icon={IconCircleCheck} title={t('rejected.none')} text={t('rejected.noneText')} /> : null}
      {items.length > 0 ? <ul className={`wd-card ${classes.rows ?? ''}`}>{items.map((r) => <RejectedRow key={r.id} rejection={r} source={titles.get(r.source) ?? r.source} />)}</ul> : null}
      {list.hasNextPage ? <Button variant="default" mt="md" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t('more')}</Button> : null}
    </>
  )
}
