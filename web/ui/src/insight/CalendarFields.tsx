import { Autocomplete, NativeSelect } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { type Interval, intervals } from './cohortBody'
import { faultOf } from './faults'

interface Props {
  interval: Interval
  onInterval: (interval: Interval) => void
  value: { time_zone?: string; week_start?: 'monday' | 'sunday' }
  onChange: (value: { time_zone?: string; week_start?: 'monday' | 'sunday' }) => void
  error: Error | null
}

/** How time is cut: into days, weeks or months, of which time zone, and where weeks begin. */
export function CalendarFields({ interval, onInterval, value, onChange, error }: Props) {
  const { t } = useTranslation('insight')
  return (
    <>
      <NativeSelect
        label={t('cohort.interval')}
        value={interval}
        onChange={(e) => { onInterval(e.currentTarget.value as Interval) }}
        data={intervals.map((i) => ({ value: i, label: t(`cohort.each.${i}`) }))}
      />
      {interval === 'week' ? (
        <NativeSelect
          label={t('cohort.weekStart')}
          value={value.week_start ?? 'monday'}
          onChange={(e) => { onChange({ ...value, week_start: e.currentTarget.value === 'sunday' ? 'sunday' : undefined }) }}
          data={(['monday', 'sunday'] as const).map((d) => ({ value: d, label: t(`cohort.day.${d}`) }))}
        />
      ) : null}
      <Autocomplete
        label={t('cohort.zone')}
        placeholder="UTC"
        value={value.time_zone ?? ''}
        error={faultOf(error, 'time_zone')}
        data={Intl.supportedValuesOf('timeZone')}
        limit={40}
        clearable
        comboboxProps={{ shadow: 'md' }}
        onChange={(zone) => { onChange({ ...value, time_zone: zone || undefined }) }}
      />
    </>
  )
}
