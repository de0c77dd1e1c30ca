import { TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Matcher } from './cohortBody'
import { EventField } from './EventField'
import classes from './Insight.module.css'

interface Props {
  label: string
  value: Matcher | undefined
  /** What is meant when none is chosen. */
  placeholder?: string
  error: (field: string) => string | undefined
  onChange: (value: Matcher) => void
}

/** Which events are meant: their names, and a condition once there is a name. */
export function MatchField({ label, value, placeholder, error, onChange }: Props) {
  const { t } = useTranslation('insight')
  const event = value?.event ?? ''
  return (
    <div className={classes.step}>
      <EventField label={label} value={event} placeholder={placeholder} error={error('event')} onChange={(next) => { onChange({ ...value, event: next }) }} />
      {event.length > 0 ? (
        <div className={classes.more}>
          <TextInput
            className={classes.mono}
            label={t('step.where')}
            placeholder="properties.price > 100.0"
            value={value?.where ?? ''}
            error={error('where')}
            onChange={(e) => { onChange({ ...value, event, where: e.currentTarget.value || undefined }) }}
          />
        </div>
      ) : null}
    </div>
  )
}
