import type { Format } from '../ui/format'
import { type FlowNode, flow } from './sankey'
import type { Cell, Compared, PathsAnswer, Sheet } from './types'

export interface PathsWords {
  head: Record<'step' | 'from' | 'to' | 'count' | 'median' | 'difference', string>
  name: (n: FlowNode) => string
  difference: (c: Compared) => string
}

/** One line a move, those that ended too; with two groups the counts of both and how far they lie apart. */
export function pathsSheet(data: PathsAnswer, f: Format, w: PathsWords): Sheet {
  const { nodes, links } = flow(data)
  const byID = new Map(nodes.map((n) => [n.id, n]))
  const h = w.head
  const groups = data.compared
  return {
    head: groups
      ? [h.step, h.from, h.to, `A: ${groups.a.name}`, `B: ${groups.b.name}`, h.difference]
      : [h.step, h.from, h.to, h.count, h.median],
    rows: links
      .map((l) => ({ l, a: byID.get(l.source), b: byID.get(l.target) }))
      .sort((x, y) => (x.a?.step ?? 0) - (y.a?.step ?? 0) || y.l.value - x.l.value)
      .map(({ l, a, b }): Cell[] => {
        const place: Cell[] = [
          { value: a?.step ?? 0, text: String(a?.step ?? '') },
          { value: a ? w.name(a) : '', text: a ? w.name(a) : '' },
          { value: b ? w.name(b) : '', text: b ? w.name(b) : '' },
        ]
        const c = l.compared
        if (groups && c) {
          return [
            ...place,
            { value: c.a, text: `${f.count(c.a)} · ${f.share(c.share_a)}` },
            { value: c.b, text: `${f.count(c.b)} · ${f.share(c.share_b)}` },
            { value: c.difference?.value ?? null, text: w.difference(c) },
          ]
        }
        return [
          ...place,
          { value: l.value, text: `${f.count(l.value)}${a ? ` · ${f.share(l.value / a.count)}` : ''}` },
          { value: l.median ?? null, text: l.median === undefined ? '–' : f.span(l.median) },
        ]
      }),
  }
}
