import type { Body } from './search'
import type { ConformanceQuestion, FunnelQuestion, FunnelStep, PathsQuestion, TrendQuestion, TrendSeries, Who } from './types'

type EventName = string | string[]

export function records(value: unknown): Body[] {
  return Array.isArray(value) ? value.filter((v): v is Body => typeof v === 'object' && v !== null) : []
}

export function eventOf(value: unknown): EventName {
  if (typeof value === 'string') return value
  return Array.isArray(value) ? value.filter((v): v is string => typeof v === 'string') : ''
}

/** Whether an event was chosen. */
export function chosen({ event }: { event: EventName }): boolean {
  return event.length > 0
}

/** What a step or a line is called. */
export function nameOf({ name, event }: { name?: string; event: EventName }): string {
  return name ?? (Array.isArray(event) ? event.join(' / ') : event)
}

// Whatever stands in a URL becomes a question that the editors can show; what makes no sense to the server
// is answered by the server, beside the field.

export function readFunnel(query: Body | undefined): FunnelQuestion {
  const steps = records(query?.steps).map((s) => ({ ...s, event: eventOf(s.event) }) as FunnelStep)
  return { ...query, steps: steps.length > 0 ? steps : [{ event: '' }, { event: '' }] }
}

/** The steps of Segment's e-commerce spec that most shops send, in their order. */
const shopSteps = ['Product Viewed', 'Product Added', 'Checkout Started', 'Order Completed']

/** A funnel to begin with: the shop's usual steps, as far as they were seen. Nothing when fewer than two were. */
export function suggestFunnel(seen: string[]): Body | undefined {
  const steps = shopSteps.filter((name) => seen.includes(name))
  return steps.length > 1 ? { steps: steps.map((event) => ({ event })) } : undefined
}

export function readPaths(query: Body | undefined): PathsQuestion {
  return { ...query }
}

export function readTrend(query: Body | undefined): TrendQuestion {
  const series = records(query?.series).map((s) => ({ ...s, event: eventOf(s.event) }) as TrendSeries)
  return { ...query, series: series.length > 0 ? series : [{ event: '' }] }
}

export function readConformance(query: Body | undefined): ConformanceQuestion {
  return { ...query }
}

/** The first journey that was drawn, to begin with. */
export function suggestConformance(journeys: string[]): Body | undefined {
  return journeys[0] ? { journey: journeys[0] } : undefined
}

/** An object without the keys that say nothing, so that equal questions are equal texts. */
export function tidy<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined && v !== '')) as T
}

export interface Ready<T> {
  /** The question without what is not filled in yet; absent when nothing is left to ask. */
  body?: T
  /** For each step or line of the body, which one of the editor it is. */
  from: number[]
}

function filled<T extends { event: EventName }>(list: T[]): { kept: T[]; from: number[] } {
  const from = list.flatMap((s, i) => (chosen(s) ? [i] : []))
  return { from, kept: list.filter(chosen).map(tidy) }
}

export function readyFunnel(q: FunnelQuestion): Ready<FunnelQuestion> {
  const { kept, from } = filled(q.steps)
  if (kept.length === 0) return { from }
  const exclusions = q.exclusions?.filter((e) => chosen(e) && e.to_step <= kept.length && e.from_step < e.to_step)
  return { from, body: tidy({ ...q, steps: kept, exclusions: exclusions?.length ? exclusions : undefined }) }
}

/** What a formula calls the i-th line that is asked for. */
export function letterOf(i: number): string {
  return String.fromCharCode(65 + i)
}

/** Whether a line is of a property's numbers. */
export function measured({ measure }: { measure?: TrendSeries['measure'] }): boolean {
  return measure !== undefined && measure !== 'count' && measure !== 'actors'
}

export function readyTrend(q: TrendQuestion): Ready<TrendQuestion> {
  const able = q.series.map((s) => (measured(s) && !s.property ? { ...s, event: '' } : s))
  const { kept, from } = filled(able)
  return kept.length > 0 ? { from, body: tidy({ ...q, series: kept }) } : { from }
}

/** The paths of those whom a funnel lost before a step. Range, actor and filter are the new question's own. */
export function insteadOf(funnel: FunnelQuestion, who: Who): Body {
  const { from, to, actor, filter, steps, window, order, entry, ties, window_from, exclusions, count, preset } = funnel
  return tidy({ from, to, actor, filter, instead: { funnel: tidy({ steps, window, order, entry, ties, window_from, exclusions, count, preset }), step: who.step } })
}

/** Whether the touchpoints of a journey are still to be chosen. */
function waits(q: PathsQuestion): boolean {
  return q.node === 'touchpoint' && !q.journey && !q.touchpoints
}

export function readyPaths(q: PathsQuestion): Ready<PathsQuestion> {
  const { start, end, compare } = q
  if (waits(q) || (compare && compare.a.filter === compare.b.filter)) return { from: [] }
  const body = { ...q, start: start && chosen(start) ? tidy(start) : undefined, end: end && chosen(end) ? tidy(end) : undefined }
  return { from: [], body: tidy(body) }
}

export function readyConformance(q: ConformanceQuestion): Ready<ConformanceQuestion> {
  return q.journey || q.model ? { from: [], body: tidy(q) } : { from: [] }
}

/** '30m' → 1800 seconds; undefined for what is no duration. */
export function seconds(duration: string): number | undefined {
  const m = /^(\d+(?:\.\d+)?)(s|m|h|d|w)$/.exec(duration)
  const units: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }
  return m ? Number(m[1]) * (units[m[2] ?? ''] ?? 0) : undefined
}

/** Cleaning rules as lines of 'expression => name', and back. */
export function rulesText(rules: { match: string; as: string }[] | undefined): string {
  return (rules ?? []).map((r) => `${r.match} => ${r.as}`).join('\n')
}

export function readRules(text: string): { match: string; as: string }[] | undefined {
  const rules = text.split('\n').flatMap((line) => {
    const at = line.lastIndexOf('=>')
    if (at < 0) return []
    const match = line.slice(0, at).trim()
    const as = line.slice(at + 2).trim()
    return match && as ? [{ match, as }] : []
  })
  return rules.length > 0 ? rules : undefined
}
