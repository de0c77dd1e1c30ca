import { Alert, Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Journey, Stage, Step } from '../api/types'
import { makeID } from './ids'
import { stageTitle, words } from './plan'
import { journeyQuery } from './queries'
import { useSave } from './useSave'

interface Props {
  journey: Journey
  /** Id of the stage to change; a new one without. */
  stage?: string
  onClose: () => void
}

/** Names a stage, says what the customer wants there, and names its steps. */
export function StageDialog({ journey, stage, onClose }: Props) {
  const { t } = useTranslation('journey')
  const stored = useQuery(journeyQuery(journey.metadata.id))
  const save = useSave()
  const old = journey.spec.stages.find((s) => s.id === stage)
  const [title, setTitle] = useState(old ? stageTitle(old) : '')
  const [aim, setAim] = useState(old?.aim ?? '')
  const [steps, setSteps] = useState<Step[]>((old?.steps ?? []).map((s) => ({ ...s, title: s.title ?? words(s.id) })))

  const submit = (): void => {
    if (!stored.data) return
    const before = stored.data.doc.document
    const taken = new Set(before.spec.stages.flatMap((s) => [s.id, ...(s.steps ?? []).map((step) => step.id)]))
    const named = steps
      .filter((s) => s.title?.trim())
      .map((s) => {
        const id = s.id || makeID(s.title ?? '', taken)
        taken.add(id)
        return { ...s, id, title: s.title?.trim() }
      })
    const next: Stage = { ...old, id: old?.id ?? makeID(title, taken), title: title.trim(), aim: aim.trim() || undefined, steps: named }
    const stages = old ? before.spec.stages.map((s) => (s.id === old.id ? next : s)) : [...before.spec.stages, next]
    save.mutate({ kind: 'Journey', before, after: { ...before, spec: { ...before.spec, stages } }, etag: stored.data.etag }, { onSuccess: onClose })
  }

  return (
    <Modal opened onClose={onClose} title={old ? t('edit.stage', { title: stageTitle(old) }) : t('edit.addStage')} closeButtonProps={{ 'aria-label': t('close', { ns: 'shell' }) }}>
      <form onSubmit={(e) => { e.preventDefault(); submit() }}>
        <Stack gap="sm">
          <TextInput label={t('edit.name')} required data-autofocus value={title} onChange={(e) => { setTitle(e.currentTarget.value) }} />
          <TextInput label={t('edit.aim')} description={t('edit.aimHint')} value={aim} onChange={(e) => { setAim(e.currentTarget.value) }} />
          {steps.map((step, i) => (
            <Group key={step.id || `new-${String(i)}`} gap="xs" align="flex-end" wrap="nowrap">
              <TextInput
                style={{ flex: 1 }}
                label={t('edit.step', { n: i + 1 })}
                value={step.title ?? ''}
                onChange={(e) => {
                  const text = e.currentTarget.value
                  setSteps(steps.map((s, k) => (k === i ? { ...s, title: text } : s)))
                }}
              />
              {(step.touchpoints ?? []).length === 0 ? (
                <Button variant="subtle" color="gray" px="xs" aria-label={t('edit.dropStep', { n: i + 1 })} onClick={() => { setSteps(steps.filter((_, k) => k !== i)) }}>
                  <IconTrash size={16} />
                </Button>
              ) : null}
            </Group>
          ))}
          <Button variant="light" size="xs" leftSection={<IconPlus size={14} />} style={{ alignSelf: 'flex-start' }} onClick={() => { setSteps([...steps, { id: '', title: '' }]) }}>
            {t('edit.addStep')}
          </Button>
          {save.error ? <Alert color="red" role="alert">{save.error.message}</Alert> : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>{t('cancel', { ns: 'shell' })}</Button>
            <Button type="submit" loading={save.isPending} disabled={!stored.data}>{t('save', { ns: 'shell' })}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
