import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, must } from '../api/client'
import type { Import } from './types'

/** Asks whether an import shall stop, and stops it. */
export function CancelImport({ load, onClose }: { load: Import; onClose: () => void }) {
  const { t } = useTranslation('data')
  const client = useQueryClient()
  const cancel = useMutation({
    mutationFn: () => must(api.POST('/api/v1/imports/{id}/cancel', { params: { path: { id: load.id } } })),
    onSuccess: async () => {
      onClose()
      notifications.show({ color: 'gray', withBorder: true, message: t('import.cancelDone') })
      await client.invalidateQueries({ queryKey: ['imports'] })
    },
  })
  return (
    <Modal opened onClose={onClose} title={t('import.cancelAsk', { name: load.name })} closeButtonProps={{ 'aria-label': t('close', { ns: 'shell' }) }}>
      <Stack gap="sm">
        <Text size="sm">{t('import.cancelText')}</Text>
        {cancel.error ? <Alert color="red" role="alert">{cancel.error.message}</Alert> : null}
        <Group justify="flex-end">
          <Button variant="default" data-autofocus onClick={onClose}>{t('import.cancelKeep')}</Button>
          <Button color="red.9" loading={cancel.isPending} onClick={() => { cancel.mutate() }}>{t('import.cancelGo')}</Button>
        </Group>
      </Stack>
    </Modal>
  )
}
