import { describe, expect, it } from 'vitest'
import { makeFormat } from './format'

// Intl separates with no-break spaces of several kinds.
const plain = (text: string): string => text.replaceAll(/[\u00a0\u202f]/g, ' ').replaceAll('\u2212', '-')

describe('makeFormat', () => {
  const en = makeFormat('en')
  const nb = makeFormat('nb')
  const pl = makeFormat('pl')

  it.each([
    [en.count(12480), '12,480'],
    [nb.count(12480), '12 480'],
    [pl.count(12480), '12 480'],
    [en.share(0.594), '59%'],
    [en.share(0.031), '3.1%'],
    [nb.share(0.031), '3,1 %'],
    [en.share(0), '0%'],
    [en.change(0.041), '+4.1%'],
    [en.change(-0.068), '-6.8%'],
    [en.points(-0.0124), '-1.2'],
    [en.money(412000, 'NOK'), 'NOK 412K'],
    [en.money(1320, 'NOK'), 'NOK 1,320'],
    [nb.decimal(7.25), '7,3'],
    [en.decimal(31, 0, true), '+31'],
  ])('%s is %s', (got, want) => {
    expect(plain(got)).toBe(want)
  })

  it.each([
    [0.25, '250 ms'],
    [40, '40 sec'],
    [600, '10 min'],
    [5400 * 1.5, '2.3 hr'],
    [86400 * 1.9, '46 hr'],
    [86400 * 2.4, '2.4 days'],
    [86400 * 45, '45 days'],
  ])('%d s is %s', (seconds, want) => {
    expect(plain(en.span(seconds))).toBe(want)
  })

  it('tells age in the largest unit that fits', () => {
    expect(en.ago(400)).toMatch(/0\.4 sec/)
    expect(en.ago(3 * 60_000)).toMatch(/3 min/)
    expect(en.ago(5 * 86_400_000)).toMatch(/5 days/)
  })
})
