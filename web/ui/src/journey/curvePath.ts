/** A point of a curve in pixels. */
export interface XY {
  x: number
  y: number
}

function r(n: number): string {
  return String(Math.round(n * 10) / 10)
}

/** A calm line through the points: level at each, so that it never swings past a value nobody measured. */
export function smooth(points: XY[]): string {
  return points
    .map((p, i) => {
      const before = points[i - 1]
      if (!before) return `M${r(p.x)},${r(p.y)}`
      const mid = (before.x + p.x) / 2
      return `C${r(mid)},${r(before.y)} ${r(mid)},${r(p.y)} ${r(p.x)},${r(p.y)}`
    })
    .join(' ')
}

/** The area between two lines over the same x. */
export function band(points: { x: number; low: number; high: number }[]): string {
  if (points.length < 2) return ''
  const up = smooth(points.map((p) => ({ x: p.x, y: p.high })))
  const down = smooth(points.map((p) => ({ x: p.x, y: p.low })).reverse())
  return `${up} L${down.slice(1)} Z`
}

/** Splits a list where a value is missing: a curve has a gap where nothing is known. */
export function runs<T>(items: T[], known: (item: T) => boolean): T[][] {
  const out: T[][] = []
  let open = false
  for (const item of items) {
    if (!known(item)) {
      open = false
      continue
    }
    if (open) out.at(-1)?.push(item)
    else out.push([item])
    open = true
  }
  return out
}

/** A sparkline's line and the area under it, in a box w × h; a constant series is a level line. */
export function spark(values: number[], w: number, h: number): { line: string; area: string } {
  if (values.length < 2) return { line: '', area: '' }
  const most = Math.max(...values)
  const least = Math.min(...values)
  const span = most - least || 1
  const xy = values.map((v, i) => ({
    x: (i / (values.length - 1)) * w,
    y: most === least ? h / 2 : 1 + (1 - (v - least) / span) * (h - 2),
  }))
  const line = xy.map((p, i) => `${i === 0 ? 'M' : 'L'}${r(p.x)},${r(p.y)}`).join('')
  return { line, area: `${line}L${r(w)},${r(h)}L0,${r(h)}Z` }
}
