import { Button, NativeSelect, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Exclusions } from './Exclusions'
import { faultOf } from './faults'
import { BreakdownOptions, FunnelOptions } from './FunnelOptions'
import { PeriodFields } from './PeriodFields'
import { PropertyField } from './PropertyField'
import { StepRow } from './StepRow'
import type { FunnelQuestion } from './types'
import classes from './Insight.module.css'

interface Props {
  value: FunnelQuestion
  /** For each step that was asked, which one of the editor it is. */
  from: number[]
  error: Error | null
  onChange: (value: FunnelQuestion) => void
}

/** The funnel's steps and what counts as passing them. */
export function FunnelEditor({ value, from, error, onChange }: Props) {
  const { t } = useTranslation('insight')
  // Each row keeps its own state when rows move: they are known by a number, not by their place.
  const [ids, setIDs] = useState<number[]>(() => value.steps.map((_, i) => i))
  if (ids.length !== value.steps.length) setIDs(value.steps.map((_, i) => ids[i] ?? Math.max(-1, ...ids) + 1 + i))
  const steps = (next: FunnelQuestion['steps'], order: number[]): void => {
    setIDs(order)
    onChange({ ...value, steps: next })
  }
  const swap = <T,>(list: T[], i: number, by: number): T[] => {
    const out = [...list]
    const [moved] = out.splice(i, 1)
    if (moved !== undefined) out.splice(i + by, 0, moved)
    return out
  }
  return (
    <>
      <h2 className={classes.section}>{t('steps')}</h2>
      <ol className={classes.plainList}>
        {value.steps.map((step, i) => (
          <StepRow
            key={ids[i] ?? i}
            n={i + 1}
            of={value.steps.length}
            step={step}
            error={(field) => (from.includes(i) ? faultOf(error, `steps[${String(from.indexOf(i))}].${field}`) : undefined)}
            onChange={(next) => { onChange({ ...value, steps: value.steps.map((s, k) => (k === i ? next : s)) }) }}
            onMove={(by) => { steps(swap(value.steps, i, by), swap(ids, i, by)) }}
            onRemove={() => { steps(value.steps.filter((_, k) => k !== i), ids.filter((_, k) => k !== i)) }}
          />
        ))}
      </ol>
      <Button
        variant="default"
        size="xs"
        leftSection={<IconPlus size={14} />}
        disabled={value.steps.length >= 30}
        onClick={() => { steps([...value.steps, { event: '' }], [...ids, Math.max(-1, ...ids) + 1]) }}
      >
        {t('step.add')}
      </Button>
      <h2 className={classes.section}>{t('options')}</h2>
      <div className={classes.two}>
        <TextInput
          label={t('window')}
          title={t('windowHint')}
          placeholder="7d"
          value={value.window ?? ''}
          error={faultOf(error, 'window')}
          onChange={(e) => { onChange({ ...value, window: e.currentTarget.value.trim() || undefined }) }}
        />
        <NativeSelect
          label={t('order.label')}
          value={value.order ?? 'ordered'}
          onChange={(e) => { onChange({ ...value, order: e.currentTarget.value === 'ordered' ? undefined : (e.currentTarget.value as FunnelQuestion['order']) }) }}
          data={(['ordered', 'strict', 'any'] as const).map((o) => ({ value: o, label: t(`order.${o}`) }))}
        />
      </div>
      <PropertyField
        label={t('breakdown')}
        placeholder={t('breakdownNone')}
        value={value.breakdown?.by ?? ''}
        error={faultOf(error, 'breakdown')}
        onChange={(by) => { onChange({ ...value, breakdown: by ? { ...value.breakdown, by } : undefined }) }}
      />
      <BreakdownOptions value={value} error={error} onChange={onChange} />
      <TextInput
        className={classes.mono}
        label={t('filter')}
        placeholder={'profile.traits.country == "NO"'}
        value={value.filter ?? ''}
        error={faultOf(error, 'filter')}
        onChange={(e) => { onChange({ ...value, filter: e.currentTarget.value || undefined }) }}
      />
      <Exclusions value={value} error={error} onChange={onChange} />
      <FunnelOptions value={value} error={error} onChange={onChange} />
      {value.trend ? <PeriodFields value={value.trend} at="trend." error={error} onChange={(trend) => { onChange({ ...value, trend }) }} /> : null}
    </>
  )
}
