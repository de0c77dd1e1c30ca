import type { Journey, Touchpoint } from '../api/types'
import { type Ready, chosen, tidy } from './body'
import type { Body } from './search'
import type { AttributionModel, AttributionQuestion, Mapped } from './types'

export const models = ['first', 'last', 'last_non_direct', 'linear', 'time_decay', 'position', 'j', 'inverse_j', 'markov', 'shapley'] as const satisfies readonly AttributionModel[]
export const firstModels: AttributionModel[] = ['first', 'last_non_direct', 'linear', 'markov']

const campaign = 'context.campaign.source'
const channel = 'context.channel'

/** What a touch is named by: the choices of the form. */
export const touchKinds = ['campaign', 'channel', 'touchpoint', 'property'] as const
export type TouchKind = (typeof touchKinds)[number]

export function touchKind(q: AttributionQuestion): TouchKind {
  switch (q.channel) {
    case undefined:
    case channel:
      return 'channel'
    case campaign:
      return 'campaign'
    case 'touchpoint':
      return 'touchpoint'
    default:
      return 'property'
  }
}

/** The question with its touches named otherwise; what only made sense before is dropped. */
export function withKind(q: AttributionQuestion, kind: TouchKind): AttributionQuestion {
  const rest = { ...q, touches: undefined, touchpoints: undefined, unknown: undefined, rules: undefined }
  switch (kind) {
    case 'campaign':
      return { ...rest, channel: campaign, touches: [{ event: 'Page Viewed' }], unknown: 'direct' }
    case 'channel':
      return { ...rest, channel: undefined }
    case 'touchpoint':
      return { ...rest, channel: 'touchpoint', touchpoints: [] }
    case 'property':
      return { ...rest, channel: 'properties.category' }
  }
}

// As in body.ts, whatever stands in a URL becomes a question that the form can show.

export function readAttribution(query: Body | undefined): AttributionQuestion {
  const given = query?.conversion
  const conversion = typeof given === 'object' && given !== null && !Array.isArray(given) ? (given as AttributionQuestion['conversion']) : { event: '' }
  const event: unknown = conversion.event
  const known = Array.isArray(query?.models) ? models.filter((m) => (query.models as unknown[]).includes(m)) : []
  return {
    ...query,
    conversion: { ...conversion, event: typeof event === 'string' || Array.isArray(event) ? (event as string | string[]) : '' },
    models: known.length > 0 ? known : firstModels,
  }
}

const conversions = ['Order Completed', 'Subscription Started', 'Signed Up', 'Account Created']
const values = ['properties.total', 'properties.revenue', 'properties.value']

interface Seen {
  events: string[]
  properties: { path: string; kinds: Record<string, number> }[]
}

/** A question to begin with: the order and its value, by campaign where there are any. Nothing when no conversion is known. */
export function suggestAttribution({ events, properties }: Seen): Body | undefined {
  const event = conversions.find((name) => events.includes(name))
  if (!event) return undefined
  const value = values.find((path) => properties.some((p) => p.path === path && (p.kinds.number ?? 0) > 0))
  const q: AttributionQuestion = { conversion: { event }, value }
  const tagged = properties.some((p) => p.path === campaign) && events.includes('Page Viewed')
  return tidy(tagged ? withKind(q, 'campaign') : q) as unknown as Body
}

export function readyAttribution(q: AttributionQuestion): Ready<AttributionQuestion> {
  if (!chosen(q.conversion) || (q.channel === 'touchpoint' && !q.touchpoints?.length)) return { from: [] }
  const touches = q.touches?.filter(chosen)
  return { from: [], body: tidy({ ...q, conversion: tidy(q.conversion), touches: touches?.length ? touches : undefined }) }
}

/** The touchpoints of a map that can be observed, named by themselves or by their channel. */
export function touchpointsOf(journey: Journey, library: Touchpoint[], by: 'title' | 'channel'): Mapped[] {
  const ids = (journey.spec.stages ?? []).flatMap((stage) => (stage.steps ?? []).flatMap((step) => step.touchpoints ?? []))
  return [...new Set(ids)].flatMap((id) => {
    const found = library.find((x) => x.metadata.id === id)
    const match = found?.spec.match ?? []
    if (!found || match.length === 0) return []
    const title = found.metadata.title ?? id
    return [{ id: by === 'title' ? title : (found.spec.channel ?? title), match }]
  })
}
