import { describe, expect, it } from 'vitest'
import type { Change, Fact, Journey, LiveTouchpoint, Touchpoint } from '../api/types'
import { moodOf } from './mood'
import { makePlan, words } from './plan'

const journey: Journey = {
  apiVersion: 'wend/v1',
  kind: 'Journey',
  metadata: { id: 'j' },
  spec: {
    stages: [
      { id: 'find', steps: [{ id: 'search', touchpoints: ['ad', 'site'] }] },
      { id: 'buy-it', title: 'Buy', steps: [{ id: 'pay', title: 'Pay up', touchpoints: ['till', 'site'] }] },
    ],
  },
}
const touchpoint = (id: string, channel?: string): Touchpoint => ({
  apiVersion: 'wend/v1', kind: 'Touchpoint', metadata: { id, title: id.toUpperCase() }, spec: { channel },
})

describe('makePlan', () => {
  const plan = makePlan(journey, [touchpoint('ad', 'Ads'), touchpoint('till')], undefined, 'Other')

  it('places a touchpoint once, where it stands first', () => {
    expect(plan.boxes.map((b) => [b.id, b.stage])).toEqual([['ad', 'find'], ['site', 'find'], ['till', 'buy-it']])
  })
  it('orders lanes by their first box and gathers those without a channel', () => {
    expect(plan.lanes).toEqual(['Ads', 'Other'])
  })
  it('names what has no title by its id, also when the library lacks it', () => {
    expect(plan.stages.map((s) => s.title)).toEqual(['Find', 'Buy'])
    expect(plan.boxes.map((b) => [b.title, b.stepTitle])).toEqual([['AD', 'Search'], ['Site', 'Search'], ['TILL', 'Pay up']])
    expect(words('compare-step')).toBe('Compare step')
  })
})

describe('moodOf', () => {
  const change = (direction: Change['direction']): Change => ({ before: 0, now: 0, value: 0, low: null, high: null, direction })
  const live = (over: Partial<LiveTouchpoint>): LiveTouchpoint =>
    ({ id: 'till', observable: true, silent: false, onward_change: null, failure_change: null, score_change: null, ...over }) as LiveTouchpoint
  const fact = (kind: Fact['kind'], id: string): Fact => ({ kind, touchpoint: id, text: '', figures: [], question: 'trend', query: {} })

  it.each([
    ['plain', live({}), []],
    ['dark', live({ observable: false, silent: true }), []],
    ['silent', live({ silent: true }), [fact('silent', 'till')]],
    ['bad', live({ onward_change: change('worse') }), [fact('failures', 'till')]],
    ['worse', live({ score_change: change('worse') }), [fact('failures', 'other')]],
    ['plain', live({ onward_change: change('no_change') }), [fact('silent', 'till')]],
  ] as const)('is %s', (want, point, facts) => {
    expect(moodOf(point, [...facts])).toBe(want)
  })
})
