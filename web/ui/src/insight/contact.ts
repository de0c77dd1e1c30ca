import { chosen, eventOf, records, tidy } from './body'
import type { Body } from './search'
import type { ContactQuestion } from './types'

/** What first visits can be split by without naming a property. */
export const splits = ['landing_page', 'campaign', 'search_term', 'device'] as const
export type Split = (typeof splits)[number]

export function isSplit(by: string): by is Split {
  return (splits as readonly string[]).includes(by)
}

export function readContact(query: Body | undefined): ContactQuestion {
  const engaged = records(query?.engaged).map((m) => ({ ...m, event: eventOf(m.event) }))
  return { ...query, engaged: engaged.length > 0 ? engaged : undefined }
}

export function readyContact(q: ContactQuestion): ContactQuestion {
  const engaged = q.engaged?.filter(chosen).map(tidy)
  return tidy({ ...q, engaged: engaged?.length ? engaged : undefined, by: q.by?.length ? q.by : undefined })
}
