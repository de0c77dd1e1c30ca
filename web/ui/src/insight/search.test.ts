import { describe, expect, it } from 'vitest'
import { askBody, keepBody, openSaved, readInsightSearch, shownRange } from './search'

const now = new Date('2026-11-22T12:00:00Z')

describe('the URL', () => {
  it('is read again as it was', () => {
    const search = { question: 'funnel', query: { steps: [{ event: 'A' }] }, last: 7, view: 'table' }
    expect(readInsightSearch(search)).toEqual(search)
  })

  it('drops what makes no sense', () => {
    expect(readInsightSearch({ question: 'else', query: {} })).toEqual({})
    expect(readInsightSearch({ question: 'paths', query: [1], view: 'pie', last: -1 })).toEqual({ question: 'paths' })
  })
})

describe('the range', () => {
  const query = { from: '2026-10-01T00:00:00Z', to: '2026-10-08T00:00:00Z' }

  it("stays the body's own until the URL names another", () => {
    expect(askBody(query, {}, now)).toEqual(query)
    expect(askBody(query, { last: 1 }, now)).toEqual({ from: '2026-11-21T12:00:00.000Z', to: '2026-11-22T12:00:00.000Z' })
  })

  it('is the last 28 days by default', () => {
    expect(askBody({}, {}, now)).toEqual({ from: '2026-10-25T12:00:00.000Z', to: '2026-11-22T12:00:00.000Z' })
  })

  it('is shown by its days', () => {
    const local = { from: new Date(2026, 9, 1).toISOString(), to: new Date(2026, 9, 8).toISOString() }
    expect(shownRange({ question: 'funnel', query: local })).toEqual({ from: '2026-10-01', to: '2026-10-07' })
    expect(shownRange({ question: 'funnel', query: local, last: 7 })).toEqual({ last: 7, from: undefined, to: undefined })
  })
})

it('a saved view reopens with its sliding range', () => {
  expect(openSaved('trend', keepBody({ series: [] }, { last: 90 }))).toEqual({ question: 'trend', query: { series: [] }, last: 90 })
})
