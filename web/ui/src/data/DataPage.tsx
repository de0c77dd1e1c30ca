import { Tabs } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Page } from '../ui/Page'
import { CatalogueTab } from './CatalogueTab'
import { HealthTab } from './HealthTab'
import { ImportsTab } from './ImportsTab'
import { LiveTab } from './LiveTab'
import { RejectedTab } from './RejectedTab'
import { dataRoute } from './routes'
import { type DataSearch, tabs } from './search'
import { SourcesTab } from './SourcesTab'
import classes from './Data.module.css'

const shown = { sources: SourcesTab, live: LiveTab, rejected: RejectedTab, imports: ImportsTab, catalogue: CatalogueTab, health: HealthTab }

/** Where events come from, what they are, and how the store is. */
export function DataPage() {
  const { t } = useTranslation('data')
  const navigate = useNavigate()
  const search = dataRoute.useSearch()
  const tab = search.tab ?? 'sources'
  const Shown = shown[tab]
  const onSearch = (change: Partial<DataSearch>): void => { void navigate({ to: '/data', search: { ...search, ...change }, replace: true }) }
  return (
    <Page title={t('title')} lead={t('lead')}>
      <Tabs value={tab} keepMounted={false} onChange={(next) => { void navigate({ to: '/data', search: { tab: tabs.find((x) => x === next) } }) }}>
        <div className={classes.tabs}>
          <Tabs.List style={{ flexWrap: 'nowrap' }}>{tabs.map((key) => <Tabs.Tab key={key} value={key}>{t(`tab.${key}`)}</Tabs.Tab>)}</Tabs.List>
        </div>
        <Tabs.Panel value={tab} pt="lg"><Shown search={search} onSearch={onSearch} /></Tabs.Panel>
      </Tabs>
    </Page>
  )
}

export interface TabProps {
  search: DataSearch
  onSearch: (change: Partial<DataSearch>) => void
}
