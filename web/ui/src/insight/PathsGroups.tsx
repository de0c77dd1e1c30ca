import { ActionIcon, Button, NumberInput, TextInput } from '@mantine/core'
import { IconArrowsDiff, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { chosen, nameOf } from './body'
import { faultOf } from './faults'
import type { PathsQuestion } from './types'
import classes from './Insight.module.css'

interface Props {
  value: PathsQuestion
  error: Error | null
  onChange: (value: PathsQuestion) => void
}

/** Two groups that are counted side by side. */
export function PathsGroups({ value, error, onChange }: Props) {
  const { t } = useTranslation('insight')
  const compare = value.compare
  if (!compare) {
    return (
      <Button
        variant="default"
        size="xs"
        leftSection={<IconArrowsDiff size={14} />}
        onClick={() => { onChange({ ...value, compare: { a: {}, b: {} } }) }}
      >
        {t('more.compare.add')}
      </Button>
    )
  }
  return (
    <div className={classes.step}>
      <div className={classes.stepHead}>
        <span>{t('more.compare.title')}</span>
        <ActionIcon size={24} variant="subtle" color="gray" aria-label={t('more.compare.remove')} onClick={() => { onChange({ ...value, compare: undefined }) }}><IconX size={15} /></ActionIcon>
      </div>
      {(['a', 'b'] as const).map((g) => (
        <div key={g} className={classes.more}>
          <TextInput
            className={classes.mono}
            label={t(`more.compare.${g}`)}
            placeholder={g === 'a' ? 'context.channel == "web"' : 'context.channel != "web"'}
            value={compare[g].filter ?? ''}
            error={faultOf(error, `compare.${g}.filter`)}
            onChange={(e) => { onChange({ ...value, compare: { ...compare, [g]: { ...compare[g], filter: e.currentTarget.value || undefined } } }) }}
          />
          <TextInput
            label={t('step.name')}
            value={compare[g].name ?? ''}
            error={faultOf(error, `compare.${g}.name`)}
            onChange={(e) => { onChange({ ...value, compare: { ...compare, [g]: { ...compare[g], name: e.currentTarget.value || undefined } } }) }}
          />
        </div>
      ))}
    </div>
  )
}

/** Says whose paths these are, when they are of those whom a funnel lost. */
export function PathsInstead({ value, error, onChange }: Props) {
  const { t } = useTranslation('insight')
  const instead = value.instead
  if (!instead) return null
  const steps = instead.funnel.steps
  return (
    <div className={classes.step}>
      <div className={classes.stepHead}>
        <span>{t('more.instead.title')}</span>
        <ActionIcon size={24} variant="subtle" color="gray" aria-label={t('more.instead.remove')} onClick={() => { onChange({ ...value, instead: undefined }) }}><IconX size={15} /></ActionIcon>
      </div>
      <ol style={{ margin: '0 0 8px', paddingLeft: 20, fontSize: 13 }}>
        {steps.filter(chosen).map((s, i) => <li key={String(i)} style={{ fontWeight: i + 1 === instead.step ? 650 : undefined }}>{nameOf(s)}</li>)}
      </ol>
      <NumberInput
        label={t('more.instead.step')}
        min={2}
        max={steps.length}
        value={instead.step}
        error={faultOf(error, 'instead')}
        onChange={(v) => { onChange({ ...value, instead: { ...instead, step: Math.min(steps.length, Math.max(2, Math.round(Number(v)) || 2)) } }) }}
      />
    </div>
  )
}
