import { describe, expect, it } from 'vitest'
import type { Journey, Touchpoint } from '../api/types'
import { confirms } from './confirm'
import { byDay, gist, marksByName } from './marks'
import { readPeopleSearch } from './search'
import { brief } from './traits'

const point = (id: string, match: { event: string | string[]; where?: string }[]) => ({ metadata: { id, title: id.toUpperCase() }, spec: { match } }) as Touchpoint
const journeys = [{ metadata: { id: 'buy' }, spec: { stages: [{ id: 's1', title: 'Choose', steps: [{ id: 'x', touchpoints: ['cart'] }] }] } }] as Journey[]

it('an erasure is confirmed by the word, and by nothing else', () => {
  expect(confirms(' usuń ', 'USUŃ')).toBe(true)
  expect(confirms('ERASE', 'ERASE')).toBe(true)
  expect(confirms('', 'ERASE')).toBe(false)
  expect(confirms('ERAS', 'ERASE')).toBe(false)
  expect(confirms('usun', 'USUŃ')).toBe(false)
})

describe('marks', () => {
  it('name the touchpoint and its stage', () => {
    expect(marksByName([point('cart', [{ event: ['Product Added', 'Cart Viewed'] }])], journeys).get('Cart Viewed')).toEqual({ touchpoint: 'cart', title: 'CART', journey: 'buy', stage: 'Choose' })
  })

  it('claim nothing where a condition or another touchpoint leaves a doubt', () => {
    const marks = marksByName([
      point('home', [{ event: 'Page Viewed', where: 'context.page.path == "/"' }]),
      point('mail', [{ event: 'Message Sent' }]),
      point('news', [{ event: 'Message Sent', where: 'properties.template == "newsletter"' }]),
      point('all', [{ event: '*' }]),
    ], [])
    expect([...marks.keys()]).toEqual([])
  })
})

it('groups by day in the order given', () => {
  const at = (d: number, h: number) => ({ time: new Date(2026, 10, d, h).toISOString() })
  expect(byDay([at(3, 12), at(3, 9), at(2, 23)]).map((d) => d.events.length)).toEqual([2, 1])
})

it('gives the gist of an event', () => {
  expect(gist({ 'context.locale': 'nb', 'properties.price': 990, 'properties.category': 'tools' })).toBe('price 990 · category tools')
  expect(gist({ 'context.page.path': '/cart' })).toBe('/cart')
  expect(gist({})).toBe('')
})

it('says what is known, the e-mail address first, without the name', () => {
  expect(brief({ city: 'Bergen', name: 'Lars', b2b: true, email: 'l@x.no' })).toBe('l@x.no · Bergen')
})

it('reads the search from the URL, digits too', () => {
  expect(readPeopleSearch({ q: 42 })).toEqual({ q: '42' })
  expect(readPeopleSearch({ q: '' })).toEqual({})
})
