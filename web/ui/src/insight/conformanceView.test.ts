import { describe, expect, it } from 'vitest'
import { readConformance, readyConformance, suggestConformance } from './body'
import { conformanceDrawing } from './conformanceDrawing'
import { insertsAfter, keyOf, nameAt, onStep, stepsOf } from './conformanceView'
import type { ConformDeviation, ConformanceAnswer } from './types'

const rate = { n: 1, of: 2, rate: 0.5, low: 0.1, high: 0.9 }
const deviation = (type: ConformDeviation['type'], step: number, touchpoint: number, places: [number, number, number][]): ConformDeviation => ({
  type, step, touchpoint, count: 3, traces: 2, share: rate, examples: [], places: places.map(([after, before, count]) => ({ after, before, count, traces: 1 })),
})
const answer = {
  model: {
    touchpoints: [{ id: 'ad', title: 'Advert', match: [] }, { id: 'site', match: [] }, { id: 'call', match: [] }],
    stages: [{ id: 'one', steps: [{ id: 'find', touchpoints: ['ad'] }] }, { id: 'two', steps: [{ id: 'look', title: 'Look round', touchpoints: ['site'] }] }],
  },
  deviations: [deviation('ad_hoc', -1, 2, [[0, 1, 5], [0, -1, 2], [-1, 0, 1]]), deviation('missing', 1, -1, []), deviation('failed', 1, 1, []), deviation('ad_hoc', 0, 0, [[0, -1, 9]])],
} as unknown as ConformanceAnswer

describe('the drawn plan', () => {
  it('counts steps through all stages and calls them by their titles', () => {
    expect(stepsOf(answer).map((s) => s.id)).toEqual(['find', 'look'])
    expect([nameAt(answer, 1, -1), nameAt(answer, 0, 0), nameAt(answer, -1, 2), nameAt(answer, 9, -1)]).toEqual(['Look round', 'Advert', 'call', ''])
  })

  it('puts what was done besides after the step it followed, the most frequent first', () => {
    const inserts = insertsAfter(answer)
    expect(inserts.get(0)?.map((x) => [x.deviation.touchpoint, x.times])).toEqual([[0, 9], [2, 7]])
    expect(inserts.get(-1)?.map((x) => x.times)).toEqual([1])
    expect(inserts.has(1)).toBe(false)
  })

  it('puts the others on their step', () => {
    expect(onStep(answer, 1).map(keyOf)).toEqual(['missing 1 -1', 'failed 1 1'])
    expect(onStep(answer, 0)).toEqual([])
  })

  it('is an SVG whose words cannot break it', () => {
    const svg = conformanceDrawing('How <well>', '0.9', [{ title: 'A & B', steps: [{ name: 'Find', optional: true, figures: [{ type: 'missing', text: '7' }], besides: ['"x" 3'] }] }])
    expect(svg).toContain('How &lt;well&gt;')
    expect(svg).toContain('A &amp; B')
    expect(svg).toContain('◌ 7')
    expect(svg).toContain('&quot;x&quot; 3')
    expect(new DOMParser().parseFromString(svg, 'image/svg+xml').querySelector('parsererror')).toBeNull()
  })
})

describe('conformance from a URL', () => {
  it('asks when there is a plan', () => {
    expect(readyConformance(readConformance(undefined)).body).toBeUndefined()
    expect(readyConformance(readConformance({ journey: 'a', idle: '', filter: undefined })).body).toEqual({ journey: 'a' })
  })

  it('begins with the first journey that was drawn', () => {
    expect(suggestConformance([])).toBeUndefined()
    expect(suggestConformance(['a', 'b'])).toEqual({ journey: 'a' })
  })
})
