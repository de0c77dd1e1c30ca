import { Button } from '@mantine/core'
import { IconMapOff } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Empty } from '../ui/Empty'
import { Page } from '../ui/Page'

export function NotFound() {
  const { t } = useTranslation()
  return (
    <Page title={t('notFound.title')}>
      <Empty icon={IconMapOff} title={t('notFound.title')} text={t('notFound.text')}>
        <Button component={Link} to="/">{t('notFound.home')}</Button>
      </Empty>
    </Page>
  )
}
