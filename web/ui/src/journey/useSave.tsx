import { Button, Group } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, mustTagged } from '../api/client'
import { Problem } from '../api/problem'
import type { Journey, Touchpoint } from '../api/types'

/** A change of one definition: what it was, what it shall be, and the ETag it was read with. */
export type Edit =
  | { kind: 'Journey'; before: Journey; after: Journey; etag: string }
  | { kind: 'Touchpoint'; before: Touchpoint; after: Touchpoint; etag: string }

async function put(edit: Edit): Promise<string> {
  const params = { path: { id: edit.after.metadata.id }, header: { 'If-Match': edit.etag } }
  return edit.kind === 'Journey'
    ? (await mustTagged(api.PUT('/api/v1/journeys/{id}', { params, body: edit.after }))).etag
    : (await mustTagged(api.PUT('/api/v1/touchpoints/{id}', { params, body: edit.after }))).etag
}

export async function refresh(client: QueryClient): Promise<void> {
  await Promise.all(['journeys', 'journey', 'touchpoints', 'touchpoint', 'live'].map((key) => client.invalidateQueries({ queryKey: [key] })))
}

/**
 * Saves a change and offers to undo it. When somebody else was faster nothing is overwritten: their version is
 * loaded and the reader is told; what was typed stays in the form.
 */
export function useSave() {
  const { t } = useTranslation('journey')
  const client = useQueryClient()
  return useMutation<string, Error, Edit>({
    mutationFn: put,
    onSuccess: async (etag, edit) => {
      await refresh(client)
      const id = notifications.show({
        color: 'teal',
        autoClose: 10_000,
        withBorder: true,
        message: (
          <Group justify="space-between">
            {t('edit.saved')}
            <Button
              size="compact-sm"
              variant="light"
              onClick={() => {
                notifications.hide(id)
                const back = { ...edit, before: edit.after, after: edit.before, etag } as Edit
                put(back)
                  .then(async () => {
                    await refresh(client)
                    notifications.show({ color: 'gray', withBorder: true, message: t('edit.undone') })
                  })
                  .catch((error: unknown) => {
                    notifications.show({ color: 'red', withBorder: true, message: error instanceof Error ? error.message : String(error) })
                  })
              }}
            >
              {t('undo', { ns: 'shell' })}
            </Button>
          </Group>
        ),
      })
    },
    onError: async (error) => {
      if (error instanceof Problem && error.status === 412) {
        await refresh(client)
        notifications.show({ color: 'orange', withBorder: true, autoClose: 12_000, message: t('edit.stale') })
      }
    },
  })
}
