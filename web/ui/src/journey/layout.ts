import type { Plan } from './plan'

/** A rectangle on the map, pixels from its top left. */
export interface Rect {
  x: number
  y: number
  w: number
  h: number
}

export interface MapLayout {
  width: number
  /** Height of the lanes together. */
  height: number
  /** Width of the column of lane names. */
  label: number
  stages: { id: string; x: number; w: number }[]
  lanes: { name: string; y: number; h: number }[]
  boxes: Map<string, Rect>
}

export interface LayoutOptions {
  /** Room there is; the map grows wider when its stages would not fit, and scrolls. */
  width: number
  /** Wider gutters for ribbons. */
  flow: boolean
  /** Height of a box. */
  box: number
}

const label = 120
const least = 196
/** From this width on a column holds two boxes side by side. */
const double = 320

/**
 * Places the boxes: a column per stage, a row per channel, and in each crossing as many boxes side by side as the
 * column is wide enough for.
 */
export function layoutMap(plan: Plan, { width, flow, box }: LayoutOptions): MapLayout {
  const gapStage = flow ? 40 : 20
  const gapX = flow ? 24 : 8
  const gapY = flow ? 10 : 6
  const pad = 10

  const cells = new Map<string, string[]>()
  const key = (stage: string, lane: string): string => `${stage}\n${lane}`
  for (const b of plan.boxes) cells.set(key(b.stage, b.channel), [...(cells.get(key(b.stage, b.channel)) ?? []), b.id])

  const n = Math.max(1, plan.stages.length)
  // Ribbons between boxes of one stage bulge into the gutters, so the last stage has one to its right as well.
  const edge = flow ? 24 : 0
  const w = Math.floor(Math.max((width - label - edge - gapStage * (n - 1)) / n, least))
  const stages = plan.stages.map((s, i) => ({ id: s.id, x: label + i * (w + gapStage), w }))
  const total = label + edge + n * (w + gapStage) - gapStage

  const boxes = new Map<string, Rect>()
  let y = 0
  const lanes = plan.lanes.map((name) => {
    let rows = 1
    for (const s of stages) {
      const ids = cells.get(key(s.id, name)) ?? []
      const cols = s.w >= double ? Math.min(2, Math.max(1, ids.length)) : 1
      rows = Math.max(rows, Math.ceil(ids.length / cols))
      ids.forEach((id, i) => {
        const row = Math.floor(i / cols)
        const here = Math.min(cols, ids.length - row * cols)
        const own = Math.floor((s.w - gapX * (here - 1)) / here)
        boxes.set(id, { x: s.x + (i % cols) * (own + gapX), y: y + pad + row * (box + gapY), w: own, h: box })
      })
    }
    const h = pad * 2 + rows * box + (rows - 1) * gapY
    const lane = { name, y, h }
    y += h
    return lane
  })
  return { width: total, height: y, label, stages, lanes, boxes }
}
