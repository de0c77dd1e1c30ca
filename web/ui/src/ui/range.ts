/** The span of time a page looks at, as it stands in the URL: the last so many days, or two days of one's own. */
export interface RangeSearch {
  last?: number
  from?: string
  to?: string
}

const dayForm = /^\d{4}-\d{2}-\d{2}$/

function readDay(value: unknown): string | undefined {
  return typeof value === 'string' && dayForm.test(value) && !Number.isNaN(Date.parse(value)) ? value : undefined
}

/** Reads what a URL holds, dropping what makes no sense. */
export function readRange(search: Record<string, unknown>): RangeSearch {
  const from = readDay(search.from)
  const to = readDay(search.to)
  if (from && to && from <= to) return { from, to }
  const last = Number(search.last)
  return Number.isInteger(last) && last >= 1 && last <= 3650 ? { last } : {}
}

export const defaultDays = 28

/** The range as the API wants it: RFC 3339, half-open. A custom `to` is the last day that counts. */
export function askRange(range: RangeSearch, now: Date): { from: string; to: string } {
  if (range.from && range.to) {
    const end = new Date(`${range.to}T00:00:00`)
    end.setDate(end.getDate() + 1)
    return { from: new Date(`${range.from}T00:00:00`).toISOString(), to: end.toISOString() }
  }
  const from = new Date(now.getTime() - (range.last ?? defaultDays) * 86_400_000)
  return { from: from.toISOString(), to: now.toISOString() }
}

export type Actor = 'profile' | 'account'

export function readActor(value: unknown): Actor | undefined {
  return value === 'profile' || value === 'account' ? value : undefined
}
