import type { Journey, Live, LiveTouchpoint, Touchpoint } from '../api/types'

/** One box of the map: a touchpoint where it stands in a journey. */
export interface Box {
  id: string
  title: string
  stage: string
  step: string
  stepTitle: string
  channel: string
  touchpoint?: Touchpoint
  live?: LiveTouchpoint
}

/** The drawing: which boxes stand in which stage and in which lane, in map order. */
export interface Plan {
  stages: { id: string; title: string }[]
  /** Channels in the order they first appear. */
  lanes: string[]
  boxes: Box[]
}

/** `compare-step` → "Compare step", for what was given no title. */
export function words(id: string): string {
  const text = id.replaceAll('-', ' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

export function stageTitle(stage: { id: string; title?: string }): string {
  return stage.title ?? words(stage.id)
}

/** Joins a journey, the library and the live numbers. A touchpoint stands once: where it stands first. */
export function makePlan(journey: Journey, library: Touchpoint[], live: Live | undefined, other: string): Plan {
  const byID = new Map(library.map((t) => [t.metadata.id, t]))
  const numbers = new Map((live?.touchpoints ?? []).map((t) => [t.id, t]))
  const seen = new Set<string>()
  const boxes: Box[] = []
  for (const stage of journey.spec.stages) {
    for (const step of stage.steps ?? []) {
      for (const id of step.touchpoints ?? []) {
        if (seen.has(id)) continue
        seen.add(id)
        const touchpoint = byID.get(id)
        boxes.push({
          id,
          title: touchpoint?.metadata.title ?? words(id),
          stage: stage.id,
          step: step.id,
          stepTitle: step.title ?? words(step.id),
          channel: touchpoint?.spec.channel ?? other,
          touchpoint,
          live: numbers.get(id),
        })
      }
    }
  }
  return {
    stages: journey.spec.stages.map((s) => ({ id: s.id, title: stageTitle(s) })),
    lanes: [...new Set(boxes.map((b) => b.channel))],
    boxes,
  }
}
