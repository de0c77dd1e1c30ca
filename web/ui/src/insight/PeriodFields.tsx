import { Autocomplete, NativeSelect } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { faultOf } from './faults'
import classes from './Insight.module.css'

export const intervals = ['hour', 'day', 'week', 'month'] as const
export type Interval = (typeof intervals)[number]

export interface Period {
  interval?: Interval
  week_start?: 'monday' | 'sunday'
  time_zone?: string
}

interface Props {
  value: Period
  error: Error | null
  /** Where the fields stand in the question: '' or 'trend.' */
  at: string
  onChange: (value: Period) => void
}

const zones = Intl.supportedValuesOf('timeZone')

/** In which pieces time is cut, and whose clock and calendar cuts it. */
export function PeriodFields({ value, error, at, onChange }: Props) {
  const { t } = useTranslation('insight')
  return (
    <>
      <div className={classes.two}>
        <NativeSelect
          label={t('trend.interval')}
          value={value.interval ?? 'day'}
          error={faultOf(error, `${at}interval`)}
          onChange={(e) => { onChange({ ...value, interval: e.currentTarget.value === 'day' ? undefined : (e.currentTarget.value as Interval) }) }}
          data={intervals.map((i) => ({ value: i, label: t(`trend.each.${i}`) }))}
        />
        <Autocomplete
          label={t('more.zone')}
          placeholder="UTC"
          value={value.time_zone ?? ''}
          error={faultOf(error, `${at}time_zone`)}
          data={zones}
          limit={40}
          onChange={(zone) => { onChange({ ...value, time_zone: zone || undefined }) }}
        />
      </div>
      {value.interval === 'week' ? (
        <NativeSelect
          label={t('more.weekStart')}
          value={value.week_start ?? 'monday'}
          onChange={(e) => { onChange({ ...value, week_start: e.currentTarget.value === 'sunday' ? 'sunday' : undefined }) }}
          data={(['monday', 'sunday'] as const).map((d) => ({ value: d, label: t(`more.weekday.${d}`) }))}
        />
      ) : null}
    </>
  )
}
