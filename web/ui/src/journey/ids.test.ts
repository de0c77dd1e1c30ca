import { expect, it } from 'vitest'
import { makeID } from './ids'

it.each([
  ['Search ad', 'search-ad'],
  ['  Første ordre — B2B! ', 'forste-ordre-b2b'],
  ['Łódź sklep', 'lodz-sklep'],
  ['???', 'new'],
])('%s becomes %s', (title, want) => {
  expect(makeID(title, new Set())).toBe(want)
})

it('counts on when the id is taken', () => {
  expect(makeID('Cart', new Set(['cart', 'cart-2']))).toBe('cart-3')
})

it('is never longer than an id may be', () => {
  expect(makeID('x'.repeat(200), new Set(['x'.repeat(56)])).length).toBeLessThanOrEqual(64)
})
