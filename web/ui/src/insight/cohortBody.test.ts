import { describe, expect, it } from 'vitest'
import { dayOf, readLifecycle, readRetention, readStickiness, readyLifecycle, readyRetention, readyStickiness, startFormat, suggestRetention } from './cohortBody'
import { tip } from './cohortOption'

describe('a retention from a URL', () => {
  it('can be shown whatever stands there', () => {
    expect(readRetention(undefined)).toEqual({ start: { event: '' }, return: undefined })
    expect(readRetention({ start: 'A', return: [1] })).toEqual({ start: { event: '' }, return: undefined })
    expect(readRetention({ start: { event: ['A', 7, 'B'] }, periods: 3 })).toEqual({ start: { event: ['A', 'B'] }, return: undefined, periods: 3 })
  })

  it('begins with what was seen', () => {
    expect(suggestRetention(['Page Viewed', 'Order Completed'])).toEqual({ start: { event: 'Order Completed' } })
    expect(suggestRetention(['Tea Poured'])).toEqual({ start: { event: 'Tea Poured' } })
    expect(suggestRetention([])).toBeUndefined()
  })

  it('is asked once it has a start, without what is not filled in', () => {
    expect(readyRetention(readRetention({}))).toBeUndefined()
    expect(readyRetention({ start: { event: 'A', where: '' }, return: { event: '', where: 'x' }, filter: '' })).toEqual({ start: { event: 'A' } })
    expect(readyRetention({ start: { event: 'A' }, return: { event: ['B'] }, mode: 'on_or_after' })).toEqual({ start: { event: 'A' }, return: { event: ['B'] }, mode: 'on_or_after' })
  })
})

it('a lifecycle without a matcher is of any event', () => {
  expect(readyLifecycle(readLifecycle({ match: { event: '' }, interval: 'day' }))).toEqual({ interval: 'day' })
})

it('stickiness begins with any event, and remembers which line is which', () => {
  expect(readStickiness({}).series).toEqual([{ event: '*' }])
  expect(readyStickiness({ series: [{ event: '' }, { event: 'A' }] })).toEqual({ from: [1], body: { series: [{ event: 'A' }] } })
  expect(readyStickiness({ series: [{ event: '' }] })).toEqual({ from: [] })
})

it('a period is named by the day it begins on where it was cut', () => {
  expect(dayOf('2026-01-05T00:00:00+13:00').toISOString()).toBe('2026-01-05T00:00:00.000Z')
  expect(startFormat('en-GB', 'week')('2026-01-05T00:00:00-11:00')).toBe('5 Jan')
  expect(startFormat('en-GB', 'month')('2026-01-01T00:00:00+01:00')).toBe('Jan 2026')
})

it('a tip shows text as text', () => {
  expect(tip(['<b>x</b>', 'y']).innerHTML).toBe('<b style="display: block;">&lt;b&gt;x&lt;/b&gt;</b><div style="display: block;">y</div>')
})
