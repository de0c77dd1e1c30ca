import { Button, Group, SegmentedControl, Select, Stack, Text, TextInput, Textarea } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { catalogueQuery } from '../insight/queries'
import type { Actor } from '../ui/range'
import { Examples } from './Examples'
import type { Segment } from './queries'
import { useSegmentSave } from './useSegmentSave'
import classes from './Segment.module.css'

interface Props {
  draft: Segment
  stored: Segment
  etag: string
  onEdit: (next: Segment) => void
  onMade: (id: string) => void
  onGone: () => void
  fault?: { line?: number; column?: number; text: string }
}

/** Name, who is a member, and the condition. */
export function SegmentEditor({ draft, stored, etag, onEdit, onMade, onGone, fault }: Props) {
  const { t } = useTranslation('segment')
  const box = useRef<HTMLTextAreaElement>(null)
  const catalogue = useQuery(catalogueQuery())
  const { save, remove } = useSegmentSave(onMade, onGone)
  const { metadata, spec } = draft
  const events = [...new Set((catalogue.data?.events ?? []).filter((e) => ['track', 'page', 'screen'].includes(e.kind)).map((e) => e.name))]
  const write = (where: string): void => { onEdit({ ...draft, spec: { ...spec, where } }) }
  const insert = (name: string): void => {
    const el = box.current
    const from = el?.selectionStart ?? spec.where.length
    const to = el?.selectionEnd ?? from
    write(spec.where.slice(0, from) + JSON.stringify(name) + spec.where.slice(to))
    el?.focus()
  }
  const untouched = JSON.stringify(draft) === JSON.stringify(stored)
  const error = fault && (fault.line ? t('edit.fault', { line: fault.line, column: fault.column, reason: fault.text }) : fault.text)
  return (
    <form className={`wd-card ${classes.card ?? ''}`} onSubmit={(e) => { e.preventDefault(); save.mutate({ draft, etag }) }}>
      <Stack gap="sm">
        <TextInput label={t('edit.title')} required value={metadata.title ?? ''} onChange={(e) => { onEdit({ ...draft, metadata: { ...metadata, title: e.currentTarget.value } }) }} />
        <TextInput label={t('edit.describe')} value={metadata.description ?? ''} onChange={(e) => { onEdit({ ...draft, metadata: { ...metadata, description: e.currentTarget.value || undefined } }) }} />
        <div role="group" aria-label={t('edit.actor')}>
          <Text size="sm" fw={500} mb={4}>{t('edit.actor')}</Text>
          <SegmentedControl
            size="sm"
            value={spec.actor ?? 'profile'}
            onChange={(v) => { onEdit({ ...draft, spec: { ...spec, actor: v === 'profile' ? undefined : (v as Actor) } }) }}
            data={[{ value: 'profile', label: t('kind.profile') }, { value: 'account', label: t('kind.account') }]}
          />
        </div>
        <Textarea
          ref={box}
          label={t('edit.where')}
          description={t('edit.hint')}
          required
          autosize
          minRows={4}
          maxRows={16}
          spellCheck={false}
          classNames={{ input: classes.code }}
          value={spec.where}
          error={error}
          onChange={(e) => { write(e.currentTarget.value) }}
        />
        <Select size="xs" maw={280} searchable aria-label={t('edit.event')} placeholder={t('edit.event')} data={events} value={null} limit={60} onChange={(name) => { if (name) insert(name) }} comboboxProps={{ shadow: 'md' }} />
        {spec.where.trim() === '' ? <Examples events={events} onPick={write} /> : null}
        {save.error && !fault ? <Text size="sm" c="red" role="alert">{save.error.message}</Text> : null}
        <Group justify="space-between">
          {stored.metadata.id ? <Button variant="subtle" color="red" loading={remove.isPending} onClick={() => { remove.mutate({ draft: stored, etag }) }}>{t('edit.delete')}</Button> : <span />}
          <Button type="submit" loading={save.isPending} disabled={untouched || Boolean(fault)}>{t('edit.save')}</Button>
        </Group>
      </Stack>
    </form>
  )
}
