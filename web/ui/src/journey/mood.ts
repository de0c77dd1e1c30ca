import type { Fact, LiveTouchpoint } from '../api/types'

/** How a box is toned. The judgement is the server's: a finding about it, or a change that is called one. */
export type Mood = 'silent' | 'dark' | 'bad' | 'worse' | 'plain'

const pains = new Set<Fact['kind']>(['biggest_drop', 'slow_handover', 'score_gap', 'failures'])

export function moodOf(live: LiveTouchpoint | undefined, facts: Fact[]): Mood {
  if (!live) return 'plain'
  if (!live.observable) return 'dark'
  if (live.silent) return 'silent'
  if (facts.some((fact) => pains.has(fact.kind) && fact.touchpoint === live.id)) return 'bad'
  const changes = [live.onward_change, live.failure_change, live.score_change]
  return changes.some((c) => c?.direction === 'worse') ? 'worse' : 'plain'
}
