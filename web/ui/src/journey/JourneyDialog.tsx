import { Alert, Button, Group, Modal, SegmentedControl, Stack, Text, TextInput, Textarea } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, must } from '../api/client'
import type { Journey } from '../api/types'
import { makeID } from './ids'
import { refresh } from './useSave'

interface Props {
  taken: Set<string>
  onClose: () => void
  onMade: (id: string) => void
}

/** Makes a journey from a title and a list of stages; the usual five are given. */
export function JourneyDialog({ taken, onClose, onMade }: Props) {
  const { t } = useTranslation('journey')
  const client = useQueryClient()
  const [title, setTitle] = useState('')
  const [actor, setActor] = useState<'profile' | 'account'>('profile')
  const [stages, setStages] = useState(() => t('make.template').split(', ').join('\n'))
  const make = useMutation({
    mutationFn: (body: Journey) => must(api.POST('/api/v1/journeys', { body })),
    onSuccess: async (_, body) => {
      await refresh(client)
      onMade(body.metadata.id)
    },
  })
  const submit = (): void => {
    const used = new Set<string>()
    make.mutate({
      apiVersion: 'wend/v1',
      kind: 'Journey',
      metadata: { id: makeID(title, taken), title: title.trim() },
      spec: {
        state: 'draft',
        actor,
        stages: stages.split('\n').map((s) => s.trim()).filter(Boolean).map((name) => {
          const id = makeID(name, used)
          used.add(id)
          return { id, title: name }
        }),
      },
    })
  }
  return (
    <Modal opened onClose={onClose} title={t('atlas.new')} closeButtonProps={{ 'aria-label': t('close', { ns: 'shell' }) }}>
      <form onSubmit={(e) => { e.preventDefault(); submit() }}>
        <Stack gap="sm">
          <TextInput label={t('make.title')} description={t('make.hint')} required data-autofocus value={title} onChange={(e) => { setTitle(e.currentTarget.value) }} />
          <div>
            <Text size="sm" fw={500} mb={4}>{t('make.actor')}</Text>
            <SegmentedControl
              aria-label={t('make.actor')}
              value={actor}
              onChange={(v) => { setActor(v as 'profile' | 'account') }}
              data={[{ value: 'profile', label: t('actor.profile', { ns: 'shell' }) }, { value: 'account', label: t('actor.account', { ns: 'shell' }) }]}
            />
          </div>
          <Textarea label={t('make.stages')} required autosize minRows={5} value={stages} onChange={(e) => { setStages(e.currentTarget.value) }} />
          {make.error ? <Alert color="red" role="alert">{make.error.message}</Alert> : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>{t('cancel', { ns: 'shell' })}</Button>
            <Button type="submit" loading={make.isPending}>{t('make.create')}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
