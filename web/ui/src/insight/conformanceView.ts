import type { ConformDeviation, ConformanceAnswer, ModelStep } from './types'

export type DeviationType = ConformDeviation['type']
export const deviationTypes = ['missing', 'out_of_order', 'ad_hoc', 'failed'] as const satisfies readonly DeviationType[]

/** The steps of all stages, as an answer numbers them. */
export function stepsOf({ model }: ConformanceAnswer): ModelStep[] {
  return model.stages.flatMap((s) => s.steps)
}

/** What a step, or the touchpoint visited, is called. */
export function nameAt(answer: ConformanceAnswer, step: number, touchpoint: number): string {
  const t = answer.model.touchpoints[touchpoint]
  const s = stepsOf(answer)[step]
  return t?.title ?? t?.id ?? s?.title ?? s?.id ?? ''
}

/** Tells one deviation from the others. */
export const keyOf = (d: ConformDeviation): string => `${d.type} ${String(d.step)} ${String(d.touchpoint)}`

/** Something done that is not planned there, and how often. */
export interface Insert {
  deviation: ConformDeviation
  times: number
}

/** What was done ad hoc after each step, the most frequent first; after -1 stands what came at the beginning. */
export function insertsAfter({ deviations }: ConformanceAnswer): Map<number, Insert[]> {
  const out = new Map<number, Insert[]>()
  for (const deviation of deviations.filter((d) => d.type === 'ad_hoc')) {
    const here = new Map<number, number>()
    for (const p of deviation.places) here.set(p.after, (here.get(p.after) ?? 0) + p.count)
    for (const [after, times] of here) out.set(after, [...(out.get(after) ?? []), { deviation, times }])
  }
  for (const list of out.values()) list.sort((a, b) => b.times - a.times)
  return out
}

/** The deviations drawn on a step. */
export function onStep({ deviations }: ConformanceAnswer, step: number): ConformDeviation[] {
  return deviations.filter((d) => d.step === step && d.type !== 'ad_hoc')
}
