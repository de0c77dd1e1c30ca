import { Loader, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Failure } from '../ui/Failure'
import { CopyCode } from './CopyCode'
import { ImportCard } from './ImportCard'
import { importsQuery, sourcesQuery } from './queries'
import { importLine } from './snippets'
import classes from './Data.module.css'

/** Files that were read in, or are being read, and how to read one. */
export function ImportsTab() {
  const { t } = useTranslation('data')
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
      {(list.data?.items ?? []).map((i) => <ImportCard key={i.id} load={i} />)}
    </div>
  )
}
