import { Checkbox, NativeSelect, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { models } from './attributionBody'
import { AttributionOptions } from './AttributionOptions'
import { AttributionTouches } from './AttributionTouches'
import { EventField } from './EventField'
import { faultOf } from './faults'
import { PropertyField } from './PropertyField'
import type { AttributionModel, AttributionQuestion } from './types'
import classes from './Insight.module.css'

interface Props {
  value: AttributionQuestion
  error: Error | null
  onChange: (value: AttributionQuestion) => void
}

/** What is won, what a touch is, and by which models the credit is shared. */
export function AttributionEditor({ value, error, onChange }: Props) {
  const { t } = useTranslation('insight')
  const { conversion } = value
  const asked = value.models ?? []
  return (
    <>
      <h2 className={classes.section}>{t('attribution.conversion')}</h2>
      <div className={classes.step}>
        <EventField label={t('step.event')} value={conversion.event} error={faultOf(error, 'conversion.event')} onChange={(event) => { onChange({ ...value, conversion: { ...conversion, event } }) }} />
        <div className={classes.more}>
          <PropertyField numbers label={t('attribution.value')} placeholder={t('attribution.noValue')} value={value.value ?? ''} error={faultOf(error, 'value')} onChange={(path) => { onChange({ ...value, value: path || undefined }) }} />
          <TextInput
            className={classes.mono}
            label={t('step.where')}
            placeholder="properties.price > 100.0"
            value={conversion.where ?? ''}
            error={faultOf(error, 'conversion.where')}
            onChange={(e) => { onChange({ ...value, conversion: { ...conversion, where: e.currentTarget.value || undefined } }) }}
          />
          <Checkbox label={t('attribution.firstTime')} checked={conversion.first_time ?? false} onChange={(e) => { onChange({ ...value, conversion: { ...conversion, first_time: e.currentTarget.checked || undefined } }) }} />
        </div>
      </div>
      <h2 className={classes.section}>{t('attribution.touch')}</h2>
      <AttributionTouches value={value} error={error} onChange={onChange} />
      <Checkbox.Group
        label={t('attribution.models')}
        value={asked}
        error={faultOf(error, 'models')}
        onChange={(picked) => { if (picked.length > 0) onChange({ ...value, models: models.filter((m) => picked.includes(m)) }) }}
      >
        <div className={classes.more}>
          {models.map((m: AttributionModel) => <Checkbox key={m} value={m} label={t(`attribution.model.${m}`)} title={t(`attribution.about.${m}`)} />)}
        </div>
      </Checkbox.Group>
      <h2 className={classes.section}>{t('options')}</h2>
      <TextInput label={t('attribution.lookBack')} title={t('windowHint')} placeholder="30d" value={value.look_back ?? ''} error={faultOf(error, 'look_back')} onChange={(e) => { onChange({ ...value, look_back: e.currentTarget.value.trim() || undefined }) }} />
      <NativeSelect
        label={t('attribution.by')}
        value={value.by ?? 'person'}
        onChange={(e) => { onChange({ ...value, by: e.currentTarget.value === 'session' ? 'session' : undefined }) }}
        data={(['person', 'session'] as const).map((b) => ({ value: b, label: t(`attribution.within.${b}`) }))}
      />
      <AttributionOptions value={value} error={error} onChange={onChange} />
    </>
  )
}
