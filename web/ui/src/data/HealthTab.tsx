import { Alert, Loader, Title } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Failure } from '../ui/Failure'
import { useFormat } from '../ui/useFormat'
import { bytes } from './bytes'
import { healthQuery } from './queries'
import classes from './Data.module.css'

/** How the store, the collector and the program are. */
export function HealthTab() {
  const { t } = useTranslation('data')
  const f = useFormat()
  const health = useQuery({ ...healthQuery(), refetchInterval: 5000 })
  if (health.isPending) return <Loader role="status" aria-label={t('loading', { ns: 'shell' })} />
  if (health.error) return <Failure error={health.error} onRetry={() => void health.refetch()} />
  const { store, collect, ...program } = health.data
  const well = program.state === 'ok'
  const size = (n: number): string => bytes(n, f.language)
  const groups = [
    {
      key: 'store' as const,
      rows: [
        [t('health.events'), f.count(store.events)],
        [t('health.freshness'), store.freshness_ms < 0 ? t('health.none') : f.ago(store.freshness_ms)],
        [t('health.lag'), f.count(store.log_lag)],
        [t('health.segments'), f.count(store.segments)],
        [t('health.log'), size(store.log_bytes)],
        [t('health.lake'), size(store.lake_bytes)],
        [t('health.part'), size(store.part_bytes)],
        [t('health.erased'), f.count(store.stale_files)],
        [t('health.free'), size(store.free_bytes)],
      ],
    },
    {
      key: 'collect' as const,
      rows: [
        [t('health.accepted'), f.count(collect.accepted)],
        [t('health.duplicates'), f.count(collect.duplicates)],
        [t('health.rejected'), f.count(collect.rejected)],
        [t('health.limited'), f.count(collect.limited)],
        [t('health.refused'), f.count(collect.refused)],
      ],
    },
    {
      key: 'program' as const,
      rows: [
        [t('health.version'), program.version],
        ['Go', program.go],
        [t('health.started'), f.moment(program.started_at)],
        [t('health.memory'), size(program.memory_bytes)],
      ],
    },
  ]
  return (
    <div className={classes.stack} style={{ gap: 16 }}>
      <Alert color={well ? 'teal' : 'red'} variant="light" icon={well ? <IconCircleCheck /> : <IconAlertTriangle />} title={t(`health.${program.state}`)}>
        {program.problems.map((p) => <div key={p}>{p}</div>)}
      </Alert>
      <div className={classes.figures}>
        {groups.map((g) => (
          <section key={g.key} className={`wd-card ${classes.card ?? ''}`}>
            <Title order={2} size="h5" mb="xs">{t(`health.${g.key}`)}</Title>
            <dl>{g.rows.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
          </section>
        ))}
      </div>
    </div>
  )
}
