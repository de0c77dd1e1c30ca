import { expect, it } from 'vitest'
import { flow } from './sankey'
import type { PathsAnswer } from './types'

const answer = {
  nodes: [
    { id: '1:A', step: 1, name: 'A', count: 10, dropoff: 3 },
    { id: '1/other', step: 1, name: 'other', other: true, count: 5, dropoff: 5 },
    { id: '2:B', step: 2, name: 'B', count: 7, dropoff: 7 },
  ],
  edges: [{ source: '1:A', target: '2:B', count: 7, median_seconds: 60 }],
  paths: 15,
} as PathsAnswer

it('adds up: what leaves every node but the last ones is what came to it', () => {
  const { nodes, links } = flow(answer)
  for (const n of nodes.filter((x) => x.step === 1)) {
    expect(links.filter((l) => l.source === n.id).reduce((sum, l) => sum + l.value, 0)).toBe(n.count)
  }
  expect(nodes.find((n) => n.ended)).toMatchObject({ step: 2, count: 8 })
})

it('shows no end after the last step, where paths are only cut', () => {
  expect(flow(answer).nodes.filter((n) => n.ended)).toHaveLength(1)
})
