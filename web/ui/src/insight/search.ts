import { type RangeSearch, askRange, readRange } from '../ui/range'

export const questions = ['funnel', 'paths', 'trend', 'retention', 'lifecycle', 'stickiness', 'drivers', 'first_contact', 'attribution', 'conformance'] as const
export type Question = (typeof questions)[number]
export type Body = Record<string, unknown>

/** A journey is over after weeks of silence: within the usual 28 days nearly all would be under way. */
export const conformanceDays = 90

/** A question as it stands in the URL, so that a link reopens it: its body is what is posted to the server. */
export interface InsightSearch extends RangeSearch {
  question?: Question
  query?: Body
  view?: 'table'
}

function record(value: unknown): Body | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Body) : undefined
}

export function readInsightSearch(search: Record<string, unknown>): InsightSearch {
  const question = questions.find((q) => q === search.question)
  if (!question) return {}
  const out: InsightSearch = { ...readRange(search), question }
  const query = record(search.query)
  if (query) out.query = query
  if (search.view === 'table') out.view = 'table'
  return out
}

const dayOf = (at: Date): string =>
  [at.getFullYear(), String(at.getMonth() + 1).padStart(2, '0'), String(at.getDate()).padStart(2, '0')].join('-')

/** The days a question looks at: those of the URL, else those in the body, else the default. */
export function shownRange({ last, from, to, query }: InsightSearch): RangeSearch {
  if (last || (from && to)) return { last, from, to }
  if (typeof query?.from === 'string' && typeof query.to === 'string') {
    const start = new Date(query.from)
    const end = new Date(new Date(query.to).getTime() - 1)
    if (!Number.isNaN(start.getTime()) && !Number.isNaN(end.getTime()) && start <= end) return { from: dayOf(start), to: dayOf(end) }
  }
  return {}
}

/** The body with its range, ready to be posted. A range in the body stands unless the URL names another. */
export function askBody<T extends object>(body: T, range: RangeSearch, now: Date): T {
  const own = body as { from?: unknown; to?: unknown }
  const chosen = Boolean(range.last) || Boolean(range.from && range.to)
  return !chosen && (own.from ?? own.to) ? body : { ...body, ...askRange(range, now) }
}

/** What a saved view keeps. A sliding range is kept as `last`, which the server does not know, beside the body. */
export function keepBody(body: object, range: RangeSearch): Body {
  if (range.from && range.to) return { ...body, ...askRange(range, new Date()) }
  return range.last ? { ...body, last: range.last } : { ...body }
}

/** The link of a saved view. */
export function openSaved(question: Question, kept: Body): InsightSearch {
  const { last, ...query } = kept
  return { question, query, ...readRange({ last }) }
}
