import { ActionIcon, Alert, Autocomplete, Button, Group, Stack, Text, TextInput, Textarea } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Matcher, Touchpoint } from '../api/types'
import { Failure } from '../ui/Failure'
import { EventSelect } from './EventSelect'
import { eventsOf } from './matchFilter'
import { touchpointQuery, touchpointsQuery } from './queries'
import { useSave } from './useSave'

/** Loads a touchpoint of the library for editing. What is typed stays through another's change, but not through undo. */
export function PanelEdit({ id }: { id: string }) {
  const stored = useQuery(touchpointQuery(id))
  const [saved, setSaved] = useState<string>()
  if (stored.error) return <Failure error={stored.error} onRetry={() => void stored.refetch()} />
  if (!stored.data) return null
  const { doc, etag } = stored.data
  return <EditForm key={saved === undefined || saved === etag ? 'same' : etag} stored={doc.document} etag={etag} onSaved={setSaved} />
}

interface FormProps {
  stored: Touchpoint
  etag: string
  /** Told the ETag that a save gave, and undefined while one is under way. */
  onSaved: (etag: string | undefined) => void
}

/** Changes a touchpoint's name, channel, need and matchers. The library is shared: every map that has it changes. */
function EditForm({ stored, etag, onSaved }: FormProps) {
  const { t } = useTranslation('journey')
  const library = useQuery(touchpointsQuery())
  const save = useSave()
  const [title, setTitle] = useState(stored.metadata.title ?? '')
  const [channel, setChannel] = useState(stored.spec.channel ?? '')
  const [need, setNeed] = useState(stored.spec.views?.find((v) => !v.persona)?.need ?? '')
  const [match, setMatch] = useState<Matcher[]>(stored.spec.match ?? [])
  const change = (i: number, part: Partial<Matcher>): void => { setMatch(match.map((m, k) => (k === i ? { ...m, ...part } : m))) }

  const submit = (): void => {
    const views = stored.spec.views ?? []
    const general = views.find((v) => !v.persona)
    const said = { ...general, need: need.trim() || undefined }
    const kept = match.filter((m) => eventsOf(m).some((name) => name !== '')).map((m) => ({ ...m, where: m.where?.trim() || undefined }))
    const after: Touchpoint = {
      ...stored,
      metadata: { ...stored.metadata, title: title.trim() },
      spec: {
        ...stored.spec,
        channel: channel.trim() || undefined,
        views: general ? views.map((v) => (v === general ? said : v)) : said.need ? [...views, said] : views,
        match: kept.length > 0 ? kept : undefined,
      },
    }
    onSaved(undefined)
    save.mutate({ kind: 'Touchpoint', before: stored, after, etag }, { onSuccess: onSaved })
  }

  return (
    <form onSubmit={(e) => { e.preventDefault(); submit() }}>
      <Stack gap="sm">
        <Text size="xs" className="wd-quiet">{t('edit.shared')}</Text>
        <TextInput label={t('edit.name')} required value={title} onChange={(e) => { setTitle(e.currentTarget.value) }} />
        <Autocomplete label={t('edit.channel')} value={channel} onChange={setChannel} data={[...new Set((library.data ?? []).flatMap((p) => (p.spec.channel ? [p.spec.channel] : [])))]} />
        <Textarea label={t('view.need')} autosize minRows={1} value={need} onChange={(e) => { setNeed(e.currentTarget.value) }} />
        {match.map((m, i) => (
          <Stack key={String(i)} gap={6} p="xs" style={{ border: '1px solid var(--wd-line)', borderRadius: 8 }}>
            <Group gap="xs" align="flex-end" wrap="nowrap">
              <div style={{ flex: 1 }}>
                <EventSelect
                  label={t('edit.event')}
                  value={eventsOf(m).join(', ')}
                  onChange={(text) => {
                    const names = text.split(',').map((s) => s.trim())
                    change(i, { event: names.length === 1 ? (names[0] ?? '') : names })
                  }}
                />
              </div>
              <ActionIcon variant="subtle" color="gray" size={36} aria-label={t('edit.dropMatch', { n: i + 1 })} onClick={() => { setMatch(match.filter((_, k) => k !== i)) }}>
                <IconTrash size={16} />
              </ActionIcon>
            </Group>
            <Textarea
              label={t('edit.condition')}
              placeholder={'properties.total > 100.0'}
              autosize
              value={m.where ?? ''}
              onChange={(e) => { change(i, { where: e.currentTarget.value }) }}
              styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12 } }}
            />
          </Stack>
        ))}
        <Button variant="light" size="xs" leftSection={<IconPlus size={14} />} style={{ alignSelf: 'flex-start' }} onClick={() => { setMatch([...match, { event: '' }]) }}>
          {t('edit.addMatch')}
        </Button>
        {save.error ? <Alert color="red" role="alert">{save.error.message}</Alert> : null}
        <Button type="submit" loading={save.isPending} style={{ alignSelf: 'flex-end' }}>{t('save', { ns: 'shell' })}</Button>
      </Stack>
    </form>
  )
}
