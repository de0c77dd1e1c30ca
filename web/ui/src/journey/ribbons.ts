import type { LiveEdge } from '../api/types'
import type { Rect } from './layout'

/** One drawn move between two touchpoints. */
export interface Ribbon {
  key: string
  edge: LiveEdge
  /** SVG path of its middle line. */
  path: string
  /** Stroke width, pixels, in proportion to the moves. */
  width: number
  /** Middle of the line, for its label. */
  at: { x: number; y: number }
}

type Side = 'left' | 'right'
interface End {
  ribbon: number
  box: string
  side: Side
  /** How high the other end lies: ribbons at a side are sorted by it, so that they do not cross at the box. */
  towards: number
  width: number
}

const widest = 18
const thinnest = 1.5

/** Onward moves leave at the right and arrive at the left; within a column they bulge into the gutter beside it. */
function sides(a: Rect, b: Rect): [Side, Side] {
  if (b.x >= a.x + a.w) return ['right', 'left']
  if (a.x >= b.x + b.w) return ['left', 'right']
  return b.y > a.y ? ['right', 'right'] : ['left', 'left']
}

function edgeX(side: Side, r: Rect): number {
  return side === 'left' ? r.x : r.x + r.w
}

function round(n: number): number {
  return Math.round(n * 10) / 10
}

/**
 * Draws the most frequent moves. Width is in proportion to the count: one scale for all ribbons, chosen so that the
 * widest is 18 px and no side of a box carries more than it is long.
 */
export function makeRibbons(edges: LiveEdge[], boxes: Map<string, Rect>, top: number): Ribbon[] {
  const shown = edges.filter((e) => boxes.has(e.from) && boxes.has(e.to) && e.from !== e.to && e.count > 0).slice(0, top)
  const most = Math.max(1, ...shown.map((e) => e.count))

  const ends: [End, End][] = shown.map((edge, i) => {
    const a = boxes.get(edge.from) as Rect
    const b = boxes.get(edge.to) as Rect
    const [sa, sb] = sides(a, b)
    return [
      { ribbon: i, box: edge.from, side: sa, towards: b.y, width: edge.count / most },
      { ribbon: i, box: edge.to, side: sb, towards: a.y, width: edge.count / most },
    ]
  })

  const groups = new Map<string, End[]>()
  for (const end of ends.flat()) {
    const at = `${end.box} ${end.side}`
    groups.set(at, [...(groups.get(at) ?? []), end])
  }
  let scale = widest
  for (const group of groups.values()) {
    const first = group[0] as End
    const long = (boxes.get(first.box) as Rect).h * 0.9
    const sum = group.reduce((total, end) => total + end.width, 0)
    scale = Math.min(scale, long / sum)
  }
  const wide = (share: number): number => Math.max(thinnest, share * scale)

  const along = new Map<End, number>()
  for (const group of groups.values()) {
    const first = group[0] as End
    const long = (boxes.get(first.box) as Rect).h
    const gap = 1
    const need = group.reduce((total, end) => total + wide(end.width), 0) + gap * (group.length - 1)
    const squeeze = Math.min(1, (long - 4) / need)
    let at = (long - need * squeeze) / 2
    for (const end of group.sort((p, q) => p.towards - q.towards || p.ribbon - q.ribbon)) {
      const w = wide(end.width) * squeeze
      along.set(end, at + w / 2)
      at += w + gap * squeeze
    }
  }

  return ends.map(([from, to], i) => {
    const edge = shown[i] as LiveEdge
    const ra = boxes.get(from.box) as Rect
    const rb = boxes.get(to.box) as Rect
    const p = { x: edgeX(from.side, ra), y: ra.y + (along.get(from) ?? 0) }
    const q = { x: edgeX(to.side, rb), y: rb.y + (along.get(to) ?? 0) }
    const reach = from.side === to.side ? Math.min(32, 14 + Math.abs(q.y - p.y) / 12) : Math.max(12, Math.abs(q.x - p.x) / 2)
    const a = from.side === 'right' ? reach : -reach
    const b = to.side === 'right' ? reach : -reach
    const path = `M${String(round(p.x))},${String(round(p.y))} C${String(round(p.x + a))},${String(round(p.y))} ${String(round(q.x + b))},${String(round(q.y))} ${String(round(q.x))},${String(round(q.y))}`
    return {
      key: `${edge.from}→${edge.to}`,
      edge,
      path,
      width: round(wide(from.width)),
      at: { x: (p.x + q.x) / 2 + ((a + b) * 3) / 8, y: (p.y + q.y) / 2 },
    }
  })
}
