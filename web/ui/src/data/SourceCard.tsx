import { ActionIcon, Badge, Button, CopyButton, Group, NativeSelect, Stack, Text, TextInput, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconCheck, IconCopy, IconEye, IconEyeOff } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, must, mustTagged } from '../api/client'
import { useFormat } from '../ui/useFormat'
import { CopyCode } from './CopyCode'
import { type Platform, firstPlatform, platforms, snippet } from './snippets'
import type { Source } from './types'
import classes from './Data.module.css'

/** One source: its key, how it stands, and what to paste for each platform. */
export function SourceCard({ source }: { source: Source }) {
  const { t } = useTranslation('data')
  const f = useFormat()
  const client = useQueryClient()
  const [bare, setBare] = useState(false)
  const [platform, setPlatform] = useState<Platform>(() => firstPlatform(source.kind))
  const key = source.write_key ?? ''
  const flip = useMutation({
    mutationFn: async (disabled: boolean) => {
      const params = { path: { id: source.id ?? '' } }
      const { doc, etag } = await mustTagged(api.GET('/api/v1/sources/{id}', { params }))
      return must(api.PUT('/api/v1/sources/{id}', { params: { ...params, header: { 'If-Match': etag } }, body: { ...doc, disabled } }))
    },
    onError: (error) => { notifications.show({ color: 'red', withBorder: true, message: error.message }) },
    onSuccess: async (_, disabled) => {
      await client.invalidateQueries({ queryKey: ['sources'] })
      const id = notifications.show({
        color: 'teal',
        withBorder: true,
        autoClose: 10_000,
        message: (
          <Group justify="space-between">
            {t('source.saved')}
            <Button size="compact-sm" variant="light" onClick={() => { notifications.hide(id); flip.mutate(!disabled) }}>{t('undo', { ns: 'shell' })}</Button>
          </Group>
        ),
      })
    },
  })
  return (
    <section className={`wd-card ${classes.card ?? ''}`} aria-label={source.name}>
      <Stack gap="md">
        <Group justify="space-between" align="flex-start">
          <div>
            <Group gap="xs">
              <Title order={2} size="h4">{source.name}</Title>
              <Badge variant="light" radius="sm" tt="none" color={source.disabled ? 'gray' : 'teal'}>{source.disabled ? t('source.off') : t('source.on')}</Badge>
            </Group>
            <Text size="xs" className="wd-quiet" mt={4}>
              {source.last_seen ? t('source.seen', { at: f.moment(source.last_seen) }) : t('source.silent')}
              {source.events ? ` · ${t('source.events', { n: f.count(source.events) })}` : ''}
            </Text>
          </div>
          <Button size="xs" variant="default" loading={flip.isPending} onClick={() => { flip.mutate(!source.disabled) }}>{source.disabled ? t('source.switchOn') : t('source.switchOff')}</Button>
        </Group>
        <Group align="flex-end" gap="xs" wrap="nowrap">
          <TextInput
            label={t('source.key')}
            description={t('source.keyHint')}
            readOnly
            value={bare ? key : `${key.slice(0, 6)}${'•'.repeat(Math.max(0, key.length - 6))}`}
            style={{ flex: 1 }}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12 } }}
            rightSection={<ActionIcon variant="subtle" color="gray" aria-label={bare ? t('source.hide') : t('source.show')} onClick={() => { setBare(!bare) }}>{bare ? <IconEyeOff size={16} /> : <IconEye size={16} />}</ActionIcon>}
          />
          <CopyButton value={key} timeout={2000}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy} leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}><span role="status">{copied ? t('copied') : t('copy')}</span></Button>
            )}
          </CopyButton>
        </Group>
        <div>
          <Group justify="space-between" align="flex-end" mb="xs">
            <Title order={3} size="h5">{t('source.snippets')}</Title>
            <NativeSelect size="xs" aria-label={t('source.platform')} value={platform} onChange={(e) => { setPlatform(e.currentTarget.value as Platform) }} data={[...platforms]} />
          </Group>
          <CopyCode label={platform} text={snippet(platform, window.location.origin, key)} />
          <Text size="xs" className="wd-quiet" mt="xs">{t('source.check')}</Text>
        </div>
      </Stack>
    </section>
  )
}
