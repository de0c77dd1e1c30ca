import { ActionIcon, Button, TextInput } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { CalendarFields } from './CalendarFields'
import type { Matcher, StickinessQuestion } from './cohortBody'
import { EventField } from './EventField'
import { faultOf } from './faults'
import classes from './Insight.module.css'

interface Props {
  value: StickinessQuestion
  /** For each line that was asked, which one of the editor it is. */
  from: number[]
  error: Error | null
  onChange: (value: StickinessQuestion) => void
}

/** What makes people active, a line each, and how time is cut. */
export function StickinessEditor({ value, from, error, onChange }: Props) {
  const { t } = useTranslation('insight')
  const series = value.series ?? []
  const put = (i: number, next: Matcher): void => { onChange({ ...value, series: series.map((s, k) => (k === i ? next : s)) }) }
  return (
    <>
      <h2 className={classes.section}>{t('cohort.activeWhen')}</h2>
      <ol className={classes.plainList}>
        {series.map((s, i) => {
          const fault = (field: string): string | undefined => (from.includes(i) ? faultOf(error, `series[${String(from.indexOf(i))}].${field}`) : undefined)
          return (
            <li key={String(i)} className={classes.step}>
              <div className={classes.stepHead}>
                <span>{t('trend.n', { n: i + 1 })}</span>
                <ActionIcon
                  size={24}
                  variant="subtle"
                  color="gray"
                  aria-label={t('trend.remove', { n: i + 1 })}
                  disabled={series.length === 1}
                  onClick={() => { onChange({ ...value, series: series.filter((_, k) => k !== i) }) }}
                >
                  <IconX size={15} />
                </ActionIcon>
              </div>
              <EventField quiet label={t('step.event')} value={s.event} error={fault('event')} onChange={(event) => { put(i, { ...s, event }) }} />
              <div className={classes.more}>
                <TextInput
                  className={classes.mono}
                  label={t('step.where')}
                  placeholder="properties.price > 100.0"
                  value={s.where ?? ''}
                  error={fault('where')}
                  onChange={(e) => { put(i, { ...s, where: e.currentTarget.value || undefined }) }}
                />
              </div>
            </li>
          )
        })}
      </ol>
      <Button variant="default" size="xs" leftSection={<IconPlus size={14} />} disabled={series.length >= 10} onClick={() => { onChange({ ...value, series: [...series, { event: '' }] }) }}>
        {t('trend.add')}
      </Button>
      <h2 className={classes.section}>{t('options')}</h2>
      <CalendarFields
        interval={value.interval ?? 'day'}
        onInterval={(next) => { onChange({ ...value, interval: next === 'day' ? undefined : next }) }}
        value={{ time_zone: value.time_zone, week_start: value.week_start }}
        onChange={(calendar) => { onChange({ ...value, ...calendar }) }}
        error={error}
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
