import type { Cell, Sheet, TrendAnswer } from './types'

export interface TrendWords {
  time: string
  total: string
  change: string
  before: (line: string) => string
  value: (breakdown: string, other?: boolean) => string
  /** A series' name with what is counted of it, where that is not its events. */
  series: (name: string, letter: string) => string
  figure: (n: number) => string
  changed: (n: number) => string
}

/** What each line is called: no more than it takes to tell it from the others. */
export function lineNames(data: TrendAnswer, w: Pick<TrendWords, 'value' | 'series'>): string[] {
  const split = data.series.some((s) => s.value !== undefined || s.other)
  const letters = new Set(data.series.map((s) => s.letter))
  return data.series.map((s) => {
    const own = s.letter ? w.series(s.name, s.letter) : s.name
    const several = letters.size > 1 && s.letter ? `${s.letter} · ${own}` : own
    if (!split) return several
    return letters.size > 1 ? `${several} · ${w.value(s.value ?? '', s.other)}` : w.value(s.value ?? '', s.other)
  })
}

/** One line an interval, and the totals; with the time before beside each. */
export function trendSheet(data: TrendAnswer, times: string[], w: TrendWords): Sheet {
  const names = lineNames(data, w)
  const cell = (n: number | null | undefined): Cell => ({ value: n ?? null, text: n === null || n === undefined ? '–' : w.figure(n) })
  const beside = data.previous !== undefined
  const both = (now: number | null | undefined, before: number | null | undefined): Cell[] => (beside ? [cell(now), cell(before)] : [cell(now)])
  const rows = times.map((time, i): Cell[] => [
    { value: data.buckets[i] ?? time, text: time },
    ...data.series.flatMap((s) => both(s.values[i], s.previous?.values[i])),
  ])
  rows.push([{ value: w.total, text: w.total }, ...data.series.flatMap((s) => both(s.total, s.previous?.total))])
  if (beside) {
    rows.push([
      { value: w.change, text: w.change },
      ...data.series.flatMap((s): Cell[] => {
        const n = s.previous?.change ?? null
        return [{ value: n, text: n === null ? '–' : w.changed(n) }, { value: null, text: '' }]
      }),
    ])
  }
  return { head: [w.time, ...names.flatMap((n) => (beside ? [n, w.before(n)] : [n]))], rows }
}
