import { Button } from '@mantine/core'
import { IconDatabase } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Empty } from '../ui/Empty'
import { Page } from '../ui/Page'

export function DataPage() {
  const { t } = useTranslation('data')
  return (
    <Page title={t('title')} lead={t('lead')}>
      <Empty icon={IconDatabase} title={t('empty.title')} text={t('empty.text')}>
        <Button component={Link} to="/journeys">{t('empty.action')}</Button>
      </Empty>
    </Page>
  )
}
