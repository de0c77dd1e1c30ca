import { Alert, Badge, Button, FileButton, Group, List, Modal, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconFileUpload } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, must } from '../api/client'
import { refresh } from './useSave'

interface Text {
  name: string
  text: string
}

/** Reads YAML files, shows what they would change, and applies them when the reader agrees. */
export function ImportDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('journey')
  const client = useQueryClient()
  const ask = (files: Text[], dry: boolean) => must(api.POST('/api/v1/definitions/apply', { body: { files, dry_run: dry } }))
  const check = useMutation({
    mutationFn: async (chosen: File[]) => {
      const files = await Promise.all(chosen.map(async (file) => ({ name: file.name, text: await file.text() })))
      return { files, plan: await ask(files, true) }
    },
  })
  const apply = useMutation({
    mutationFn: (files: Text[]) => ask(files, false),
    onSuccess: async (plan) => {
      if (plan.problems.length > 0) return
      await refresh(client)
      notifications.show({ color: 'teal', withBorder: true, message: t('import.done', { count: plan.items.filter((i) => i.action !== 'unchanged').length }) })
      onClose()
    },
  })
  const plan = apply.data && apply.data.problems.length > 0 ? apply.data : check.data?.plan
  const error = check.error ?? apply.error
  return (
    <Modal opened onClose={onClose} title={t('atlas.import')} size="lg" closeButtonProps={{ 'aria-label': t('close', { ns: 'shell' }) }}>
      <Stack gap="sm">
        <Text size="sm" className="wd-quiet">{t('import.text')}</Text>
        <FileButton multiple accept=".yaml,.yml" onChange={(files) => { if (files.length > 0) check.mutate(files) }}>
          {(props) => <Button {...props} variant="light" leftSection={<IconFileUpload size={16} />} loading={check.isPending} style={{ alignSelf: 'flex-start' }} data-autofocus>{t('import.choose')}</Button>}
        </FileButton>
        {error ? <Alert color="red" role="alert">{error.message}</Alert> : null}
        {plan && plan.problems.length > 0 ? (
          <Alert color="red" role="alert">
            <List size="sm">
              {plan.problems.map((p) => <List.Item key={p.file + String(p.line) + p.text}>{t('import.problem', { file: p.file, line: p.line ?? 1, text: p.text })}</List.Item>)}
            </List>
          </Alert>
        ) : null}
        {plan?.items.map((item) => (
          <Group key={item.kind + item.id} gap="xs">
            <Badge radius="sm" tt="none" variant="light" color={item.action === 'unchanged' ? 'gray' : item.action === 'delete' ? 'red' : 'teal'}>{t(`import.action.${item.action}`)}</Badge>
            <Text size="sm">{item.kind} <code>{item.id}</code></Text>
          </Group>
        ))}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>{t('cancel', { ns: 'shell' })}</Button>
          <Button
            disabled={!check.data || check.data.plan.problems.length > 0 || check.data.plan.items.every((i) => i.action === 'unchanged')}
            loading={apply.isPending}
            onClick={() => { if (check.data) apply.mutate(check.data.files) }}
          >
            {t('import.apply')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
