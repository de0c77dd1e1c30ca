import { NativeSelect, NumberInput, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { CalendarFields } from './CalendarFields'
import type { RetentionQuestion } from './cohortBody'
import { faultOf } from './faults'
import { MatchField } from './MatchField'
import { PropertyField } from './PropertyField'
import classes from './Insight.module.css'

interface Props {
  value: RetentionQuestion
  error: Error | null
  onChange: (value: RetentionQuestion) => void
}

/** What starts, what counts as coming back, and how time is cut. */
export function RetentionEditor({ value, error, onChange }: Props) {
  const { t } = useTranslation('insight')
  return (
    <>
      <MatchField label={t('cohort.start')} value={value.start} error={(f) => faultOf(error, `start.${f}`)} onChange={(start) => { onChange({ ...value, start }) }} />
      <NativeSelect
        label={t('cohort.type.label')}
        value={value.type ?? 'recurring'}
        onChange={(e) => { onChange({ ...value, type: e.currentTarget.value === 'first_time' ? 'first_time' : undefined }) }}
        data={(['recurring', 'first_time'] as const).map((k) => ({ value: k, label: t(`cohort.type.${k}`) }))}
      />
      <MatchField
        label={t('cohort.return')}
        value={value.return}
        placeholder={t('step.any')}
        error={(f) => faultOf(error, `return.${f}`)}
        onChange={(m) => { onChange({ ...value, return: m.event.length > 0 ? m : undefined }) }}
      />
      <NativeSelect
        label={t('cohort.mode.label')}
        value={value.mode ?? 'on'}
        onChange={(e) => { onChange({ ...value, mode: e.currentTarget.value === 'on_or_after' ? 'on_or_after' : undefined }) }}
        data={(['on', 'on_or_after'] as const).map((k) => ({ value: k, label: t(`cohort.mode.${k}`) }))}
      />
      <h2 className={classes.section}>{t('options')}</h2>
      <CalendarFields
        interval={value.period ?? 'week'}
        onInterval={(period) => { onChange({ ...value, period: period === 'week' ? undefined : period }) }}
        value={{ time_zone: value.time_zone, week_start: value.week_start }}
        onChange={(calendar) => { onChange({ ...value, ...calendar }) }}
        error={error}
      />
      <NumberInput
        label={t('cohort.follow')}
        min={1}
        max={366}
        allowDecimal={false}
        value={value.periods ?? 12}
        error={faultOf(error, 'periods') ?? faultOf(error, 'period')}
        onChange={(n) => { onChange({ ...value, periods: typeof n === 'number' && n !== 12 ? n : undefined }) }}
      />
      <PropertyField
        label={t('breakdown')}
        placeholder={t('breakdownNone')}
        value={value.breakdown?.by ?? ''}
        error={faultOf(error, 'breakdown')}
        onChange={(by) => { onChange({ ...value, breakdown: by ? { ...value.breakdown, by } : undefined }) }}
      />
      <TextInput
        className={classes.mono}
        label={t('filter')}
        placeholder={'profile.traits.country == "NO"'}
        value={value.filter ?? ''}
        error={faultOf(error, 'filter')}
        onChange={(e) => { onChange({ ...value, filter: e.currentTarget.value || undefined }) }}
      />
    </>
  )
}
