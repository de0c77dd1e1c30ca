import { describe, expect, it } from 'vitest'
import type { LiveEdge } from '../api/types'
import { band, runs, smooth, spark } from './curvePath'
import { layoutMap } from './layout'
import type { Plan } from './plan'
import { makeRibbons } from './ribbons'

function plan(cells: Record<string, Record<string, number>>): Plan {
  const boxes = Object.entries(cells).flatMap(([stage, lanes]) =>
    Object.entries(lanes).flatMap(([channel, n]) =>
      Array.from({ length: n }, (_, i) => ({ id: `${stage}-${channel}-${String(i)}`, title: '', stage, step: '', stepTitle: '', channel })),
    ),
  )
  return { stages: Object.keys(cells).map((id) => ({ id, title: id })), lanes: [...new Set(boxes.map((b) => b.channel))], boxes }
}

const three = plan({ a: { web: 3, mail: 1 }, b: { web: 2 }, c: { mail: 1, desk: 5 } })
const edge = (from: string, to: string, count: number): LiveEdge => ({
  from, to, count, people: count, share: 0.1, median_seconds: 60, planned: true, kind: 'next',
})

describe('layoutMap', () => {
  const map = layoutMap(three, { width: 1200, flow: true, box: 80 })

  it('lets no two boxes touch', () => {
    const rects = [...map.boxes.values()]
    for (const [i, p] of rects.entries())
      for (const q of rects.slice(i + 1)) {
        const apart = p.x + p.w < q.x || q.x + q.w < p.x || p.y + p.h < q.y || q.y + q.h < p.y
        expect(apart, JSON.stringify([p, q])).toBe(true)
      }
  })

  it('keeps every box in its stage and lane', () => {
    for (const b of three.boxes) {
      const r = map.boxes.get(b.id)
      const s = map.stages.find((x) => x.id === b.stage)
      const l = map.lanes.find((x) => x.name === b.channel)
      if (!r || !s || !l) throw new Error(`${b.id} is not placed`)
      expect(r.x).toBeGreaterThanOrEqual(s.x)
      expect(r.x + r.w).toBeLessThanOrEqual(s.x + s.w)
      expect(r.y).toBeGreaterThanOrEqual(l.y)
      expect(r.y + r.h).toBeLessThanOrEqual(l.y + l.h)
    }
  })

  it('fills the room there is, and grows past it rather than squeeze', () => {
    expect(map.width).toBeLessThanOrEqual(1200)
    expect(map.width).toBeGreaterThan(1180)
    expect(layoutMap(three, { width: 390, flow: true, box: 80 }).width).toBeGreaterThan(600)
  })

  it('has no boxes and no height without touchpoints', () => {
    const none = layoutMap({ stages: [{ id: 's', title: 's' }], lanes: [], boxes: [] }, { width: 800, flow: false, box: 80 })
    expect(none.height).toBe(0)
    expect(none.stages).toHaveLength(1)
  })
})

describe('makeRibbons', () => {
  const { boxes } = layoutMap(three, { width: 1200, flow: true, box: 80 })

  it('makes widths proportional to the counts', () => {
    const [p, q] = makeRibbons([edge('a-web-0', 'b-web-0', 800), edge('a-mail-0', 'b-web-1', 200)], boxes, 10)
    expect(p?.width).toBe(18)
    expect((p?.width ?? 0) / (q?.width ?? 1)).toBeCloseTo(4)
  })

  it('draws only the most frequent, and none to a touchpoint that is not there', () => {
    const edges = [edge('a-web-0', 'b-web-0', 9), edge('a-web-0', 'gone', 8), edge('b-web-0', 'c-mail-0', 7), edge('a-web-1', 'b-web-1', 1)]
    expect(makeRibbons(edges, boxes, 2).map((x) => x.key)).toEqual(['a-web-0→b-web-0', 'b-web-0→c-mail-0'])
  })

  it('never lets the ribbons at one side outgrow the box', () => {
    const edges = ['c-desk-0', 'c-desk-1', 'c-desk-2', 'c-desk-3', 'c-desk-4', 'c-mail-0'].map((to) => edge('b-web-1', to, 500))
    const sum = makeRibbons(edges, boxes, 10).reduce((total, x) => total + x.width, 0)
    expect(sum).toBeLessThanOrEqual(80)
    expect(sum).toBeGreaterThan(40)
  })

  it('goes on to the right, back to the left, and beside the column within a stage', () => {
    const [on, back, down] = makeRibbons([edge('a-web-0', 'b-web-0', 9), edge('c-mail-0', 'a-web-0', 4), edge('a-web-0', 'a-web-2', 3)], boxes, 10)
    const a = boxes.get('a-web-0')
    const c = boxes.get('c-mail-0')
    if (!a || !c) throw new Error('not placed')
    expect(on?.path.startsWith(`M${String(a.x + a.w)},`)).toBe(true)
    expect(back?.path.startsWith(`M${String(c.x)},`)).toBe(true)
    expect(down?.path.startsWith(`M${String(a.x + a.w)},`)).toBe(true)
    expect(down?.at.x).toBeGreaterThan(a.x + a.w)
  })
})

describe('curves', () => {
  it('has a gap where nothing is known', () => {
    expect(runs([1, 2, null, 3], (v) => v !== null)).toEqual([[1, 2], [3]])
  })
  it('is level at each point', () => {
    expect(smooth([{ x: 0, y: 10 }, { x: 100, y: 20 }])).toBe('M0,10 C50,10 50,20 100,20')
    expect(band([{ x: 0, low: 1, high: 2 }])).toBe('')
  })
  it('draws a constant series as a level line', () => {
    expect(spark([4, 4, 4], 20, 10).line).toBe('M0,5L10,5L20,5')
    expect(spark([1], 20, 10).line).toBe('')
  })
})
