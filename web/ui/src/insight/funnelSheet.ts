import type { Format } from '../ui/format'
import type { Cell, FunnelAnswer, FunnelCount, Sheet } from './types'

/** The heads of the tables, and what is written for values that have no words of their own. */
export interface SheetWords {
  head: Record<'series' | 'step' | 'name' | 'count' | 'first' | 'previous' | 'median' | 'mean' | 'from' | 'to' | 'time' | 'rate', string>
  all: string
  overall: string
  open: string
  title: (value: string, other?: boolean) => string
}

const text = (value: string): Cell => ({ value, text: value })
const withoutSeries = (sheet: Sheet): Sheet => ({ head: sheet.head.slice(1), rows: sheet.rows.map((r) => r.slice(1)) })

/** The whole and each series, by name. */
function parts(data: FunnelAnswer, w: SheetWords) {
  return [{ name: w.all, ...data }, ...(data.series ?? []).map((s) => ({ name: w.title(s.value, s.other), ...s }))]
}

/** One line a step. */
export function stepsSheet(data: FunnelAnswer, f: Format, w: SheetWords): Sheet {
  const h = w.head
  const share = (n: number): Cell => ({ value: n, text: f.share(n) })
  const time = (n: number | null): Cell => ({ value: n, text: n === null ? '–' : f.span(n) })
  const row = (series: string, step: FunnelCount, i: number): Cell[] => [
    text(series),
    { value: i + 1, text: String(i + 1) },
    text(step.name),
    { value: step.count, text: f.count(step.count) },
    share(step.from_first),
    share(step.from_previous),
    time(step.median_seconds),
    time(step.mean_seconds),
  ]
  const sheet = {
    head: [h.series, h.step, h.name, h.count, h.first, h.previous, h.median, h.mean],
    rows: parts(data, w).flatMap((p) => p.steps.map((s, i) => row(p.name, s, i))),
  }
  return data.series?.length ? sheet : withoutSeries(sheet)
}

/** One line a bar of each histogram. */
export function timesSheet(data: FunnelAnswer, f: Format, w: SheetWords): Sheet {
  const h = w.head
  const span = (n: number): Cell => ({ value: n, text: f.span(n) })
  const sheet = {
    head: [h.series, h.step, h.from, h.to, h.count],
    rows: parts(data, w).flatMap((p) =>
      [
        ...p.steps.slice(1).map((s, i) => ({ name: `${String(i + 2)}. ${s.name}`, bars: s.times ?? [] })),
        { name: w.overall, bars: p.overall?.times ?? [] },
      ].flatMap(({ name, bars }) => bars.map((b) => [text(p.name), text(name), span(b.from), span(b.to), { value: b.count, text: f.count(b.count) }])),
    ),
  }
  return data.series?.length ? sheet : withoutSeries(sheet)
}

/** One line an interval. */
export function overSheet(data: FunnelAnswer, f: Format, w: SheetWords, write: (start: string) => string): Sheet {
  const h = w.head
  const sheet = {
    head: [h.series, h.time, ...data.steps.map((s, i) => `${String(i + 1)}. ${s.name}`), h.rate],
    rows: parts(data, w).flatMap((p) =>
      (p.trend ?? []).map((x): Cell[] => [
        text(p.name),
        { value: x.start, text: write(x.start) },
        ...x.counts.map((n) => ({ value: n, text: f.count(n) })),
        { value: x.conversion, text: `${x.conversion === null ? '–' : f.share(x.conversion)}${x.open ? ` (${w.open})` : ''}` },
      ]),
    ),
  }
  return data.series?.length ? sheet : withoutSeries(sheet)
}
