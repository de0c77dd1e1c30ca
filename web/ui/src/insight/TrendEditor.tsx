import { ActionIcon, Button, Checkbox, NativeSelect, TextInput } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { letterOf, measured } from './body'
import { EventField } from './EventField'
import { faultOf } from './faults'
import { measureKey, measures } from './measures'
import { PeriodFields } from './PeriodFields'
import { PropertyField } from './PropertyField'
import type { TrendQuestion, TrendSeries } from './types'
import classes from './Insight.module.css'

interface Props {
  value: TrendQuestion
  from: number[]
  error: Error | null
  onChange: (value: TrendQuestion) => void
}


/** What is followed, what is counted of it, and in which pieces of time. */
export function TrendEditor({ value, from, error, onChange }: Props) {
  const { t } = useTranslation('insight')
  const put = (i: number, next: TrendSeries): void => { onChange({ ...value, series: value.series.map((s, k) => (k === i ? next : s)) }) }
  return (
    <>
      <h2 className={classes.section}>{t('trend.series')}</h2>
      <ol className={classes.plainList}>
        {value.series.map((s, i) => {
          const fault = (field: string): string | undefined => (from.includes(i) ? faultOf(error, `series[${String(from.indexOf(i))}].${field}`) : undefined)
          return (
            <li key={String(i)} className={classes.step}>
              <div className={classes.stepHead}>
                <span>{t('trend.n', { n: i + 1 })}{from.includes(i) && (from.length > 1 || value.formula) ? ` · ${letterOf(from.indexOf(i))}` : ''}</span>
                <ActionIcon
                  size={24}
                  variant="subtle"
                  color="gray"
                  aria-label={t('trend.remove', { n: i + 1 })}
                  disabled={value.series.length === 1}
                  onClick={() => { onChange({ ...value, series: value.series.filter((_, k) => k !== i) }) }}
                >
                  <IconX size={15} />
                </ActionIcon>
              </div>
              <EventField quiet label={t('step.event')} value={s.event} error={fault('event')} onChange={(event) => { put(i, { ...s, event }) }} />
              <div className={classes.more}>
                <NativeSelect
                  label={t('trend.measure')}
                  value={s.measure ?? 'count'}
                  onChange={(e) => { put(i, { ...s, measure: e.currentTarget.value === 'count' ? undefined : (e.currentTarget.value as TrendSeries['measure']) }) }}
                  data={measures.map((m) => ({ value: m, label: t(measureKey(m)) }))}
                />
                {measured(s) ? (
                  <PropertyField numbers label={t('paths.property')} value={s.property ?? ''} error={fault('property')} onChange={(property) => { put(i, { ...s, property: property || undefined }) }} />
                ) : null}
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
      <Button variant="default" size="xs" leftSection={<IconPlus size={14} />} disabled={value.series.length >= 10} onClick={() => { onChange({ ...value, series: [...value.series, { event: '' }] }) }}>
        {t('trend.add')}
      </Button>
      <h2 className={classes.section}>{t('options')}</h2>
      <PeriodFields value={value} at="" error={error} onChange={({ interval, time_zone, week_start }) => { onChange({ ...value, interval, time_zone, week_start }) }} />
      <TextInput
        className={classes.mono}
        label={t('more.formula.label')}
        description={t('more.formula.hint')}
        placeholder="A / B * 100"
        value={value.formula ?? ''}
        error={faultOf(error, 'formula')}
        onChange={(e) => { onChange({ ...value, formula: e.currentTarget.value || undefined }) }}
      />
      <Checkbox label={t('more.before.compare')} checked={value.compare === 'previous'} onChange={(e) => { onChange({ ...value, compare: e.currentTarget.checked ? 'previous' : undefined }) }} />
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
