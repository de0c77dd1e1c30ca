import { describe, expect, it } from 'vitest'
import { askRange, readRange } from '../ui/range'
import { layersOf, readAtlasSearch, readMapSearch } from './search'

describe('readMapSearch', () => {
  it('keeps what makes sense', () => {
    const search = { last: 7, layers: 'plan,flow', actor: 'account', persona: 'purchaser', filter: 'a == 1', top: 12, touchpoint: 'cart' }
    expect(readMapSearch(search)).toEqual(search)
  })
  it('drops what does not', () => {
    expect(readMapSearch({ last: -1, layers: 7, actor: 'robot', top: 1e9, touchpoint: '', filter: 'x'.repeat(5000) })).toEqual({})
  })
  it('names unknown layers nowhere', () => {
    expect(readMapSearch({ layers: 'live,heat' }).layers).toBe('live')
  })
})

describe('layersOf', () => {
  it('shows live and flow unless the URL says otherwise', () => {
    expect([...layersOf({})]).toEqual(['live', 'flow'])
    expect([...layersOf({ layers: '' })]).toEqual([])
    expect([...layersOf({ layers: 'plan' })]).toEqual(['plan'])
  })
})

it('opens the atlas dialogs by name only', () => {
  expect(readAtlasSearch({ make: 'new' })).toEqual({ make: 'new' })
  expect(readAtlasSearch({ make: 'tea' })).toEqual({})
})

describe('range', () => {
  const now = new Date('2026-11-22T12:00:00Z')
  it('is the last 28 days unless said otherwise', () => {
    expect(askRange({}, now)).toEqual({ from: '2026-10-25T12:00:00.000Z', to: '2026-11-22T12:00:00.000Z' })
    expect(askRange({ last: 1 }, now).from).toBe('2026-11-21T12:00:00.000Z')
  })
  it('counts the last day of own dates in full', () => {
    const { from, to } = askRange({ from: '2026-11-01', to: '2026-11-03' }, now)
    expect(Date.parse(to) - Date.parse(from)).toBe(3 * 86_400_000)
  })
  it('refuses days that are none, or in the wrong order', () => {
    expect(readRange({ from: '2026-02-30x', to: '2026-03-01' })).toEqual({})
    expect(readRange({ from: '2026-03-02', to: '2026-03-01' })).toEqual({})
    expect(readRange({ from: '2026-03-01', to: '2026-03-01', last: 7 })).toEqual({ from: '2026-03-01', to: '2026-03-01' })
  })
})
