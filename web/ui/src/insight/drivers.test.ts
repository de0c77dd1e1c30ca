import { describe, expect, it } from 'vitest'
import { readContact, readyContact } from './contact'
import { asFunnel, groupsOf, oddsPlace, oddsSpan, readDrivers, readyDrivers, suggestDrivers } from './drivers'
import type { Driver, DriversAnswer } from './types'

const driver = (more: Partial<Driver>): Driver => ({
  kind: 'event', event: 'X', won_with: 1, lost_with: 1, won_without: 1, lost_without: 1, odds_ratio: 1, odds_low: 0.5, odds_high: 2, p: 1, q: 1, test: 'fisher', direction: 'none', warnings: [], alike: [],
  with: { n: 1, of: 2, rate: 0.5, low: 0, high: 1 }, without: { n: 1, of: 2, rate: 0.5, low: 0, high: 1 }, ...more,
})

describe('a question about drivers', () => {
  it('has two steps, or a score', () => {
    expect(readDrivers(undefined).funnel?.steps).toHaveLength(2)
    expect(readDrivers({ funnel: 'x', score: { event: ['A', 7] } })).toMatchObject({ funnel: undefined, score: { event: ['A'], property: '' } })
  })

  it('begins with what was seen', () => {
    expect(suggestDrivers(['Order Completed', 'Product Viewed', 'Survey Answered'])).toMatchObject({ funnel: { steps: [{ event: 'Product Viewed' }, { event: 'Order Completed' }] } })
    expect(suggestDrivers(['Survey Answered'])).toMatchObject({ score: { at_least: 4 } })
    expect(suggestDrivers(['A'])).toBeUndefined()
  })

  it('waits until success is said', () => {
    expect(readyDrivers(readDrivers({ funnel: { steps: [{ event: 'A' }] } }))).toBeUndefined()
    expect(readyDrivers({ score: { event: 'A', property: 'properties.x' } })).toBeUndefined()
    expect(readyDrivers({ score: { event: 'A', property: 'properties.x', at_most: 0 }, exposure: 'entry' })).toEqual({ score: { event: 'A', property: 'properties.x', at_most: 0 } })
    expect(readyDrivers({ funnel: { steps: [{ event: 'A', where: '' }, { event: 'B' }], window: '' }, score: undefined })).toEqual({ funnel: { steps: [{ event: 'A' }, { event: 'B' }] } })
  })
})

it('shows steps on the way by themselves', () => {
  const list = [driver({ direction: 'success', warnings: ['on_the_way'] }), driver({ direction: 'success', warnings: ['few'] }), driver({ direction: 'failure' }), driver({ warnings: ['step'] })]
  const g = groupsOf({ drivers: list } as DriversAnswer)
  expect([g.way, g.success, g.failure, g.none]).toEqual(list.map((d) => [d]))
})

describe('a driver as a funnel', () => {
  const q = { funnel: { steps: [{ event: 'A' }, { event: 'B' }, { event: 'C' }], window: '1d' } }
  it('is a step between, or a split', () => {
    expect(asFunnel(q, driver({}))?.steps).toEqual([{ event: 'A' }, { event: 'B' }, { event: 'X', optional: true }, { event: 'C' }])
    expect(asFunnel(q, driver({ kind: 'entry', property: 'properties.c' }))).toMatchObject({ window: '1d', entry: 'first', breakdown: { by: 'properties.c', attribution: 'step', step: 2 } })
    expect(asFunnel({ funnel: { ...q.funnel, from_step: 1, to_step: 2 } }, driver({ kind: 'trait', property: 'traits.plan' }))).toMatchObject({ steps: [{ event: 'A' }, { event: 'B' }], breakdown: { by: 'profile.traits.plan' } })
  })
  it('is none where no simple one is', () => {
    expect(asFunnel(q, driver({ kind: 'context' }))).toBeUndefined()
    expect(asFunnel({ score: { event: 'A', property: 'p' } }, driver({}))).toBeUndefined()
  })
})

it('draws odds on a log axis around 1', () => {
  const span = oddsSpan([driver({ odds_low: 0.5, odds_high: 30 })])
  expect(span).toEqual({ low: -1, high: 2, ticks: [0.1, 1, 10, 100] })
  expect(oddsPlace(1, span)).toBeCloseTo(1 / 3)
  expect(oddsPlace(5000, span)).toBe(1)
  expect(oddsSpan([])).toMatchObject({ low: -1, high: 1 })
})

it('asks first contact with what is filled in', () => {
  expect(readyContact(readContact({ engaged: [{ event: '' }], by: [] }))).toEqual({})
  expect(readyContact(readContact({ engaged: [{ event: ['A'] }], by: ['device'], within: '' }))).toEqual({ engaged: [{ event: ['A'] }], by: ['device'] })
})
