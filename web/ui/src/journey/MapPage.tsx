import { useTranslation } from 'react-i18next'
import { Page } from '../ui/Page'

export function MapPage() {
  const { t } = useTranslation('journey')
  return <Page title={t('title')} lead={t('lead')}>{null}</Page>
}
