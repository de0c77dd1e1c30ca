import { Button, Loader, UnstyledButton } from '@mantine/core'
import { IconPlugConnected, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Empty } from '../ui/Empty'
import { Failure } from '../ui/Failure'
import { useFormat } from '../ui/useFormat'
import type { TabProps } from './DataPage'
import { sourcesQuery } from './queries'
import { SourceCard } from './SourceCard'
import { SourceDialog } from './SourceDialog'
import classes from './Data.module.css'

/** The places that send events: pick one for its key and the lines to paste. */
export function SourcesTab({ search, onSearch }: TabProps) {
  const { t } = useTranslation('data')
  const f = useFormat()
  const sources = useQuery(sourcesQuery())
  const [making, setMaking] = useState(false)
  const items = sources.data?.items ?? []
  const open = items.find((s) => s.id === search.source) ?? items[0]
  const make = <Button leftSection={<IconPlus size={16} />} variant={items.length > 0 ? 'default' : 'filled'} onClick={() => { setMaking(true) }}>{t('source.new')}</Button>
  return (
    <>
      {sources.isPending ? <Loader role="status" aria-label={t('loading', { ns: 'shell' })} /> : null}
      {sources.error ? <Failure error={sources.error} onRetry={() => void sources.refetch()} /> : null}
      {sources.data && !open ? <Empty icon={IconPlugConnected} title={t('source.none')} text={t('source.noneText')}>{make}</Empty> : null}
      {open ? (
        <div className={classes.columns}>
          <div className={classes.stack}>
            {items.map((s) => (
              <UnstyledButton key={s.id} className={`wd-card ${classes.pick ?? ''}`} aria-pressed={s.id === open.id} onClick={() => { onSearch({ source: s.id }) }}>
                <span className={classes.pickName}><span>{s.name}</span><span className={classes.small}>{t(`source.kinds.${s.kind ?? 'other'}`)}</span></span>
                <span className={classes.small}>{s.disabled ? t('source.off') : s.last_seen ? t('source.seen', { at: f.moment(s.last_seen) }) : t('source.silent')}</span>
              </UnstyledButton>
            ))}
            {make}
          </div>
          <SourceCard key={open.id} source={open} />
        </div>
      ) : null}
      {making ? <SourceDialog onClose={() => { setMaking(false) }} onMade={(id) => { setMaking(false); onSearch({ source: id }) }} /> : null}
    </>
  )
}
