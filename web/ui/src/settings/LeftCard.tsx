import { Alert, Button, Stack, TagsInput, Text, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, must, mustTagged } from '../api/client'
import { Failure } from '../ui/Failure'

/** Owners who left: Wend has no accounts to know it from, so the team says it, and the linter tells of what they own. */
export function LeftCard() {
  const { t } = useTranslation('settings')
  const client = useQueryClient()
  const stored = useQuery({ queryKey: ['settings'], queryFn: ({ signal }) => must(api.GET('/api/v1/settings', { signal })) })
  const [edited, setEdited] = useState<string[]>()
  const names = edited ?? stored.data?.left ?? []
  const save = useMutation({
    mutationFn: async (left: string[]) => {
      const { doc, etag } = await mustTagged(api.GET('/api/v1/settings'))
      return must(api.PUT('/api/v1/settings', { params: { header: { 'If-Match': etag } }, body: { ...doc, left } }))
    },
    onSuccess: async () => {
      await Promise.all(['settings', 'lint'].map((key) => client.invalidateQueries({ queryKey: [key] })))
      setEdited(undefined)
      notifications.show({ color: 'teal', withBorder: true, message: t('left.saved') })
    },
  })
  return (
    <section className="wd-card">
      <form onSubmit={(e) => { e.preventDefault(); save.mutate(names) }}>
        <Stack p="lg" gap="xs" align="stretch">
          <Title order={2} size="h5">{t('left.label')}</Title>
          <Text size="sm" className="wd-quiet">{t('left.text')}</Text>
          {stored.error ? <Failure error={stored.error} onRetry={() => void stored.refetch()} /> : null}
          <TagsInput aria-label={t('left.label')} placeholder={names.length === 0 ? t('left.hint') : undefined} value={names} onChange={setEdited} disabled={!stored.data} clearable={false} acceptValueOnBlur />
          {save.error ? <Alert color="red" role="alert">{save.error.message}</Alert> : null}
          <Button type="submit" variant="default" disabled={!edited} loading={save.isPending} style={{ alignSelf: 'flex-start' }}>{t('left.save')}</Button>
        </Stack>
      </form>
    </section>
  )
}
