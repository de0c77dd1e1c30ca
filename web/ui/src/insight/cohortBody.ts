import type { components } from '../api/schema.gen'
import { chosen, tidy } from './body'
import type { Body } from './search'

type S = components['schemas']

export type Matcher = S['Matcher']
export type Rate = S['Rate']
export type RetentionQuestion = S['RetentionQuestion']
export type RetentionAnswer = S['RetentionAnswer']
export type RetentionCohort = S['RetentionCohort']
export type RetentionPoint = S['RetentionPoint']
export type LifecycleQuestion = S['LifecycleQuestion']
export type LifecycleAnswer = S['LifecycleAnswer']
export type StickinessQuestion = S['StickinessQuestion']
export type StickinessAnswer = S['StickinessAnswer']

export const intervals = ['day', 'week', 'month'] as const
export type Interval = (typeof intervals)[number]

// Whatever stands in a URL becomes a question that the editors can show; what makes no sense to the server
// is answered by the server, beside the field.

function readMatcher(value: unknown): Matcher | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const { event } = value as Body
  const names = Array.isArray(event) ? event.filter((v): v is string => typeof v === 'string') : typeof event === 'string' ? event : ''
  return { ...(value as Body), event: names }
}

export function readRetention(query: Body | undefined): RetentionQuestion {
  return { ...query, start: readMatcher(query?.start) ?? { event: '' }, return: readMatcher(query?.return) }
}

export function readLifecycle(query: Body | undefined): LifecycleQuestion {
  return { ...query, match: readMatcher(query?.match) }
}

export function readStickiness(query: Body | undefined): StickinessQuestion {
  const series = Array.isArray(query?.series) ? query.series.map(readMatcher).filter((m) => m !== undefined) : []
  return { ...query, series: series.length > 0 ? series : [{ event: '*' }] }
}

/** What mostly brings people, the most telling first. */
const beginnings = ['Signed Up', 'Order Completed', 'Product Viewed', 'Page Viewed']

/** A retention to begin with: who comes back after buying, or after whatever is seen most. */
export function suggestRetention(seen: string[]): Body | undefined {
  const event = beginnings.find((name) => seen.includes(name)) ?? seen[0]
  return event === undefined ? undefined : { start: { event } }
}

function filled(m: Matcher | undefined): Matcher | undefined {
  return m && chosen(m) ? tidy(m) : undefined
}

/** The question without what is not filled in yet; absent when there is nothing to ask. */
export function readyRetention(q: RetentionQuestion): RetentionQuestion | undefined {
  const start = filled(q.start)
  return start ? tidy({ ...q, start, return: filled(q.return) }) : undefined
}

export function readyLifecycle(q: LifecycleQuestion): LifecycleQuestion {
  return tidy({ ...q, match: filled(q.match) })
}

export function readyStickiness(q: StickinessQuestion): { body?: StickinessQuestion; from: number[] } {
  const series = q.series ?? []
  const from = series.flatMap((s, i) => (chosen(s) ? [i] : []))
  return from.length > 0 ? { from, body: tidy({ ...q, series: series.filter(chosen).map(tidy) }) } : { from }
}

/** The day that a period begins on, where it was cut: 2026-01-05T00:00:00+01:00 → 2026-01-05, as a date of UTC. */
export function dayOf(start: string): Date {
  return new Date(`${start.slice(0, 10)}T00:00:00Z`)
}

/** How the start of a period is written. */
export function startFormat(language: string, interval: Interval): (start: string) => string {
  const part = new Intl.DateTimeFormat(language, interval === 'month' ? { month: 'short', year: 'numeric', timeZone: 'UTC' } : { day: 'numeric', month: 'short', timeZone: 'UTC' })
  return (start) => part.format(dayOf(start))
}
