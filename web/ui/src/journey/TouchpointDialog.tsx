import { Alert, Autocomplete, Button, Group, Modal, NativeSelect, SegmentedControl, Select, Stack, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, must } from '../api/client'
import type { Journey, Touchpoint } from '../api/types'
import { EventSelect } from './EventSelect'
import { makeID } from './ids'
import { stageTitle, words } from './plan'
import { journeyQuery } from './queries'
import { useSave } from './useSave'

interface Props {
  journey: Journey
  library: Touchpoint[]
  onClose: () => void
  onMade: (id: string) => void
}

/** Puts a touchpoint on the map: one of the library, or a new one with the event that reaches it. */
export function TouchpointDialog({ journey, library, onClose, onMade }: Props) {
  const { t } = useTranslation('journey')
  const stored = useQuery(journeyQuery(journey.metadata.id))
  const save = useSave()
  const placed = new Set(journey.spec.stages.flatMap((s) => (s.steps ?? []).flatMap((step) => step.touchpoints ?? [])))
  const free = library.filter((p) => !placed.has(p.metadata.id))
  const steps = journey.spec.stages.map((s) => ({
    group: stageTitle(s),
    items: [...(s.steps ?? []).map((step) => ({ value: step.id, label: step.title ?? words(step.id) })), ...((s.steps ?? []).length === 0 ? [{ value: `stage:${s.id}`, label: t('edit.firstStep') }] : [])],
  }))
  const [step, setStep] = useState(steps[0]?.items[0]?.value ?? '')
  const [mode, setMode] = useState<'new' | 'library'>('new')
  const [title, setTitle] = useState('')
  const [channel, setChannel] = useState('')
  const [event, setEvent] = useState('')
  const [chosen, setChosen] = useState<string | null>(null)

  const create = useMutation({
    mutationFn: (body: Touchpoint) => must(api.POST('/api/v1/touchpoints', { body })),
  })

  const place = (id: string, name: string): void => {
    if (!stored.data) return
    const before = stored.data.doc.document
    const taken = new Set(before.spec.stages.flatMap((s) => [s.id, ...(s.steps ?? []).map((x) => x.id)]))
    const stages = before.spec.stages.map((s) =>
      step === `stage:${s.id}`
        ? { ...s, steps: [{ id: makeID(name, taken), title: name, touchpoints: [id] }] }
        : { ...s, steps: (s.steps ?? []).map((x) => (x.id === step ? { ...x, touchpoints: [...(x.touchpoints ?? []), id] } : x)) },
    )
    save.mutate(
      { kind: 'Journey', before, after: { ...before, spec: { ...before.spec, stages } }, etag: stored.data.etag },
      { onSuccess: () => { onMade(id); onClose() } },
    )
  }
  const submit = (): void => {
    if (mode === 'library') {
      const found = free.find((p) => p.metadata.id === chosen)
      if (found) place(found.metadata.id, found.metadata.title ?? found.metadata.id)
      return
    }
    const id = makeID(title, new Set(library.map((p) => p.metadata.id)))
    create.mutate(
      {
        apiVersion: 'wend/v1',
        kind: 'Touchpoint',
        metadata: { id, title: title.trim() },
        spec: { channel: channel.trim() || undefined, match: event ? [{ event }] : undefined },
      },
      { onSuccess: () => { place(id, title.trim()) } },
    )
  }
  const error = create.error ?? save.error

  return (
    <Modal opened onClose={onClose} title={t('edit.addTouchpoint')} closeButtonProps={{ 'aria-label': t('close', { ns: 'shell' }) }}>
      <form onSubmit={(e) => { e.preventDefault(); submit() }}>
        <Stack gap="sm">
          <NativeSelect label={t('edit.where')} value={step} data={steps} onChange={(e) => { setStep(e.currentTarget.value) }} />
          <SegmentedControl
            value={mode}
            onChange={(v) => { setMode(v as 'new' | 'library') }}
            data={[{ value: 'new', label: t('edit.newOne') }, { value: 'library', label: t('edit.fromLibrary', { count: free.length }), disabled: free.length === 0 }]}
          />
          {mode === 'new' ? (
            <>
              <TextInput label={t('edit.name')} required data-autofocus value={title} onChange={(e) => { setTitle(e.currentTarget.value) }} />
              <Autocomplete label={t('edit.channel')} description={t('edit.channelHint')} value={channel} onChange={setChannel} data={[...new Set(library.flatMap((p) => (p.spec.channel ? [p.spec.channel] : [])))]} />
              <EventSelect label={t('edit.event')} description={t('edit.eventHint')} value={event} onChange={setEvent} />
            </>
          ) : (
            <Select label={t('edit.library')} required searchable value={chosen} onChange={setChosen} data={free.map((p) => ({ value: p.metadata.id, label: p.metadata.title ?? p.metadata.id }))} />
          )}
          {error ? <Alert color="red" role="alert">{error.message}</Alert> : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>{t('cancel', { ns: 'shell' })}</Button>
            <Button type="submit" loading={save.isPending || create.isPending} disabled={!stored.data || step === ''}>{t('edit.place')}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
