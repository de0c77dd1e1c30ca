import { Button, Group } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, must } from '../api/client'
import { Problem } from '../api/problem'
import { makeID } from '../journey/ids'
import { type Segment, segmentsQuery } from './queries'

interface Edit {
  draft: Segment
  /** What it was read with; empty for one that is not stored yet. */
  etag: string
}

async function put(client: QueryClient, { draft, etag }: Edit): Promise<string> {
  if (etag) {
    const { id } = draft.metadata
    await must(api.PUT('/api/v1/segments/{id}', { params: { path: { id }, header: { 'If-Match': etag } }, body: draft }))
    return id
  }
  const taken = new Set((await client.fetchQuery(segmentsQuery())).map((s) => s.metadata.id)).add('new')
  const id = makeID(draft.metadata.title ?? '', taken)
  await must(api.POST('/api/v1/segments', { body: { ...draft, metadata: { ...draft.metadata, id } } }))
  return id
}

/** Saves a segment, or deletes it with an offer to undo that. */
export function useSegmentSave(onMade: (id: string) => void, onGone: () => void) {
  const { t } = useTranslation('segment')
  const client = useQueryClient()
  const fresh = async (): Promise<void> => {
    await Promise.all(['segments', 'segment', 'members', 'membership', 'overlap'].map((key) => client.invalidateQueries({ queryKey: [key] })))
  }
  const say = (color: string, message: string): void => { notifications.show({ color, withBorder: true, message }) }
  const save = useMutation<string, Error, Edit>({
    mutationFn: (edit) => put(client, edit),
    onSuccess: async (id) => {
      await fresh()
      say('teal', t('edit.saved'))
      onMade(id)
    },
    onError: async (error) => {
      if (!(error instanceof Problem) || error.status !== 412) return
      await fresh()
      say('orange', t('edit.stale'))
    },
  })
  const restore = useMutation<unknown, Error, string>({
    mutationFn: (id) => must(api.POST('/api/v1/segments/{id}/restore', { params: { path: { id } } })),
    onSuccess: async () => {
      await fresh()
      say('gray', t('edit.undone'))
    },
    onError: (error) => { say('red', error.message) },
  })
  const remove = useMutation<unknown, Error, Edit>({
    mutationFn: ({ draft, etag }) => must<unknown>(api.DELETE('/api/v1/segments/{id}', { params: { path: { id: draft.metadata.id }, header: { 'If-Match': etag } } })),
    onError: (error) => { say('red', error.message) },
    onSuccess: async (_, { draft }) => {
      onGone()
      await client.invalidateQueries({ queryKey: ['segments'] })
      const { id: segment, title } = draft.metadata
      const id = notifications.show({
        withBorder: true,
        autoClose: 10_000,
        message: (
          <Group justify="space-between">
            {t('edit.deleted', { name: title ?? segment })}
            <Button size="compact-sm" variant="light" onClick={() => { notifications.hide(id); restore.mutate(segment) }}>{t('undo', { ns: 'shell' })}</Button>
          </Group>
        ),
      })
    },
  })
  return { save, remove }
}
