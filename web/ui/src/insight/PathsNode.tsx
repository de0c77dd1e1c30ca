import { NativeSelect, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { journeysQuery } from '../journey/queries'
import { faultOf } from './faults'
import { PropertyField } from './PropertyField'
import type { PathsQuestion } from './types'
import classes from './Insight.module.css'

interface Props {
  value: PathsQuestion
  error: Error | null
  onChange: (value: PathsQuestion) => void
}

const words = ['event', 'page', 'screen', 'touchpoint'] as const
const kinds = [...words, 'property', 'expression'] as const
type Kind = (typeof kinds)[number]

function kindOf(node: string): Kind {
  return words.find((k) => k === node) ?? (/^(properties|context|traits)\.[\w.$ -]+$/.test(node) ? 'property' : 'expression')
}

const first: Record<Kind, string | undefined> = { event: undefined, page: 'page', screen: 'screen', touchpoint: 'touchpoint', property: 'properties.category', expression: 'event + " " + context.channel' }

/** What paths are made of. */
export function PathsNode({ value, error, onChange }: Props) {
  const { t } = useTranslation('insight')
  const node = value.node ?? 'event'
  // An expression that looks like a plain property while it is typed stays an expression.
  const [chosen, setChosen] = useState<Kind>(() => kindOf(node))
  const kind = chosen === 'expression' && kindOf(node) === 'property' ? 'expression' : kindOf(node)
  const journeys = useQuery({ ...journeysQuery(), enabled: kind === 'touchpoint' })
  const maps = (journeys.data ?? []).map((j) => ({ value: j.metadata.id, label: j.metadata.title ?? j.metadata.id }))
  return (
    <>
      <NativeSelect
        label={t('paths.node')}
        value={kind}
        onChange={(e) => {
          const next = e.currentTarget.value as Kind
          setChosen(next)
          onChange({ ...value, node: first[next], journey: undefined, touchpoints: undefined })
        }}
        data={kinds.map((k) => ({ value: k, label: k === 'touchpoint' || k === 'expression' ? t(`more.node.${k}`) : t(`paths.kind.${k}`) }))}
      />
      {kind === 'property' ? <PropertyField label={t('paths.property')} value={node} error={faultOf(error, 'node')} onChange={(path) => { onChange({ ...value, node: path || 'properties.category' }) }} /> : null}
      {kind === 'expression' ? (
        <TextInput
          className={classes.mono}
          label={t('more.node.expression')}
          description={t('more.node.hint')}
          value={node}
          error={faultOf(error, 'node')}
          onChange={(e) => { onChange({ ...value, node: e.currentTarget.value || undefined }) }}
        />
      ) : null}
      {kind === 'touchpoint' && !value.touchpoints ? (
        <NativeSelect
          label={t('more.node.journey')}
          value={value.journey ?? ''}
          error={faultOf(error, 'journey')}
          onChange={(e) => { onChange({ ...value, journey: e.currentTarget.value || undefined }) }}
          data={[{ value: '', label: t('more.node.pick') }, ...maps]}
        />
      ) : null}
    </>
  )
}
