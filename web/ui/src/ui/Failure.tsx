import { Alert, Button, List } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Problem } from '../api/problem'

interface Props {
  error: Error
  onRetry?: () => void
}

/** Says what went wrong in the server's own words, and offers another try. */
export function Failure({ error, onRetry }: Props) {
  const { t } = useTranslation()
  const faults = error instanceof Problem ? error.faults : []
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle />} title={t('failure.title')}>
      {error.message}
      {faults.length > 0 ? (
        <List size="sm" mt="xs">
          {faults.map((fault) => (
            <List.Item key={fault.field + fault.reason}>
              {fault.field ? <code>{fault.field}</code> : null} {fault.reason}
            </List.Item>
          ))}
        </List>
      ) : null}
      {onRetry ? (
        <Button mt="sm" display="block" size="xs" variant="default" onClick={onRetry}>{t('failure.retry')}</Button>
      ) : null}
    </Alert>
  )
}
