import type { EChartsCoreOption } from 'echarts/core'
import { lineColour, lineDash, themeColour, typeface } from './colour'

export interface Line {
  name: string
  values: number[]
}

/** Lines over time; each with a mark, a dash and a colour of its own. */
export function trendOption(times: string[], lines: Line[], figure: (n: number) => string): EChartsCoreOption {
  const marks = ['circle', 'rect', 'triangle', 'diamond'] as const
  const quiet = themeColour('ink-2')
  return {
    grid: { left: 8, right: 16, top: 16, bottom: lines.length > 1 ? 48 : 8, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    tooltip: {
      trigger: 'axis',
      confine: true,
      backgroundColor: themeColour('surface'),
      borderColor: themeColour('line-strong'),
      textStyle: { color: themeColour('ink'), fontSize: 12 },
      valueFormatter: (v: unknown) => figure(Number(v)),
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
      minInterval: lines.every((l) => l.values.every(Number.isInteger)) ? 1 : undefined,
      axisLabel: { color: quiet, fontFamily: typeface, formatter: figure },
      splitLine: { lineStyle: { color: themeColour('line') } },
    },
    series: lines.map((line, i) => ({
      type: 'line',
      name: line.name,
      data: line.values,
      symbol: marks[i % marks.length],
      symbolSize: 6,
      showSymbol: times.length <= 40,
      lineStyle: { width: 2, type: lineDash(i), color: lineColour(i) },
      itemStyle: { color: lineColour(i) },
      emphasis: { focus: lines.length > 1 ? 'series' : 'none' },
    })),
  }
}
