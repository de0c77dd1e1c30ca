import { Button } from '@mantine/core'
import { IconUsers } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Empty } from '../ui/Empty'
import { Page } from '../ui/Page'

export function PeoplePage() {
  const { t } = useTranslation('people')
  return (
    <Page title={t('title')} lead={t('lead')}>
      <Empty icon={IconUsers} title={t('empty.title')} text={t('empty.text')}>
        <Button component={Link} to="/journeys">{t('empty.action')}</Button>
      </Empty>
    </Page>
  )
}
