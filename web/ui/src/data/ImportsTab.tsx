import { Badge, Group, Loader, Progress, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Failure } from '../ui/Failure'
import { useFormat } from '../ui/useFormat'
import { bytes } from './bytes'
import { CopyCode } from './CopyCode'
import { importsQuery, sourcesQuery } from './queries'
import { importLine } from './snippets'
import classes from './Data.module.css'

/** Files that were read in, or are being read, and how to read one. */
export function ImportsTab() {
  const { t } = useTranslation('data')
  const f = useFormat()
  const list = useQuery(importsQuery())
  const sources = useQuery(sourcesQuery())
  const key = sources.data?.items.find((s) => s.kind === 'import')?.write_key ?? sources.data?.items[0]?.write_key ?? 'WRITE_KEY'
  return (
    <div className={classes.stack} style={{ gap: 24 }}>
      <section className={`wd-card ${classes.card ?? ''}`}>
        <Title order={2} size="h4">{t('import.how')}</Title>
        <Text size="sm" className="wd-quiet" my="xs">{t('import.howText')}</Text>
        <CopyCode label={t('import.how')} text={importLine(window.location.origin, key)} />
      </section>
      {list.isPending ? <Loader role="status" aria-label={t('loading', { ns: 'shell' })} /> : null}
      {list.error ? <Failure error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.data?.items.length === 0 ? <Text className="wd-quiet" size="sm">{t('import.none')}</Text> : null}
      {(list.data?.items ?? []).map((i) => {
        const share = i.state === 'done' ? 1 : i.bytes_total > 0 ? Math.min(1, i.bytes_read / i.bytes_total) : undefined
        return (
          <section key={i.id} className={`wd-card ${classes.card ?? ''}`} aria-label={i.name}>
            <Group justify="space-between">
              <Title order={3} size="h5">{i.name}</Title>
              <Badge variant="light" radius="sm" tt="none" color={i.state === 'done' ? 'teal' : 'indigo'}>{t(`import.${i.state}`)}</Badge>
            </Group>
            <Text size="xs" className="wd-quiet">{i.files.join(', ')} · {t('import.began', { at: f.moment(i.started_at) })}</Text>
            <Progress my="xs" value={share === undefined ? 100 : share * 100} animated={i.state === 'running'} color={i.state === 'done' ? 'teal' : 'indigo'} aria-label={t('import.progress', { share: f.share(share ?? 0) })} />
            <Group justify="space-between" gap="xs">
              <Text size="sm" className="wd-num">{t('import.rows', { rows: f.count(i.rows), events: f.count(i.events) })}</Text>
              <Text size="sm" className="wd-quiet wd-num">
                {share === undefined ? bytes(i.bytes_read, f.language) : `${t('import.progress', { share: f.share(share) })} · ${bytes(i.bytes_read, f.language)}`}
              </Text>
            </Group>
            {i.bad_rows > 0 ? <Text size="sm" c="var(--wd-warn-ink)">{t('import.bad', { n: f.count(i.bad_rows) })}</Text> : null}
          </section>
        )
      })}
    </div>
  )
}
