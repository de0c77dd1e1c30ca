import { ActionIcon, Button, NumberInput, TextInput } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { EventField } from './EventField'
import { faultOf } from './faults'
import type { FunnelQuestion } from './types'
import classes from './Insight.module.css'

interface Props {
  value: FunnelQuestion
  error: Error | null
  onChange: (value: FunnelQuestion) => void
}

/** Events between two steps that take somebody out of the count. */
export function Exclusions({ value, error, onChange }: Props) {
  const { t } = useTranslation('insight')
  const list = value.exclusions ?? []
  const last = value.steps.length
  const put = (exclusions: typeof list): void => { onChange({ ...value, exclusions: exclusions.length > 0 ? exclusions : undefined }) }
  const place = (text: string | number, most: number): number => Math.min(most, Math.max(1, Math.round(Number(text)) || 1))
  return (
    <>
      {list.map((x, i) => (
        <div key={String(i)} className={classes.step}>
          <div className={classes.stepHead}>
            <span>{t('exclusion.title')}</span>
            <ActionIcon size={24} variant="subtle" color="gray" aria-label={t('exclusion.remove')} onClick={() => { put(list.filter((_, k) => k !== i)) }}><IconX size={15} /></ActionIcon>
          </div>
          <EventField
            label={t('step.event')}
            value={x.event}
            error={faultOf(error, `exclusions[${String(i)}].event`)}
            onChange={(event) => { put(list.map((e, k) => (k === i ? { ...e, event } : e))) }}
          />
          <TextInput
            className={classes.mono}
            mt={8}
            label={t('step.where')}
            placeholder="properties.price > 100.0"
            value={x.where ?? ''}
            error={faultOf(error, `exclusions[${String(i)}].where`)}
            onChange={(e) => { put(list.map((o, k) => (k === i ? { ...o, where: e.currentTarget.value || undefined } : o))) }}
          />
          <div className={classes.two} style={{ marginTop: 8 }}>
            <NumberInput label={t('exclusion.from')} min={1} max={last - 1} value={x.from_step} onChange={(v) => { put(list.map((e, k) => (k === i ? { ...e, from_step: place(v, last - 1) } : e))) }} />
            <NumberInput label={t('exclusion.to')} min={2} max={last} value={x.to_step} onChange={(v) => { put(list.map((e, k) => (k === i ? { ...e, to_step: place(v, last) } : e))) }} />
          </div>
        </div>
      ))}
      {last > 1 ? (
        <Button variant="default" size="xs" leftSection={<IconPlus size={14} />} onClick={() => { put([...list, { event: '', from_step: 1, to_step: last }]) }}>
          {t('exclusion.add')}
        </Button>
      ) : null}
    </>
  )
}
