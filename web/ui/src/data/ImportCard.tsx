import { Badge, Button, Group, Progress, Text, Title } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../ui/useFormat'
import { bytes } from './bytes'
import { CancelImport } from './CancelImport'
import type { Import } from './types'
import classes from './Data.module.css'

const colours = { running: 'indigo', stopped: 'gray', cancelled: 'gray', done: 'teal' } as const

/** One import: how far it is, and a way to cancel it while it runs. */
export function ImportCard({ load }: { load: Import }) {
  const { t } = useTranslation('data')
  const f = useFormat()
  const [asking, setAsking] = useState(false)
  const running = load.state === 'running'
  const share = load.state === 'done' ? 1 : load.bytes_total > 0 ? Math.min(1, load.bytes_read / load.bytes_total) : undefined
  return (
    <section className={`wd-card ${classes.card ?? ''}`} aria-label={load.name}>
      <Group justify="space-between" wrap="nowrap">
        <Title order={3} size="h5" style={{ overflowWrap: 'anywhere' }}>{load.name}</Title>
        <Group gap="xs" wrap="nowrap">
          {running ? <Button size="compact-xs" variant="default" onClick={() => { setAsking(true) }}>{t('import.cancel')}</Button> : null}
          <Badge variant="light" radius="sm" tt="none" color={colours[load.state]} style={{ flexShrink: 0 }}>{t(`import.${load.state}`)}</Badge>
        </Group>
      </Group>
      <Text size="xs" className="wd-quiet">{load.files.join(', ')} · {t('import.began', { at: f.moment(load.started_at) })}</Text>
      <Progress my="xs" value={share === undefined ? 100 : share * 100} animated={running} color={colours[load.state]} aria-label={t('import.progress', { share: f.share(share ?? 0) })} />
      <Group justify="space-between" gap="xs">
        <Text size="sm" className="wd-num">{t('import.rows', { rows: f.count(load.rows), events: f.count(load.events) })}</Text>
        <Text size="sm" className="wd-quiet wd-num">
          {share === undefined ? bytes(load.bytes_read, f.language) : `${t('import.progress', { share: f.share(share) })} · ${bytes(load.bytes_read, f.language)}`}
        </Text>
      </Group>
      {load.bad_rows > 0 ? <Text size="sm" c="var(--wd-warn-ink)">{t('import.bad', { n: f.count(load.bad_rows) })}</Text> : null}
      {load.state === 'stopped' ? <Text size="sm">{t('import.stoppedText', { at: f.moment(load.updated_at) })}</Text> : null}
      {load.state === 'cancelled' ? <Text size="sm">{t('import.cancelledText', { at: f.moment(load.updated_at) })}</Text> : null}
      {asking ? <CancelImport load={load} onClose={() => { setAsking(false) }} /> : null}
    </section>
  )
}
