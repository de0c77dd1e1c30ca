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

const label = 136
const least = 204

/**
 * Places the boxes: a column per stage, a row per channel, and in each crossing as many boxes side by side as the
 * column is wide enough for. Stages with a single column of boxes are narrower.
 */
export function layoutMap(plan: Plan, { width, flow, box }: LayoutOptions): MapLayout {
  const gapStage = flow ? 40 : 20
  const gapX = flow ? 16 : 8
  const gapY = flow ? 18 : 8
  const pad = flow ? 14 : 10

  const cells = new Map<string, string[]>()
  const key = (stage: string, lane: string): string => `${stage}\n${lane}`
  for (const b of plan.boxes) cells.set(key(b.stage, b.channel), [...(cells.get(key(b.stage, b.channel)) ?? []), b.id])
  const crowd = (stage: string): number => Math.max(1, ...plan.lanes.map((lane) => cells.get(key(stage, lane))?.length ?? 0))

  const n = Math.max(1, plan.stages.length)
  const weights = plan.stages.map((s) => (crowd(s.id) > 1 ? 1 : 0.84))
  const sum = weights.reduce((a, b) => a + b, 0) || 1
  const room = Math.max(width - label - gapStage * (n - 1), least * sum)
  let x = label
  const stages = plan.stages.map((s, i) => {
    const w = Math.floor((room * (weights[i] ?? 1)) / sum)
    const at = { id: s.id, x, w }
    x += w + gapStage
    return at
  })
  const total = stages.length > 0 ? x - gapStage : width

  const boxes = new Map<string, Rect>()
  let y = 0
  const lanes = plan.lanes.map((name) => {
    let rows = 1
    for (const s of stages) {
      const ids = cells.get(key(s.id, name)) ?? []
      const most = s.w >= 330 ? 3 : 2
      const cols = Math.min(most, Math.max(1, ids.length))
      rows = Math.max(rows, Math.ceil(ids.length / cols))
      ids.forEach((id, i) => {
        const row = Math.floor(i / cols)
        const here = Math.min(cols, ids.length - row * cols)
        const w = Math.floor((s.w - gapX * (here - 1)) / here)
        boxes.set(id, { x: s.x + (i % cols) * (w + gapX), y: y + pad + row * (box + gapY), w, h: box })
      })
    }
    const h = pad * 2 + rows * box + (rows - 1) * gapY
    const lane = { name, y, h }
    y += h
    return lane
  })
  return { width: total, height: y, label, stages, lanes, boxes }
}
