import { ActionIcon, Checkbox, Collapse, TextInput } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconDots, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { EventField } from './EventField'
import type { FunnelStep } from './types'
import classes from './Insight.module.css'

interface Props {
  n: number
  of: number
  step: FunnelStep
  error: (field: string) => string | undefined
  onChange: (step: FunnelStep) => void
  onMove: (by: 1 | -1) => void
  onRemove: () => void
}

/** One step of a funnel: its event, and behind the dots a condition, a name, whether only the first one ever counts, and whether it may be passed by. */
export function StepRow({ n, of, step, error, onChange, onMove, onRemove }: Props) {
  const { t } = useTranslation('insight')
  const [wide, setWide] = useState(Boolean(step.where ?? step.name ?? step.optional ?? step.first_time))
  const button = { size: 24, variant: 'subtle', color: 'gray' } as const
  return (
    <li className={classes.step}>
      <div className={classes.stepHead}>
        <span>{t('step.n', { n })}{step.optional ? ` · ${t('step.optional')}` : ''}</span>
        <ActionIcon {...button} aria-label={t('step.up', { n })} disabled={n === 1} onClick={() => { onMove(-1) }}><IconArrowUp size={15} /></ActionIcon>
        <ActionIcon {...button} aria-label={t('step.down', { n })} disabled={n === of} onClick={() => { onMove(1) }}><IconArrowDown size={15} /></ActionIcon>
        <ActionIcon {...button} aria-label={t('step.more', { n })} aria-expanded={wide} onClick={() => { setWide(!wide) }}><IconDots size={15} /></ActionIcon>
        <ActionIcon {...button} aria-label={t('step.remove', { n })} disabled={of === 1} onClick={onRemove}><IconX size={15} /></ActionIcon>
      </div>
      <EventField quiet label={t('step.event')} value={step.event} error={error('event')} onChange={(event) => { onChange({ ...step, event }) }} />
      <Collapse expanded={wide}>
        <div className={classes.more}>
          <TextInput
            className={classes.mono}
            label={t('step.where')}
            placeholder="properties.price > 100.0"
            value={step.where ?? ''}
            error={error('where')}
            onChange={(e) => { onChange({ ...step, where: e.currentTarget.value || undefined }) }}
          />
          <TextInput label={t('step.name')} value={step.name ?? ''} error={error('name')} onChange={(e) => { onChange({ ...step, name: e.currentTarget.value || undefined }) }} />
          <Checkbox label={t('more.firstTime')} checked={step.first_time ?? false} onChange={(e) => { onChange({ ...step, first_time: e.currentTarget.checked || undefined }) }} />
          <Checkbox label={t('step.optional')} disabled={n === 1} checked={step.optional ?? false} onChange={(e) => { onChange({ ...step, optional: e.currentTarget.checked || undefined }) }} />
        </div>
      </Collapse>
    </li>
  )
}
