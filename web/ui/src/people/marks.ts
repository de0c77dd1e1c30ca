import type { Journey, Touchpoint } from '../api/types'
import { eventsOf } from '../journey/matchFilter'

/** A touchpoint that an event belongs to, and where it stands. */
export interface Mark {
  touchpoint: string
  title: string
  journey?: string
  stage?: string
}

/**
 * Which touchpoint an event of a name belongs to, as far as the name alone tells it: a name that any matcher ties to a
 * condition, or that several touchpoints match, is left out rather than guessed.
 */
export function marksByName(touchpoints: Touchpoint[], journeys: Journey[]): Map<string, Mark> {
  const claims = new Map<string, { id: string; sure: boolean }[]>()
  for (const p of touchpoints) {
    for (const m of p.spec.match ?? []) {
      for (const name of eventsOf(m)) claims.set(name, [...(claims.get(name) ?? []), { id: p.metadata.id, sure: !m.where && !m.first_time }])
    }
  }
  const titles = new Map(touchpoints.map((p) => [p.metadata.id, p.metadata.title ?? p.metadata.id]))
  const places = new Map<string, { journey: string; stage: string }>()
  for (const j of journeys) {
    for (const stage of j.spec.stages) {
      for (const id of (stage.steps ?? []).flatMap((s) => s.touchpoints ?? [])) {
        if (!places.has(id)) places.set(id, { journey: j.metadata.id, stage: stage.title ?? stage.id })
      }
    }
  }
  const out = new Map<string, Mark>()
  for (const [name, list] of claims) {
    const [only] = list
    if (name === '*' || !only || !list.every((c) => c.sure && c.id === only.id)) continue
    out.set(name, { touchpoint: only.id, title: titles.get(only.id) ?? only.id, ...places.get(only.id) })
  }
  return out
}

export interface Day<T> {
  day: string
  events: T[]
}

/** Events, newest first, in the days of the reader's own clock. */
export function byDay<T extends { time: string }>(events: T[]): Day<T>[] {
  const days: Day<T>[] = []
  for (const e of events) {
    const day = new Date(e.time).toDateString()
    const last = days.at(-1)
    if (last?.day === day) last.events.push(e)
    else days.push({ day, events: [e] })
  }
  return days
}

/** The few fields that say most about an event in a list: its own properties, else the page. */
export function gist(fields: Record<string, unknown>): string {
  const own = Object.entries(fields).filter(([path, v]) => path.startsWith('properties.') && ['string', 'number', 'boolean'].includes(typeof v))
  if (own.length > 0) return own.slice(0, 3).map(([path, v]) => `${path.slice('properties.'.length)} ${String(v)}`).join(' · ')
  const page = fields['context.page.path'] ?? fields['context.page.url']
  return typeof page === 'string' ? page : ''
}
