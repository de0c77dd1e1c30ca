import { Anchor, Loader, Table, Text, TextInput, Title } from '@mantine/core'
import { IconListSearch, IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Empty } from '../ui/Empty'
import { Failure } from '../ui/Failure'
import { useFormat } from '../ui/useFormat'
import type { TabProps } from './DataPage'
import { catalogueQuery } from './queries'
import classes from './Data.module.css'

/** Every event and property that was seen: how much, since when, of which types, with samples. */
export function CatalogueTab({ search, onSearch }: TabProps) {
  const { t } = useTranslation('data')
  const f = useFormat()
  const catalogue = useQuery(catalogueQuery())
  const [text, setText] = useState(search.name ?? '')
  const fits = (name: string): boolean => name.toLowerCase().includes(text.trim().toLowerCase())
  const events = (catalogue.data?.events ?? []).filter((e) => fits(e.name))
  const properties = (catalogue.data?.properties ?? []).filter((p) => fits(p.path))
  const total = (kinds: Record<string, number>): number => Object.values(kinds).reduce((sum, n) => sum + n, 0)
  if (catalogue.data?.events.length === 0) return <Empty icon={IconListSearch} title={t('live.waiting')} text={t('live.waitingText')} />
  return (
    <>
      <TextInput
        mb="md"
        maw={360}
        aria-label={t('search')}
        placeholder={t('search')}
        leftSection={<IconSearch size={16} />}
        value={text}
        onChange={(e) => { setText(e.currentTarget.value); onSearch({ name: e.currentTarget.value || undefined }) }}
      />
      {catalogue.isPending ? <Loader role="status" aria-label={t('loading', { ns: 'shell' })} /> : null}
      {catalogue.error ? <Failure error={catalogue.error} onRetry={() => void catalogue.refetch()} /> : null}
      {catalogue.data && events.length + properties.length === 0 ? <Text className="wd-quiet">{t('catalogue.nothing')}</Text> : null}
      {events.length > 0 ? (
        <section className={`wd-card ${classes.card ?? ''}`} style={{ marginBottom: 24 }}>
          <Title order={2} size="h4" mb="xs">{t('catalogue.events')}</Title>
          <div className={classes.scroll} tabIndex={0} role="region" aria-label={t('catalogue.events')}>
            <Table verticalSpacing={6} fz="sm" miw={620}>
              <Table.Thead>
                <Table.Tr><Table.Th>{t('catalogue.name')}</Table.Th><Table.Th>{t('catalogue.kind')}</Table.Th><Table.Th ta="right">{t('catalogue.count')}</Table.Th><Table.Th>{t('catalogue.first')}</Table.Th><Table.Th>{t('catalogue.last')}</Table.Th></Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {events.map((e) => (
                  <Table.Tr key={e.kind + e.name}>
                    <Table.Td>
                      {e.kind === 'track' || e.kind === 'page' || e.kind === 'screen'
                        ? <Anchor component={Link} to="/insights" search={{ question: 'trend', query: { series: [{ event: e.name }] } } as never} size="sm" fw={600} title={t('catalogue.trend')}>{e.name}</Anchor>
                        : <b>{e.name}</b>}
                    </Table.Td>
                    <Table.Td className="wd-quiet">{e.kind}</Table.Td>
                    <Table.Td ta="right" className="wd-num">{f.count(e.count)}</Table.Td>
                    <Table.Td className="wd-num">{f.date(e.first_seen)}</Table.Td>
                    <Table.Td className="wd-num">{f.moment(e.last_seen)}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </div>
        </section>
      ) : null}
      {properties.length > 0 ? (
        <section className={`wd-card ${classes.card ?? ''}`}>
          <Title order={2} size="h4" mb="xs">{t('catalogue.properties')}</Title>
          <div className={classes.scroll} tabIndex={0} role="region" aria-label={t('catalogue.properties')}>
            <Table verticalSpacing={6} fz="sm" miw={620}>
              <Table.Thead>
                <Table.Tr><Table.Th>{t('catalogue.name')}</Table.Th><Table.Th>{t('catalogue.types')}</Table.Th><Table.Th ta="right">{t('catalogue.count')}</Table.Th><Table.Th>{t('catalogue.samples')}</Table.Th></Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {properties.map((p) => (
                  <Table.Tr key={p.path}>
                    <Table.Td><code>{p.path}</code></Table.Td>
                    <Table.Td className="wd-quiet">{Object.keys(p.kinds).join(', ')}</Table.Td>
                    <Table.Td ta="right" className="wd-num">{f.count(total(p.kinds))}</Table.Td>
                    <Table.Td className="wd-quiet">{p.samples.slice(0, 5).join(', ')}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </div>
        </section>
      ) : null}
    </>
  )
}
