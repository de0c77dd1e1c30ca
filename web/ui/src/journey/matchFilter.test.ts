import { expect, it } from 'vitest'
import { matchFilter } from './matchFilter'

it('joins names and conditions', () => {
  expect(matchFilter([{ event: 'Page Viewed', where: 'a == 1 || b == 2' }])).toBe('(event in ["Page Viewed"] && (a == 1 || b == 2))')
})
it('takes any of several matchers', () => {
  expect(matchFilter([{ event: ['A', 'B "x"'] }, { event: 'C' }])).toBe('(event in ["A", "B \\"x\\""]) || (event in ["C"])')
})
it('leaves the name out when every event is meant', () => {
  expect(matchFilter([{ event: '*', where: 'kind == "page"' }])).toBe('((kind == "page"))')
  expect(matchFilter([{ event: '*' }])).toBe('(true)')
})
