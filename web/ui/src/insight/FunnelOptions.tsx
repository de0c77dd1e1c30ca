import { Button, Collapse, NativeSelect, NumberInput, TextInput } from '@mantine/core'
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { faultOf } from './faults'
import type { FunnelQuestion } from './types'
import classes from './Insight.module.css'

interface Props {
  value: FunnelQuestion
  error: Error | null
  onChange: (value: FunnelQuestion) => void
}

const choices = {
  preset: ['posthog', 'mixpanel', 'clickhouse'],
  entry: ['latest', 'first'],
  window_from: ['entry', 'previous'],
  count: ['actors', 'entries'],
} as const
type Choice = keyof typeof choices

const fields = ['preset', 'entry', 'ties', 'window_from', 'count'] as const

/** What products disagree about, folded away: each left alone is as docs/questions.md says. */
export function FunnelOptions({ value, error, onChange }: Props) {
  const { t } = useTranslation('insight')
  const set = fields.filter((k) => value[k]).length
  const [open, setOpen] = useState(false)
  const shown = open || fields.some((k) => faultOf(error, k))
  const choose = (field: Choice) => (
    <NativeSelect
      label={t(`more.${field}.label`)}
      value={value[field] ?? ''}
      error={faultOf(error, field)}
      onChange={(e) => { onChange({ ...value, [field]: e.currentTarget.value || undefined }) }}
      data={[{ value: '', label: t(`more.${field}.usual`) }, ...choices[field].map((c) => ({ value: c, label: t(`more.${field}.${c}` as 'more.entry.first') }))]}
    />
  )
  const grace = value.ties?.startsWith('grace:')
  return (
    <div>
      <Button
        variant="subtle"
        size="compact-sm"
        px={4}
        aria-expanded={shown}
        rightSection={shown ? <IconChevronUp size={14} /> : <IconChevronDown size={14} />}
        onClick={() => { setOpen(!open) }}
      >
        {set > 0 ? t('more.optionsSet', { n: set }) : t('more.options')}
      </Button>
      <Collapse expanded={shown}>
        <div className={classes.more}>
          {choose('preset')}
          {choose('entry')}
          {choose('window_from')}
          {choose('count')}
          <NativeSelect
            label={t('more.ties.label')}
            value={grace ? 'grace' : (value.ties ?? '')}
            onChange={(e) => { onChange({ ...value, ties: e.currentTarget.value === 'grace' ? 'grace:2s' : e.currentTarget.value || undefined }) }}
            data={(['usual', 'any', 'strict', 'grace'] as const).map((c) => ({ value: c === 'usual' ? '' : c, label: t(`more.ties.${c}`) }))}
            error={grace ? undefined : faultOf(error, 'ties')}
          />
          {grace ? (
            <TextInput
              label={t('more.ties.within')}
              title={t('windowHint')}
              value={value.ties?.slice('grace:'.length) ?? ''}
              error={faultOf(error, 'ties')}
              onChange={(e) => { onChange({ ...value, ties: `grace:${e.currentTarget.value.trim()}` }) }}
            />
          ) : null}
        </div>
      </Collapse>
    </div>
  )
}

const attributions = ['first_touch', 'last_touch', 'all_events', 'step'] as const

/** Which of an actor's values puts it into a series, and how many series there are. */
export function BreakdownOptions({ value, error, onChange }: Props) {
  const { t } = useTranslation('insight')
  const b = value.breakdown
  if (!b) return null
  const whole = (v: string | number, most: number): number | undefined => (v === '' ? undefined : Math.min(most, Math.max(1, Math.round(Number(v)) || 1)))
  const own = b.by.startsWith('profile.')
  return (
    <>
      {own ? null : (
        <NativeSelect
          label={t('more.attribution.label')}
          value={b.attribution ?? 'first_touch'}
          error={faultOf(error, 'breakdown.attribution')}
          onChange={(e) => {
            const attribution = e.currentTarget.value as (typeof attributions)[number]
            onChange({ ...value, breakdown: { ...b, attribution: attribution === 'first_touch' ? undefined : attribution, step: attribution === 'step' ? (b.step ?? 1) : undefined } })
          }}
          data={attributions.map((a) => ({ value: a, label: t(`more.attribution.${a}`) }))}
        />
      )}
      <div className={classes.two}>
        <NumberInput label={t('more.limit')} min={1} max={100} value={b.limit ?? 10} error={faultOf(error, 'breakdown.limit')} onChange={(v) => { onChange({ ...value, breakdown: { ...b, limit: whole(v, 100) } }) }} />
        {b.attribution === 'step' ? (
          <NumberInput label={t('col.step')} min={1} max={value.steps.length} value={b.step ?? 1} error={faultOf(error, 'breakdown.step')} onChange={(v) => { onChange({ ...value, breakdown: { ...b, step: whole(v, value.steps.length) ?? 1 } }) }} />
        ) : null}
      </div>
    </>
  )
}
