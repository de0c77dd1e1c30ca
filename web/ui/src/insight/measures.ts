/** What can be counted of a line. */
export const measures = ['count', 'actors', 'sum', 'mean', 'min', 'max', 'p50', 'p90', 'p95', 'p99'] as const
export type Measure = (typeof measures)[number]

const keys = {
  count: 'trend.by.count',
  actors: 'trend.by.actors',
  sum: 'trend.by.sum',
  mean: 'trend.by.mean',
  min: 'more.measure.min',
  max: 'more.measure.max',
  p50: 'more.measure.p50',
  p90: 'more.measure.p90',
  p95: 'more.measure.p95',
  p99: 'more.measure.p99',
} as const

/** The key of a measure's name. */
export function measureKey(m: Measure): (typeof keys)[Measure] {
  return keys[m]
}
