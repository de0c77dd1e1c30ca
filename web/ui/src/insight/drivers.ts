import { chosen, eventOf, records, tidy } from './body'
import type { Body } from './search'
import type { Driver, DriverCandidate, DriversAnswer, DriversQuestion, Rate } from './types'

type Step = NonNullable<NonNullable<DriversQuestion['funnel']>['steps']>[number]

function record(value: unknown): Body | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Body) : undefined
}

/** Whatever stands in a URL becomes a question that the editor can show: a score if it has one, else a funnel. */
export function readDrivers(query: Body | undefined): DriversQuestion {
  const score = record(query?.score)
  if (score) return { ...query, funnel: undefined, score: { ...score, event: eventOf(score.event), property: typeof score.property === 'string' ? score.property : '' } }
  const funnel = record(query?.funnel)
  const steps = records(funnel?.steps).map((s) => ({ ...s, event: eventOf(s.event) }) as Step)
  while (steps.length < 2) steps.push({ event: '' })
  return { ...query, funnel: { ...funnel, steps } }
}

/** A question to begin with: what leads from a look to an order, or else what lies behind the answers of a survey. */
export function suggestDrivers(seen: string[]): Body | undefined {
  if (seen.includes('Product Viewed') && seen.includes('Order Completed')) return { funnel: { steps: [{ event: 'Product Viewed' }, { event: 'Order Completed' }] } }
  return seen.includes('Survey Answered') ? { score: { event: 'Survey Answered', property: 'properties.score', at_least: 4 } } : undefined
}

/** The question without what is not filled in; undefined when it can't be asked yet. */
export function readyDrivers(q: DriversQuestion): DriversQuestion | undefined {
  if (q.score) {
    const { score } = q
    const able = chosen(score) && score.property && (score.at_least !== undefined || score.at_most !== undefined)
    return able ? tidy({ ...q, score: tidy(score), exposure: undefined }) : undefined
  }
  if (!q.funnel?.steps.every(chosen)) return undefined
  return tidy({ ...q, funnel: tidy({ ...q.funnel, steps: q.funnel.steps.map(tidy) }) })
}

/** What shows a necessary step or the outcome itself rather than a reason. */
function partOfTheWay(d: Driver): boolean {
  return d.warnings.some((w) => w === 'step' || w === 'outcome' || w === 'on_the_way')
}

export interface Groups {
  success: Driver[]
  failure: Driver[]
  way: Driver[]
  none: Driver[]
}

/** The list in the groups that it is shown in, each in the server's order. */
export function groupsOf(a: DriversAnswer): Groups {
  const out: Groups = { success: [], failure: [], way: [], none: [] }
  for (const d of a.drivers) out[d.direction === 'none' ? 'none' : partOfTheWay(d) ? 'way' : d.direction].push(d)
  return out
}

/** The funnel that shows a candidate as a split or a step, where there is a simple one. */
export function asFunnel(q: DriversQuestion, d: DriverCandidate): Body | undefined {
  const { funnel, from, to, actor, filter } = q
  if (!funnel) return undefined
  const upto = funnel.to_step ?? funnel.steps.length
  const at = funnel.from_step ?? upto - 1
  const steps: Body[] = funnel.steps.slice(0, upto).map((s) => ({ ...s }))
  const whole = tidy({ from, to, actor, filter, window: funnel.window, entry: 'first' })
  if (d.kind === 'event') return { ...whole, steps: [...steps.slice(0, at), { event: d.event, optional: true }, ...steps.slice(at)] }
  if (d.kind === 'entry') return { ...whole, steps, breakdown: { by: d.property, attribution: 'step', step: at } }
  if (d.kind === 'trait') return { ...whole, steps, breakdown: { by: `profile.${d.property ?? ''}` } }
  return undefined
}

/** The span of odds ratios that a drawing shows: whole powers of ten around what is there, at most 0.01 to 100. */
export function oddsSpan(list: Driver[]): { low: number; high: number; ticks: number[] } {
  const logs = list.flatMap((d) => [Math.log10(d.odds_low), Math.log10(d.odds_high)])
  const low = Math.max(-2, Math.min(-1, Math.floor(Math.min(...logs, 0))))
  const high = Math.min(2, Math.max(1, Math.ceil(Math.max(...logs, 0))))
  return { low, high, ticks: Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i)) }
}

/** Where an odds ratio stands in a span, 0 to 1; beyond its ends at the ends. */
export function oddsPlace(odds: number, { low, high }: { low: number; high: number }): number {
  return Math.min(1, Math.max(0, (Math.log10(odds) - low) / (high - low)))
}

export const rateText = (r: Rate, share: (n: number) => string, count: (n: number) => string, of: (n: string, of: string) => string): string =>
  `${share(r.rate)} (${of(count(r.n), count(r.of))})`
