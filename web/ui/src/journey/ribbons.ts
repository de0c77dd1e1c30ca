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

type Side = 'left' | 'right' | 'top' | 'bottom'
interface End {
  ribbon: number
  box: string
  side: Side
  /** Where the other end lies along this side: ribbons are sorted by it, so that they do not cross at the box. */
  towards: number
  width: number
}

const widest = 18
const thinnest = 1.5

function sides(a: Rect, b: Rect): [Side, Side] {
  if (b.x >= a.x + a.w) return ['right', 'left']
  const apart = b.y - a.y
  if (Math.abs(apart) < a.h / 2) return ['bottom', 'bottom']
  return apart > 0 ? ['bottom', 'top'] : ['top', 'bottom']
}

function flat(side: Side): boolean {
  return side === 'left' || side === 'right'
}

function lengthOf(side: Side, r: Rect): number {
  return flat(side) ? r.h : r.w
}

function point(side: Side, r: Rect, along: number): { x: number; y: number } {
  switch (side) {
    case 'left':
      return { x: r.x, y: r.y + along }
    case 'right':
      return { x: r.x + r.w, y: r.y + along }
    case 'top':
      return { x: r.x + along, y: r.y }
    case 'bottom':
      return { x: r.x + along, y: r.y + r.h }
  }
}

function pull(side: Side, by: number): { x: number; y: number } {
  switch (side) {
    case 'left':
      return { x: -by, y: 0 }
    case 'right':
      return { x: by, y: 0 }
    case 'top':
      return { x: 0, y: -by }
    case 'bottom':
      return { x: 0, y: by }
  }
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
    const centre = (r: Rect, side: Side): number => (flat(side) ? r.y + r.h / 2 : r.x + r.w / 2)
    return [
      { ribbon: i, box: edge.from, side: sa, towards: centre(b, sa), width: edge.count / most },
      { ribbon: i, box: edge.to, side: sb, towards: centre(a, sb), width: edge.count / most },
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
    const long = lengthOf(first.side, boxes.get(first.box) as Rect) * 0.9
    const sum = group.reduce((total, end) => total + end.width, 0)
    scale = Math.min(scale, long / sum)
  }
  const wide = (share: number): number => Math.max(thinnest, share * scale)

  const along = new Map<End, number>()
  for (const group of groups.values()) {
    const first = group[0] as End
    const long = lengthOf(first.side, boxes.get(first.box) as Rect)
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
    const p = point(from.side, boxes.get(from.box) as Rect, along.get(from) ?? 0)
    const q = point(to.side, boxes.get(to.box) as Rect, along.get(to) ?? 0)
    const reach = flat(from.side)
      ? Math.max(12, (q.x - p.x) / 2)
      : from.side === to.side
        ? 26
        : Math.max(12, Math.abs(q.y - p.y) / 2)
    const a = pull(from.side, reach)
    const b = pull(to.side, reach)
    const path = `M${String(round(p.x))},${String(round(p.y))} C${String(round(p.x + a.x))},${String(round(p.y + a.y))} ${String(round(q.x + b.x))},${String(round(q.y + b.y))} ${String(round(q.x))},${String(round(q.y))}`
    return {
      key: `${edge.from}→${edge.to}`,
      edge,
      path,
      width: round(wide(from.width)),
      at: { x: (p.x + q.x) / 2 + ((a.x + b.x) * 3) / 8, y: (p.y + q.y) / 2 + ((a.y + b.y) * 3) / 8 },
    }
  })
}
