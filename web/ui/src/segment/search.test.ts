import { expect, it } from 'vitest'
import { readPlace, readSegmentsSearch } from './search'

it('reads which segments are compared, each once, at most eight', () => {
  expect(readSegmentsSearch({ compare: ['a', 'b', 'a', 3, 'Not An Id'] })).toEqual({ compare: ['a', 'b'] })
  expect(readSegmentsSearch({ compare: 'a' })).toEqual({})
  expect(readSegmentsSearch({ compare: 'abcdefghij'.split('') }).compare).toHaveLength(8)
})

it('takes the place of a fault apart', () => {
  expect(readPlace('2:14: there is no "x"')).toEqual({ line: 2, column: 14, text: 'there is no "x"' })
  expect(readPlace('is empty')).toEqual({ text: 'is empty' })
})
