import type { EChartsCoreOption } from 'echarts/core'
import { themeColour, typeface } from './colour'

export interface Bar {
  from: number
  to: number
  count: number
}

/** A histogram of times: a bar for each span, from the shortest time seen to the longest. */
export function timesOption(bars: Bar[], span: (seconds: number) => string, count: (n: number) => string): EChartsCoreOption {
  const quiet = themeColour('ink-2')
  return {
    grid: { left: 8, right: 16, top: 24, bottom: 8, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    tooltip: {
      trigger: 'item',
      confine: true,
      backgroundColor: themeColour('surface'),
      borderColor: themeColour('line-strong'),
      textStyle: { color: themeColour('ink'), fontSize: 12 },
      valueFormatter: (v: unknown) => count(Number(v)),
    },
    xAxis: {
      type: 'category',
      data: bars.map((b) => `${span(b.from)} – ${span(b.to)}`),
      axisLabel: { color: quiet, hideOverlap: true, fontFamily: typeface, formatter: (_: string, i: number) => span(bars[i]?.from ?? 0) },
      axisLine: { lineStyle: { color: themeColour('line-strong') } },
      axisTick: { show: false },
    },
    yAxis: { type: 'value', minInterval: 1, axisLabel: { color: quiet, fontFamily: typeface, formatter: count }, splitLine: { lineStyle: { color: themeColour('line') } } },
    series: [
      {
        type: 'bar',
        barCategoryGap: '8%',
        data: bars.map((b) => b.count),
        itemStyle: { color: themeColour('accent'), borderRadius: [3, 3, 0, 0] },
        label: { show: true, position: 'top', color: quiet, fontFamily: typeface, fontSize: 11, formatter: (p: { value: unknown }) => (Number(p.value) > 0 ? count(Number(p.value)) : '') },
      },
    ],
  }
}
