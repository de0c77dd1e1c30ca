import { Autocomplete, Button, Group, NativeSelect, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconBroadcast, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Empty } from '../ui/Empty'
import { useFormat } from '../ui/useFormat'
import type { TabProps } from './DataPage'
import { LiveRow } from './LiveRow'
import { catalogueQuery, sourcesQuery } from './queries'
import { useLiveEvents } from './useLiveEvents'
import classes from './Data.module.css'

/** Events the moment they arrive, to see whether what was built sends what it should. */
export function LiveTab({ search, onSearch }: TabProps) {
  const { t } = useTranslation('data')
  const f = useFormat()
  const [name, setName] = useState(search.name ?? '')
  const [settled] = useDebouncedValue(name, 300)
  const sources = useQuery(sourcesQuery())
  const catalogue = useQuery(catalogueQuery())
  const feed = useLiveEvents({ source: search.source, name: settled || undefined })
  const { paused } = feed
  const titles = new Map((sources.data?.items ?? []).map((s) => [s.id, s.name]))
  const state = paused ? t('live.paused', { n: f.count(feed.waiting) }) : feed.open ? t('live.open') : t('live.closed')
  return (
    <>
      <div className={classes.bar}>
        <NativeSelect
          label={t('live.source')}
          value={search.source ?? ''}
          onChange={(e) => { onSearch({ source: e.currentTarget.value || undefined }) }}
          data={[{ value: '', label: t('live.every') }, ...(sources.data?.items ?? []).map((s) => ({ value: s.id ?? '', label: s.name }))]}
        />
        <Autocomplete
          label={t('live.name')}
          placeholder={t('live.every')}
          clearable
          limit={40}
          value={name}
          data={[...new Set((catalogue.data?.events ?? []).map((e) => e.name))]}
          onChange={(value) => { setName(value); onSearch({ name: value || undefined }) }}
        />
        <Text size="sm" className={`wd-quiet ${classes.grow ?? ''}`} role="status" pb={8}>{state}</Text>
        <Group gap="xs">
          <Button variant="default" leftSection={paused ? <IconPlayerPlay size={16} /> : <IconPlayerPause size={16} />} onClick={() => { feed.pause(!paused) }}>{paused ? t('live.go') : t('live.pause')}</Button>
          <Button variant="subtle" disabled={feed.events.length === 0} onClick={feed.clear}>{t('live.clear')}</Button>
        </Group>
      </div>
      {feed.left > 0 ? <Text size="xs" className="wd-quiet" mb="xs">{t('live.left', { n: f.count(feed.left) })}</Text> : null}
      {feed.events.length === 0 ? (
        <Empty icon={IconBroadcast} title={t('live.waiting')} text={t('live.waitingText')}>
          <Button variant="default" onClick={() => { onSearch({ tab: 'sources', name: undefined }) }}>{t('tab.sources')}</Button>
        </Empty>
      ) : (
        <ul className={`wd-card ${classes.rows ?? ''}`}>
          {feed.events.map((e) => <LiveRow key={`${e.message_id} ${e.received_at}`} event={e} source={titles.get(e.source) ?? e.source} />)}
        </ul>
      )}
    </>
  )
}
