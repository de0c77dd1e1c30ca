import { describe, expect, it } from 'vitest'
import { makeFormat } from '../ui/format'
import { insteadOf, letterOf, readyPaths, readyTrend } from './body'
import { type SheetWords, overSheet, stepsSheet, timesSheet } from './funnelSheet'
import { pathsSheet } from './pathsSheet'
import { intervalText } from './period'
import { lineNames, trendSheet } from './trendSheet'
import type { FunnelAnswer, PathsAnswer, TrendAnswer } from './types'

const f = makeFormat('en')
const meta = { actors: 1, events_scanned: 1, elapsed_ms: 1, freshness_ms: 1, backend: 'part' as const }
const step = (name: string, count: number, times?: { from: number; to: number; count: number }[]) =>
  ({ name, count, from_previous: 0.5, from_first: 0.5, median_seconds: null, mean_seconds: null, times })
const funnel: FunnelAnswer = {
  steps: [step('A', 4), step('B', 2, [{ from: 0, to: 1, count: 2 }])],
  excluded: 0,
  overall: { count: 2, median_seconds: 0.5, mean_seconds: 0.5, times: [{ from: 0, to: 1, count: 2 }] },
  trend: [
    { start: '2026-01-01T00:00:00+01:00', counts: [4, 2], conversion: 0.5 },
    { start: '2026-01-02T00:00:00+01:00', counts: [0, 0], conversion: null, open: true },
  ],
  meta,
}
const words: SheetWords = {
  head: { series: 'split', step: 'step', name: 'name', count: 'count', first: 'first', previous: 'previous', median: 'median', mean: 'mean', from: 'from', to: 'to', time: 'time', rate: 'rate' },
  all: 'All',
  overall: 'Over all',
  open: 'open',
  title: (v, other) => (other ? 'Other' : v || '(empty)'),
}
const texts = (sheet: { rows: { text: string }[][] }): string[] => sheet.rows.map((r) => r.map((c) => c.text).join(' | '))

describe('a funnel as a table', () => {
  it('has a line a step, and leaves out the split when there is none', () => {
    expect(stepsSheet(funnel, f, words).head).not.toContain('split')
    expect(texts(stepsSheet(funnel, f, words))[1]).toBe('2 | B | 2 | 50% | 50% | – | –')
  })
  it('has the whole and each series, the rest by its own name', () => {
    const split: FunnelAnswer = { ...funnel, series: [{ value: 'other', steps: [step('A', 3)] }, { value: 'other', other: true, steps: [step('A', 1)] }] }
    expect(stepsSheet(split, f, words).rows.map((r) => r[0]?.text)).toEqual(['All', 'All', 'other', 'Other'])
  })
  it('has a line a bar', () => {
    expect(texts(timesSheet(funnel, f, words))).toEqual(['2. B | 0 ms | 1 sec | 2', 'Over all | 0 ms | 1 sec | 2'])
  })
  it('has a line an interval, in the time zone that it was cut in', () => {
    expect(texts(overSheet(funnel, f, words, intervalText('en', 'day')))).toEqual(['Jan 1 | 4 | 2 | 50%', 'Jan 2 | 0 | 0 | – (open)'])
  })
})

