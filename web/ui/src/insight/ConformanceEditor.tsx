import { NativeSelect, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Journey, Persona } from '../api/types'
import { useFormat } from '../ui/useFormat'
import { faultOf } from './faults'
import { versionsQuery } from './queries'
import type { ConformanceQuestion } from './types'
import classes from './Insight.module.css'

interface Props {
  value: ConformanceQuestion
  journeys: Journey[]
  personas: Persona[]
  error: Error | null
  onChange: (value: ConformanceQuestion) => void
}

/** Which plan, in which version, and whose traces are laid over it. */
export function ConformanceEditor({ value, journeys, personas, error, onChange }: Props) {
  const { t } = useTranslation('insight')
  const f = useFormat()
  const versions = useQuery({ ...versionsQuery(value.journey ?? ''), enabled: Boolean(value.journey) })
  return (
    <>
      <NativeSelect
        label={t('conform.journey')}
        value={value.journey ?? ''}
        error={faultOf(error, 'journey') ?? faultOf(error, 'model')}
        onChange={(e) => { onChange({ ...value, model: undefined, journey: e.currentTarget.value || undefined, version: undefined, persona: undefined, actor: undefined }) }}
        data={[
          ...(value.journey ? [] : [{ value: '', label: value.model ? t('conform.own') : t('conform.pick') }]),
          ...journeys.map((j) => ({ value: j.metadata.id, label: j.metadata.title ?? j.metadata.id })),
        ]}
      />
      {value.journey ? (
        <NativeSelect
          label={t('conform.version')}
          value={String(value.version ?? 0)}
          error={faultOf(error, 'version')}
          onChange={(e) => { onChange({ ...value, version: Number(e.currentTarget.value) || undefined }) }}
          data={[
            { value: '0', label: t('conform.current') },
            ...(versions.data?.items ?? []).map((v) => ({ value: String(v.number), label: t('conform.versionOf', { n: v.number, date: f.date(v.published_at) }) })),
          ]}
        />
      ) : null}
      <NativeSelect
        label={t('conform.persona')}
        value={value.persona ?? ''}
        error={faultOf(error, 'persona')}
        onChange={(e) => { onChange({ ...value, persona: e.currentTarget.value || undefined }) }}
        data={[{ value: '', label: t('conform.everyone') }, ...personas.filter((p) => p.spec.segment).map((p) => ({ value: p.metadata.id, label: p.metadata.title ?? p.metadata.id }))]}
      />
      <h2 className={classes.section}>{t('options')}</h2>
      <TextInput
        label={t('conform.idle')}
        title={t('conform.idleHint')}
        placeholder={journeys.find((j) => j.metadata.id === value.journey)?.spec.idle ?? '45d'}
        value={value.idle ?? ''}
        error={faultOf(error, 'idle')}
        onChange={(e) => { onChange({ ...value, idle: e.currentTarget.value.trim() || undefined }) }}
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
