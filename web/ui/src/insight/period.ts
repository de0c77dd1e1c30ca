import type { Interval } from './PeriodFields'

/** How the starts of intervals are written: in the time zone that they were cut in, whatever the reader's own. */
export function intervalText(language: string, interval: Interval): (start: string) => string {
  const part = new Intl.DateTimeFormat(language, interval === 'hour'
    ? { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', timeZone: 'UTC' }
    : interval === 'month' ? { month: 'short', year: 'numeric', timeZone: 'UTC' } : { day: 'numeric', month: 'short', timeZone: 'UTC' })
  return (start) => part.format(new Date(`${start.slice(0, 19)}Z`))
}
