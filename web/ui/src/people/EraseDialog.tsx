import { Alert, Button, Group, List, Modal, Stack, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, must } from '../api/client'
import type { Person } from '../api/types'
import { personName } from '../ui/personName'
import { useFormat } from '../ui/useFormat'
import { confirms } from './confirm'

interface Props {
  person: Person
  onClose: () => void
}

/** Erases a person, once it is clear what that means and a word has been typed. */
export function EraseDialog({ person, onClose }: Props) {
  const { t } = useTranslation('people')
  const f = useFormat()
  const client = useQueryClient()
  const navigate = useNavigate()
  const [typed, setTyped] = useState('')
  const word = t('personal.word')
  const name = personName(person)
  const erase = useMutation({
    mutationFn: () => must(api.DELETE('/api/v1/profiles/{id}', { params: { path: { id: person.id } } })),
    onSuccess: async (done) => {
      await navigate({ to: '/people' })
      for (const key of ['person', 'timeline']) client.removeQueries({ queryKey: [key, person.id] })
      void client.invalidateQueries()
      notifications.show({ color: 'teal', withBorder: true, autoClose: 10_000, message: t('personal.done', { name, n: f.count(done.events) }) })
    },
  })
  return (
    <Modal opened onClose={() => { if (!erase.isPending) onClose() }} title={t('personal.ask', { name })} size="lg" closeButtonProps={{ 'aria-label': t('close', { ns: 'shell' }) }}>
      <form onSubmit={(e) => { e.preventDefault(); if (confirms(typed, word)) erase.mutate() }}>
        <Stack gap="sm">
          <Text size="sm">{t('personal.lead')}</Text>
          <List size="sm" spacing={4} style={{ overflowWrap: 'anywhere' }}>
            <List.Item>{t('personal.what.events', { n: f.count(person.events) })}</List.Item>
            <List.Item>{t('personal.what.ids', { ids: person.identifiers.join(', ') })}</List.Item>
            <List.Item>{t('personal.what.rejected')}</List.Item>
          </List>
          <Text size="sm" className="wd-quiet">{t('personal.stays')}</Text>
          <Alert color="red" variant="light">{t('personal.undo')}</Alert>
          <TextInput label={t('personal.type', { word })} data-autofocus autoComplete="off" value={typed} onChange={(e) => { setTyped(e.currentTarget.value) }} />
          {erase.error ? <Alert color="red" role="alert">{erase.error.message}</Alert> : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose} disabled={erase.isPending}>{t('personal.keep')}</Button>
            <Button type="submit" color="red.9" disabled={!confirms(typed, word)} loading={erase.isPending}>{t('personal.go')}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
