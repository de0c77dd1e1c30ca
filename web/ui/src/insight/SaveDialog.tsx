import { Alert, Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, must } from '../api/client'
import { faultOf } from './faults'
import type { Body, Question } from './search'

interface Props {
  question: Question
  title: string
  query: Body
  onClose: () => void
}

/** Keeps a question under a title, for everybody. */
export function SaveDialog({ question, title, query, onClose }: Props) {
  const { t } = useTranslation('insight')
  const client = useQueryClient()
  const [name, setName] = useState(title)
  const make = useMutation({
    mutationFn: () => must(api.POST('/api/v1/views', { body: { question, title: name.trim(), query } })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['views'] })
      notifications.show({ color: 'teal', withBorder: true, message: t('savedNow') })
      onClose()
    },
  })
  const beside = faultOf(make.error, 'title')
  return (
    <Modal opened onClose={onClose} title={t('saveTitle')} closeButtonProps={{ 'aria-label': t('close', { ns: 'shell' }) }}>
      <form onSubmit={(e) => { e.preventDefault(); make.mutate() }}>
        <Stack gap="sm">
          <TextInput label={t('saveName')} required data-autofocus maxLength={200} value={name} error={beside} onChange={(e) => { setName(e.currentTarget.value) }} />
          {make.error && !beside ? <Alert color="red" role="alert">{make.error.message}</Alert> : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>{t('cancel', { ns: 'shell' })}</Button>
            <Button type="submit" loading={make.isPending}>{t('save', { ns: 'shell' })}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
