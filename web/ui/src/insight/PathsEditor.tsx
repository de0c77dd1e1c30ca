import { NumberInput, TextInput, Textarea } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { readRules, rulesText } from './body'
import { EventField } from './EventField'
import { faultOf } from './faults'
import { PathsGroups, PathsInstead } from './PathsGroups'
import { PathsNode } from './PathsNode'
import type { PathsQuestion } from './types'
import classes from './Insight.module.css'

interface Props {
  value: PathsQuestion
  error: Error | null
  onChange: (value: PathsQuestion) => void
}

/** Where paths begin and end, what they are made of, and how much of them is shown. */
export function PathsEditor({ value, error, onChange }: Props) {
  const { t } = useTranslation('insight')
  const [rules, setRules] = useState(() => rulesText(value.rules))
  const whole = (v: string | number, most: number): number | undefined => (v === '' ? undefined : Math.min(most, Math.max(1, Math.round(Number(v)) || 1)))
  const end = (which: 'start' | 'end') => {
    const m = value[which]
    return (
      <div className={classes.step}>
        <EventField
          label={t(`paths.${which}`)}
          placeholder={t('paths.anything')}
          value={m?.event ?? ''}
          error={faultOf(error, `${which}.event`)}
          onChange={(event) => { onChange({ ...value, [which]: event.length > 0 ? { ...m, event } : undefined }) }}
        />
        {m ? (
          <TextInput
            className={classes.mono}
            mt={8}
            label={t('step.where')}
            placeholder="properties.price > 100.0"
            value={m.where ?? ''}
            error={faultOf(error, `${which}.where`)}
            onChange={(e) => { onChange({ ...value, [which]: { ...m, where: e.currentTarget.value || undefined } }) }}
          />
        ) : null}
      </div>
    )
  }
  return (
    <>
      {value.instead ? <PathsInstead value={value} error={error} onChange={onChange} /> : <>{end('start')}{end('end')}</>}
      <PathsNode value={value} error={error} onChange={onChange} />
      <PathsGroups value={value} error={error} onChange={onChange} />
      <div className={classes.two}>
        <NumberInput label={t('paths.steps')} min={1} max={20} value={value.max_steps ?? 5} error={faultOf(error, 'max_steps')} onChange={(v) => { onChange({ ...value, max_steps: whole(v, 20) }) }} />
        <NumberInput label={t('paths.top')} min={1} max={50} value={value.top ?? 5} error={faultOf(error, 'top')} onChange={(v) => { onChange({ ...value, top: whole(v, 50) }) }} />
      </div>
      {value.instead ? null : <TextInput
        label={t('paths.gap')}
        title={t('windowHint')}
        placeholder="30m"
        value={value.session_gap ?? ''}
        error={faultOf(error, 'session_gap')}
        onChange={(e) => { onChange({ ...value, session_gap: e.currentTarget.value.trim() || undefined }) }}
      />}
      <Textarea
        className={classes.mono}
        label={t('paths.rules')}
        description={t('paths.rulesHint')}
        placeholder="^/p/.* => /p/*"
        autosize
        minRows={2}
        value={rules}
        error={faultOf(error, 'rules')}
        onChange={(e) => {
          setRules(e.currentTarget.value)
          onChange({ ...value, rules: readRules(e.currentTarget.value) })
        }}
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
