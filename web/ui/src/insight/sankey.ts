import type { EChartsCoreOption } from 'echarts/core'
import { themeColour, typeface } from './colour'
import type { Compared, PathsAnswer } from './types'

export interface FlowNode {
  id: string
  name: string
  step: number
  count: number
  /** Paths that ended after the step before. */
  ended?: boolean
  other?: boolean
  compared?: Compared
}
export interface FlowLink {
  source: string
  target: string
  value: number
  /** Absent where a path ended. */
  median?: number
  compared?: Compared
}

/** The answer as a flow that adds up: every step but the last gets a node for the paths that ended there. */
export function flow(answer: PathsAnswer): { nodes: FlowNode[]; links: FlowLink[] } {
  const last = Math.max(0, ...answer.nodes.map((n) => n.step))
  const nodes: FlowNode[] = answer.nodes.filter((n) => n.count > 0).map(({ id, name, step, count, other, compared }) => ({ id, name, step, count, other, compared }))
  const links: FlowLink[] = answer.edges.map((e) => ({ source: e.source, target: e.target, value: e.count, median: e.median_seconds, compared: e.compared }))
  for (let step = 1; step < last; step++) {
    const leaving = answer.nodes.filter((n) => n.step === step && n.dropoff > 0)
    const count = leaving.reduce((sum, n) => sum + n.dropoff, 0)
    if (count === 0) continue
    const id = `${String(step + 1)}/ended`
    nodes.push({ id, name: '', step: step + 1, count, ended: true })
    for (const n of leaving) links.push({ source: n.id, target: id, value: n.dropoff, compared: n.ended })
  }
  return { nodes, links }
}

export interface Words {
  name: (node: FlowNode) => string
  count: (n: number) => string
  /** The lines of a node's tip below its name and count. */
  node: (node: FlowNode) => string[]
  /** The lines of a link's tip. */
  link: (link: FlowLink, from: FlowNode, to: FlowNode) => string[]
}

function element(lines: string[]): HTMLElement {
  const box = document.createElement('div')
  lines.forEach((line, i) => {
    const row = document.createElement(i === 0 ? 'b' : 'div')
    row.textContent = line
    row.style.display = 'block'
    box.append(row)
  })
  return box
}

/** A move that one of two groups clearly makes more often has that group's colour; without groups, an end is faint. */
function lineStyle(l: FlowLink, ended: boolean): { color: string; opacity: number } | undefined {
  if (l.compared) {
    const d = l.compared.difference
    if (!d?.clear) return { color: themeColour('line-strong'), opacity: 0.35 }
    return { color: themeColour(d.value > 0 ? 'accent' : 'obs'), opacity: 0.45 }
  }
  return ended ? { color: themeColour('bad'), opacity: 0.12 } : undefined
}

export function sankeyOption(answer: PathsAnswer, words: Words): EChartsCoreOption {
  const { nodes, links } = flow(answer)
  const byID = new Map(nodes.map((n) => [n.id, n]))
  const colour = (n: FlowNode): string => themeColour(n.ended ? 'bad' : n.other ? 'line-strong' : 'accent')
  return {
    tooltip: {
      trigger: 'item',
      confine: true,
      backgroundColor: themeColour('surface'),
      borderColor: themeColour('line-strong'),
      textStyle: { color: themeColour('ink'), fontSize: 12 },
      formatter: (p: { dataType?: string; data: unknown }) => {
        if (p.dataType === 'edge') {
          const link = p.data as FlowLink
          const from = byID.get(link.source)
          const to = byID.get(link.target)
          return from && to ? element(words.link(link, from, to)) : ''
        }
        const node = byID.get((p.data as { name: string }).name)
        return node ? element([words.name(node), words.count(node.count), ...words.node(node)]) : ''
      },
    },
    series: [
      {
        type: 'sankey',
        left: 4,
        right: 140,
        top: 8,
        bottom: 8,
        nodeWidth: 10,
        nodeGap: 16,
        layoutIterations: 24,
        draggable: false,
        emphasis: { focus: 'adjacency' },
        lineStyle: { color: 'source', opacity: 0.22, curveness: 0.5 },
        data: nodes.map((n) => ({
          name: n.id,
          value: n.count,
          depth: n.step - 1,
          itemStyle: { color: colour(n), borderWidth: 0, decal: n.ended ? { symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [2, 3], rotation: 0.8 } : undefined },
          label: {
            formatter: `${words.count(n.count)}  ${words.name(n).replaceAll('{', '(').replaceAll('}', ')')}`,
          },
        })),
        links: links.map((l) => ({ ...l, lineStyle: lineStyle(l, byID.get(l.target)?.ended ?? false) })),
        labelLayout: { hideOverlap: true },
        label: { position: 'right', width: 134, overflow: 'truncate', color: themeColour('ink'), fontSize: 12, fontFamily: typeface, textBorderColor: themeColour('surface'), textBorderWidth: 3 },
      },
    ],
  }
}
