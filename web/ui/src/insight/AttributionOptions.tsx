import { NativeSelect, NumberInput, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { faultOf } from './faults'
import type { AttributionQuestion } from './types'
import classes from './Insight.module.css'

interface Props {
  value: AttributionQuestion
  error: Error | null
  onChange: (value: AttributionQuestion) => void
}

/** What the chosen models and the counting can be told besides; each has a default. */
export function AttributionOptions({ value, error, onChange }: Props) {
  const { t } = useTranslation('insight')
  const asked = value.models ?? []
  const ends = value.position ?? { first: 0.4, last: 0.4 }
  const end = (which: 'first' | 'last') => (
    <NumberInput
      label={t(`attribution.end.${which}`)}
      min={0}
      max={100}
      suffix=" %"
      value={Math.round(ends[which] * 100)}
      error={which === 'first' ? faultOf(error, 'position') : undefined}
      onChange={(v) => { onChange({ ...value, position: { ...ends, [which]: Math.min(100, Math.max(0, Number(v) || 0)) / 100 } }) }}
    />
  )
  return (
    <>
      {asked.includes('time_decay') ? (
        <TextInput label={t('attribution.halfLife')} title={t('windowHint')} placeholder="7d" value={value.half_life ?? ''} error={faultOf(error, 'half_life')} onChange={(e) => { onChange({ ...value, half_life: e.currentTarget.value.trim() || undefined }) }} />
      ) : null}
      {asked.includes('position') ? <div className={classes.two}>{end('first')}{end('last')}</div> : null}
      {asked.includes('markov') ? (
        <NativeSelect
          label={t('attribution.order')}
          value={String(value.order ?? 1)}
          error={faultOf(error, 'order')}
          onChange={(e) => { onChange({ ...value, order: e.currentTarget.value === '1' ? undefined : Number(e.currentTarget.value) }) }}
          data={['1', '2', '3']}
        />
      ) : null}
      {asked.includes('shapley') ? (
        <NativeSelect
          label={t('attribution.worth')}
          value={value.worth ?? 'rate'}
          onChange={(e) => { onChange({ ...value, worth: e.currentTarget.value === 'count' ? 'count' : undefined }) }}
          data={(['rate', 'count'] as const).map((w) => ({ value: w, label: t(`attribution.worthOf.${w}`) }))}
        />
      ) : null}
      <NativeSelect
        label={t('attribution.reuse')}
        value={value.reuse ?? 'yes'}
        onChange={(e) => { onChange({ ...value, reuse: e.currentTarget.value === 'no' ? 'no' : undefined }) }}
        data={(['yes', 'no'] as const).map((r) => ({ value: r, label: t(`attribution.reused.${r}`) }))}
      />
      <div className={classes.two}>
        <NativeSelect
          label={t('attribution.repeats')}
          value={value.repeats ?? 'visit'}
          onChange={(e) => { onChange({ ...value, repeats: e.currentTarget.value === 'event' ? 'event' : undefined }) }}
          data={(['visit', 'event'] as const).map((r) => ({ value: r, label: t(`attribution.counts.${r}`) }))}
        />
        <TextInput label={t('attribution.gap')} title={t('windowHint')} placeholder="30m" value={value.session_gap ?? ''} error={faultOf(error, 'session_gap')} onChange={(e) => { onChange({ ...value, session_gap: e.currentTarget.value.trim() || undefined }) }} />
      </div>
      <TextInput className={classes.mono} label={t('filter')} placeholder={'profile.traits.country == "NO"'} value={value.filter ?? ''} error={faultOf(error, 'filter')} onChange={(e) => { onChange({ ...value, filter: e.currentTarget.value || undefined }) }} />
    </>
  )
}
