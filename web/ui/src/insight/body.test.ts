import { describe, expect, it } from 'vitest'
import { nameOf, readFunnel, readRules, readyFunnel, readyTrend, rulesText, seconds, suggestFunnel } from './body'

describe('a funnel from a URL', () => {
  it('gets two empty steps when it has none', () => {
    expect(readFunnel(undefined).steps).toEqual([{ event: '' }, { event: '' }])
    expect(readFunnel({ steps: 'x' }).steps).toHaveLength(2)
  })

  it('begins with the shop steps that were seen, in their order', () => {
    expect(suggestFunnel(['Order Completed', 'Page Viewed', 'Product Viewed'])).toEqual({ steps: [{ event: 'Product Viewed' }, { event: 'Order Completed' }] })
    expect(suggestFunnel(['Order Completed'])).toBeUndefined()
  })

  it('asks only for what is filled in, and remembers which step is which', () => {
    const { body, from } = readyFunnel(readFunnel({ steps: [{ event: 'A' }, { event: '' }, { event: ['B', 'C'], where: '' }], window: '' }))
    expect(body).toEqual({ steps: [{ event: 'A' }, { event: ['B', 'C'] }] })
    expect(from).toEqual([0, 2])
  })

  it('asks nothing without an event', () => {
    expect(readyFunnel(readFunnel({}))).toEqual({ from: [] })
  })

  it('leaves out exclusions that name steps it does not have', () => {
    const steps = [{ event: 'A' }, { event: 'B' }]
    const kept = { event: 'X', from_step: 1, to_step: 2 }
    expect(readyFunnel({ steps, exclusions: [kept, { event: 'X', from_step: 1, to_step: 3 }, { event: '', from_step: 1, to_step: 2 }] }).body?.exclusions).toEqual([kept])
  })
})

it('a sum waits for its property', () => {
  expect(readyTrend({ series: [{ event: 'A', measure: 'sum' }] }).body).toBeUndefined()
  expect(readyTrend({ series: [{ event: 'A', measure: 'sum', property: 'properties.revenue' }] }).body?.series).toHaveLength(1)
})

it('names a step by its name, else its events', () => {
  expect(nameOf({ event: ['A', 'B'] })).toBe('A / B')
  expect(nameOf({ event: 'A', name: 'First' })).toBe('First')
})

it('reads durations', () => {
  expect(seconds('7d')).toBe(604_800)
  expect(seconds('1.5h')).toBe(5400)
  expect(seconds('soon')).toBeUndefined()
})

it('reads back the rules it writes, arrows in the expression too', () => {
  const rules = [{ match: '^/p/.*', as: '/p/*' }, { match: 'a=>b', as: 'c' }]
  expect(readRules(rulesText(rules))).toEqual(rules)
  expect(readRules('nothing here')).toBeUndefined()
})
