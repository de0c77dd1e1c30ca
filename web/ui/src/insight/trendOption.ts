import type { EChartsCoreOption } from 'echarts/core'
import { lineColour, lineDash, themeColour, typeface } from './colour'

export interface Line {
  name: string
  /** Null where there is no value. */
  values: (number | null)[]
  /** Which line this one stands beside: it has its colour, fainter and dotted. */
  beside?: number
}

export interface TrendExtras {
  /** Top of the axis at least, where values have a natural end. */
  most?: number
  /** From this interval on the values may still change; -1 for none. */
  openFrom?: number
  /** What the tip says of a value instead of the figure alone. */
  tip?: (line: number, at: number) => string
}

/** Lines over time; each with a mark, a dash and a colour of its own. */
export function trendOption(times: string[], lines: Line[], figure: (n: number) => string, extras: TrendExtras = {}): EChartsCoreOption {
  const marks = ['circle', 'rect', 'triangle', 'diamond'] as const
  const quiet = themeColour('ink-2')
  const open = extras.openFrom ?? -1
  const tip = extras.tip
  return {
    grid: { left: 8, right: 16, top: 16, bottom: lines.length > 1 ? 48 : 8, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    tooltip: {
      trigger: 'axis',
      confine: true,
      backgroundColor: themeColour('surface'),
      borderColor: themeColour('line-strong'),
      textStyle: { color: themeColour('ink'), fontSize: 12 },
      ...(tip
        ? { formatter: (all: { seriesIndex: number; dataIndex: number; seriesName: string; axisValueLabel: string }[]) => tipElement(all, tip) }
        : { valueFormatter: (v: unknown) => (typeof v === 'number' ? figure(v) : '–') }),
    },
    legend: lines.length > 1 ? { type: 'scroll', bottom: 0, left: 0, textStyle: { color: quiet, fontFamily: typeface }, pageTextStyle: { color: quiet }, pageIconColor: quiet } : undefined,
    xAxis: {
      type: 'category',
      data: times,
      boundaryGap: false,
      axisLabel: { color: quiet, hideOverlap: true, fontFamily: typeface },
      axisLine: { lineStyle: { color: themeColour('line-strong') } },
      axisTick: { show: false },
    },
    yAxis: {
      type: 'value',
      max: extras.most === undefined ? undefined : (range: { max: number }) => (range.max > (extras.most ?? 1) / 2 ? extras.most : undefined),
      minInterval: extras.most === undefined && lines.every((l) => l.values.every((v) => v === null || Number.isInteger(v))) ? 1 : undefined,
      axisLabel: { color: quiet, fontFamily: typeface, formatter: figure },
      splitLine: { lineStyle: { color: themeColour('line') } },
    },
    series: lines.map((line, i) => {
      const own = line.beside ?? i
      return {
        type: 'line',
        name: line.name,
        data: line.values,
        symbol: marks[own % marks.length],
        symbolSize: line.beside === undefined ? 6 : 4,
        // a value that stands alone between gaps would not be seen without its mark
        showSymbol: times.length <= 40 || line.values.some((v, k) => v !== null && (line.values[k - 1] ?? null) === null && (line.values[k + 1] ?? null) === null),
        lineStyle: { width: line.beside === undefined ? 2 : 1.5, type: line.beside === undefined ? lineDash(own) : 'dotted', color: lineColour(own), opacity: line.beside === undefined ? 1 : 0.7 },
        itemStyle: { color: lineColour(own), opacity: line.beside === undefined ? 1 : 0.7 },
        emphasis: { focus: lines.length > 1 ? 'series' : 'none' },
        markArea: i === 0 && open >= 0 ? { silent: true, itemStyle: { color: themeColour('sunken'), opacity: 0.7 }, data: [[{ xAxis: Math.max(0, open - 1) }, { xAxis: times.length - 1 }]] } : undefined,
      }
    }),
  }
}

function tipElement(all: { seriesIndex: number; dataIndex: number; seriesName: string; axisValueLabel: string }[], tip: (line: number, at: number) => string): HTMLElement {
  const box = document.createElement('div')
  const add = (text: string, bold: boolean): void => {
    const row = document.createElement(bold ? 'b' : 'div')
    row.textContent = text
    row.style.display = 'block'
    box.append(row)
  }
  add(all[0]?.axisValueLabel ?? '', true)
  for (const p of all) add(`${p.seriesName}: ${tip(p.seriesIndex, p.dataIndex)}`, false)
  return box
}
