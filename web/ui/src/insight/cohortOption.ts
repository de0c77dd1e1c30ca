import type { EChartsCoreOption } from 'echarts/core'
import type { Rate } from './cohortBody'
import { lineColour, lineDash, themeColour, typeface } from './colour'

/** A tip of plain lines of text, the first in bold. */
export function tip(lines: string[]): HTMLElement {
  const box = document.createElement('div')
  lines.forEach((line, i) => {
    const row = document.createElement(i === 0 ? 'b' : 'div')
    row.textContent = line
    row.style.display = 'block'
    box.append(row)
  })
  return box
}

/** What all these drawings share: one category axis below, one of figures to the left. */
function frame(categories: string[], figure: (n: number) => string, names: string[], always = false): EChartsCoreOption {
  const quiet = themeColour('ink-2')
  const legend = always || names.length > 1
  return {
    grid: { left: 8, right: 16, top: 16, bottom: legend ? 48 : 8, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    legend: legend ? { type: 'scroll', bottom: 0, left: 0, data: names, textStyle: { color: quiet, fontFamily: typeface }, pageTextStyle: { color: quiet }, pageIconColor: quiet } : undefined,
    xAxis: {
      type: 'category',
      data: categories,
      axisLabel: { color: quiet, hideOverlap: true, showMaxLabel: true, fontFamily: typeface },
      axisLine: { onZero: true, lineStyle: { color: themeColour('line-strong') } },
      axisTick: { show: false },
    },
    yAxis: { type: 'value', axisLabel: { color: quiet, fontFamily: typeface, formatter: figure }, splitLine: { lineStyle: { color: themeColour('line') } } },
  }
}

function tooltip(lines: (at: number) => string[]): EChartsCoreOption {
  return {
    trigger: 'axis',
    axisPointer: { type: 'shadow' },
    confine: true,
    backgroundColor: themeColour('surface'),
    borderColor: themeColour('line-strong'),
    textStyle: { color: themeColour('ink'), fontSize: 12 },
    formatter: (params: { dataIndex: number }[]) => tip(lines(params[0]?.dataIndex ?? 0)),
  }
}

export interface Curve {
  name: string
  rates: Rate[]
}

/** How many came back by how much later; one curve alone has its interval as a band. */
export function curveOption(categories: string[], curves: Curve[], split: boolean, share: (n: number) => string, lines: (at: number) => string[]): EChartsCoreOption {
  const marks = ['circle', 'rect', 'triangle', 'diamond'] as const
  const alone = curves.length === 1 ? curves[0] : undefined
  const bound = { type: 'line', stack: 'interval', symbol: 'none', silent: true, lineStyle: { opacity: 0 }, animation: false } as const
  const band = alone
    ? [
        { ...bound, data: alone.rates.map((r) => r.low) },
        { ...bound, data: alone.rates.map((r) => r.high - r.low), areaStyle: { color: themeColour('accent'), opacity: 0.15 } },
      ]
    : []
  return {
    ...frame(categories, share, curves.map((c) => c.name), split),
    tooltip: tooltip(lines),
    series: [
      ...band,
      ...curves.map((c, i) => ({
        type: 'line',
        name: c.name,
        data: c.rates.map((r) => r.rate),
        symbol: marks[i % marks.length],
        symbolSize: 7,
        showSymbol: categories.length <= 40,
        lineStyle: { width: 2, type: lineDash(i), color: lineColour(i) },
        itemStyle: { color: lineColour(i) },
      })),
    ],
  }
}

export interface Stack {
  name: string
  /** A colour of the theme. */
  colour: string
  /** Below zero for what is lost. */
  values: number[]
}

/** Bars on top of each other, losses below zero. Each has a pattern of its own besides its colour; what may still change is pale. */
export function stackOption(categories: string[], stacks: Stack[], open: (at: number) => boolean, figure: (n: number) => string, lines: (at: number) => string[]): EChartsCoreOption {
  const ink = 'rgba(255, 255, 255, 0.45)'
  return {
    ...frame(categories, (n) => figure(Math.abs(n)), stacks.map((s) => s.name)),
    aria: {
      enabled: true,
      label: { enabled: false },
      decal: {
        show: true,
        decals: [
          { symbol: 'none' },
          { color: ink, dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: -Math.PI / 4 },
          { color: ink, symbol: 'circle', dashArrayX: [[6, 6], [0, 6, 6, 0]], dashArrayY: [6, 0], symbolSize: 0.6 },
          { color: ink, dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: Math.PI / 4 },
        ],
      },
    },
    tooltip: tooltip(lines),
    series: stacks.map((s) => ({
      type: 'bar',
      name: s.name,
      stack: 'all',
      barMaxWidth: 48,
      itemStyle: { color: themeColour(s.colour) },
      data: s.values.map((value, i) => (open(i) ? { value, itemStyle: { opacity: 0.5 } } : value)),
    })),
  }
}

/** Bars beside each other, one group a category. */
export function barOption(categories: string[], bars: { name: string; values: number[] }[], figure: (n: number) => string, lines: (at: number) => string[]): EChartsCoreOption {
  return {
    ...frame(categories, figure, bars.map((b) => b.name)),
    tooltip: tooltip(lines),
    series: bars.map((b, i) => ({ type: 'bar', name: b.name, data: b.values, barMaxWidth: 40, itemStyle: { color: lineColour(i), borderRadius: [3, 3, 0, 0] } })),
  }
}
