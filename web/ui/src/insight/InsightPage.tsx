import { Button } from '@mantine/core'
import { IconChartHistogram } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Empty } from '../ui/Empty'
import { Page } from '../ui/Page'

export function InsightPage() {
  const { t } = useTranslation('insight')
  return (
    <Page title={t('title')} lead={t('lead')}>
      <Empty icon={IconChartHistogram} title={t('empty.title')} text={t('empty.text')}>
        <Button component={Link} to="/journeys">{t('empty.action')}</Button>
      </Empty>
    </Page>
  )
}
