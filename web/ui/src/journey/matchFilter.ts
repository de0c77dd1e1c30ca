import type { Matcher } from '../api/types'

export function eventsOf(m: Matcher): string[] {
  return typeof m.event === 'string' ? [m.event] : m.event
}

/** The same events as the matchers mean, as one CEL expression for questions that take a filter. */
export function matchFilter(matchers: Matcher[]): string {
  return matchers
    .map((m) => {
      const names = eventsOf(m)
      const named = names.includes('*') ? '' : `event in [${names.map((n) => JSON.stringify(n)).join(', ')}]`
      const where = m.where ? `(${m.where})` : ''
      return `(${[named, where].filter(Boolean).join(' && ') || 'true'})`
    })
    .join(' || ')
}
