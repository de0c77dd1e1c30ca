import { NativeSelect, TextInput, Textarea } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { journeysQuery, touchpointsQuery } from '../journey/queries'
import { touchKind, touchKinds, touchpointsOf, withKind } from './attributionBody'
import { readRules, rulesText } from './body'
import { EventField } from './EventField'
import { faultOf } from './faults'
import { PropertyField } from './PropertyField'
import type { AttributionQuestion } from './types'
import classes from './Insight.module.css'

interface Props {
  value: AttributionQuestion
  error: Error | null
  onChange: (value: AttributionQuestion) => void
}

/** What a touch is: which events, and what they are named by. */
export function AttributionTouches({ value, error, onChange }: Props) {
  const { t } = useTranslation('insight')
  const [rules, setRules] = useState(() => rulesText(value.rules))
  const kind = touchKind(value)
  const only = value.touches?.[0]
  return (
    <>
      <NativeSelect
        label={t('attribution.namedBy')}
        value={kind}
        error={kind === 'touchpoint' || kind === 'property' ? undefined : faultOf(error, 'channel')}
        onChange={(e) => {
          const next = touchKinds.find((k) => k === e.currentTarget.value)
          setRules('')
          if (next) onChange(withKind(value, next))
        }}
        data={touchKinds.map((k) => ({ value: k, label: t(`attribution.kind.${k}`) }))}
      />
      {kind === 'touchpoint' ? <MapField value={value} error={error} onChange={onChange} /> : null}
      {kind === 'property' ? <PropertyField label={t('paths.property')} value={value.channel ?? ''} error={faultOf(error, 'channel')} onChange={(path) => { onChange({ ...value, channel: path || 'properties.category' }) }} /> : null}
      {kind === 'touchpoint' ? null : (
        <>
          <EventField
            label={t('attribution.only')}
            placeholder={t('attribution.anyEvent')}
            value={only?.event ?? ''}
            error={faultOf(error, 'touches')}
            onChange={(event) => { onChange({ ...value, touches: event.length > 0 ? [{ ...only, event }] : undefined }) }}
          />
          <TextInput
            label={t('attribution.unknown')}
            placeholder={t('attribution.noTouch')}
            value={value.unknown ?? ''}
            error={faultOf(error, 'unknown')}
            onChange={(e) => { onChange({ ...value, unknown: e.currentTarget.value || undefined }) }}
          />
          <Textarea
            className={classes.mono}
            label={t('paths.rules')}
            description={t('paths.rulesHint')}
            placeholder="^(google|bing)$ => search"
            autosize
            minRows={1}
            value={rules}
            error={faultOf(error, 'rules')}
            onChange={(e) => {
              setRules(e.currentTarget.value)
              onChange({ ...value, rules: readRules(e.currentTarget.value) })
            }}
          />
        </>
      )}
    </>
  )
}

/** The touchpoints of which map, and whether they stand for themselves or for their channel. */
function MapField({ value, error, onChange }: Props) {
  const { t } = useTranslation('insight')
  const journeys = useQuery(journeysQuery())
  const library = useQuery(touchpointsQuery())
  const choices = (journeys.data ?? []).flatMap((j) =>
    (['title', 'channel'] as const).map((by) => ({
      value: `${j.metadata.id}/${by}`,
      label: t(`attribution.map.${by}`, { title: j.metadata.title ?? j.metadata.id }),
      touchpoints: touchpointsOf(j, library.data ?? [], by),
    })),
  )
  const same = JSON.stringify(value.touchpoints)
  const now = choices.find((c) => JSON.stringify(c.touchpoints) === same && c.touchpoints.length > 0)
  const count = value.touchpoints?.length ?? 0
  return (
    <NativeSelect
      label={t('attribution.journey')}
      value={now?.value ?? ''}
      error={faultOf(error, 'touchpoints')}
      onChange={(e) => { onChange({ ...value, touchpoints: choices.find((c) => c.value === e.currentTarget.value)?.touchpoints ?? [] }) }}
      data={[...(now ? [] : [{ value: '', label: count > 0 ? t('attribution.own', { n: count }) : t('attribution.pickMap') }]), ...choices.map((c) => ({ value: c.value, label: c.label }))]}
    />
  )
}