describe('a trend as a table', () => {
  const w = { time: 'time', total: 'total', change: 'change', before: (l: string) => `${l} before`, value: (v: string, other?: boolean) => (other ? 'Other' : v || '(empty)'), series: (name: string, letter: string) => (letter === 'C' ? `${name}, mean` : name), figure: String, changed: f.change }
  const line = (letter: string | undefined, name: string, more = {}) => ({ letter, name, values: [1, null], counts: [1, 0], total: 1, ...more })
  const data: TrendAnswer = { buckets: ['x', 'y'], series: [line('A', 'buy'), line('B', 'look'), line(undefined, 'A / B')], meta }

  it('names lines by what tells them apart', () => {
    expect(lineNames(data, w)).toEqual(['A · buy', 'B · look', 'A / B'])
    expect(lineNames({ ...data, series: [line('A', 'buy')] }, w)).toEqual(['buy'])
    expect(lineNames({ ...data, series: [line('C', 'buy')] }, w)).toEqual(['buy, mean'])
    expect(lineNames({ ...data, series: [line('A', 'buy', { value: 'red' }), line('A', 'buy', { value: 'other', other: true })] }, w)).toEqual(['red', 'Other'])
  })
  it('writes no value as no value, not as 0', () => {
    expect(texts(trendSheet({ ...data, series: [line('A', 'buy')] }, ['1 Jan', '2 Jan'], w))).toEqual(['1 Jan | 1', '2 Jan | –', 'total | 1'])
  })
  it('has the time before beside each', () => {
    const previous = { values: [4, null], counts: [4, 0], total: 4, change: -0.75 }
    const sheet = trendSheet({ ...data, previous: { from: 'a', to: 'b', buckets: ['v', 'w'] }, series: [line('A', 'buy', { previous })] }, ['1 Jan', '2 Jan'], w)
    expect(sheet.head).toEqual(['time', 'buy', 'buy before'])
    expect(texts(sheet)).toEqual(['1 Jan | 1 | 4', '2 Jan | – | –', 'total | 1 | 4', 'change | -75% | '])
  })
})

describe('paths as a table', () => {
  const w = { head: { step: 'step', from: 'from', to: 'to', count: 'count', median: 'median', difference: 'A − B' }, name: (n: { name: string; ended?: boolean }) => (n.ended ? 'Ended' : n.name), difference: (c: { a: number; b: number }) => String(c.a - c.b) }
  const c = (a: number, b: number) => ({ a, b, share_a: a / 4, share_b: b / 4 })
  const data: PathsAnswer = {
    nodes: [{ id: '1:x', step: 1, name: 'x', count: 8, dropoff: 3, compared: c(4, 4), ended: c(1, 2) }, { id: '2:y', step: 2, name: 'y', count: 5, dropoff: 5, compared: c(3, 2), ended: c(3, 2) }],
    edges: [{ source: '1:x', target: '2:y', count: 5, median_seconds: 60, compared: c(3, 2) }],
    paths: 8,
    meta,
  }
  it('shows count and time of everybody', () => {
    expect(texts(pathsSheet(data, f, w))).toEqual(['1 | x | y | 5 · 63% | 60 sec', '1 | x | Ended | 3 · 38% | –'])
  })
  it('shows both groups, those that ended too', () => {
    const sheet = pathsSheet({ ...data, compared: { a: { name: 'web', paths: 4 }, b: { name: 'shop', paths: 4 } } }, f, w)
    expect(sheet.head).toEqual(['step', 'from', 'to', 'A: web', 'B: shop', 'A − B'])
    expect(texts(sheet)).toEqual(['1 | x | y | 3 · 75% | 2 · 50% | 1', '1 | x | Ended | 1 · 25% | 2 · 50% | -1'])
  })
})

describe('questions that lead on', () => {
  it('asks what the lost did with the range, actor and filter of its own', () => {
    expect(insteadOf({ steps: [{ event: 'A' }, { event: 'B' }], window: '1d', filter: 'true', breakdown: { by: 'properties.c' }, times: true }, { step: 2, outcome: 'lost' })).toEqual({
      filter: 'true',
      instead: { funnel: { steps: [{ event: 'A' }, { event: 'B' }], window: '1d' }, step: 2 },
    })
  })
  it('waits for a journey, and for two different groups', () => {
    expect(readyPaths({ node: 'touchpoint' }).body).toBeUndefined()
    expect(readyPaths({ node: 'touchpoint', journey: 'first' }).body).toEqual({ node: 'touchpoint', journey: 'first' })
    expect(readyPaths({ compare: { a: {}, b: {} } }).body).toBeUndefined()
    expect(readyPaths({ compare: { a: { filter: 'true' }, b: {} } }).body).toBeDefined()
  })
  it('waits for the property of every measure of one', () => {
    expect(readyTrend({ series: [{ event: 'A', measure: 'p90' }] }).body).toBeUndefined()
    expect(readyTrend({ series: [{ event: 'A', measure: 'actors' }] }).body).toBeDefined()
    expect(letterOf(2)).toBe('C')
  })
})
