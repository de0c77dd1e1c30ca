import { useComputedColorScheme } from '@mantine/core'
import type { EChartsCoreOption } from 'echarts/core'
import { BarChart, LineChart, SankeyChart } from 'echarts/charts'
import { AriaComponent, GridComponent, LegendComponent, MarkAreaComponent, TooltipComponent } from 'echarts/components'
import { init, use as register } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { type RefObject, useEffect, useRef } from 'react'

// Only what the rooms draw; this module is a chunk of its own.
register([BarChart, LineChart, SankeyChart, AriaComponent, GridComponent, LegendComponent, MarkAreaComponent, TooltipComponent, SVGRenderer])

interface Props {
  /** Made anew when the colours change. */
  option: () => EChartsCoreOption
  height: number
  minWidth?: number
  label: string
  /** Filled with how to get the drawing as SVG text. */
  drawingRef: RefObject<(() => string) | null>
}

/** One ECharts drawing that follows its place's width and the theme. */
export default function Chart({ option, height, minWidth = 0, label, drawingRef }: Props) {
  const place = useRef<HTMLDivElement>(null)
  const scheme = useComputedColorScheme('light')
  useEffect(() => {
    if (!place.current) return
    const chart = init(place.current, null, { renderer: 'svg' })
    const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches
    chart.setOption({ animation: !still, ...option() })
    const watch = new ResizeObserver(() => { chart.resize() })
    watch.observe(place.current)
    drawingRef.current = () => chart.renderToSVGString()
    return () => {
      watch.disconnect()
      chart.dispose()
      drawingRef.current = null
    }
  }, [option, scheme, height, drawingRef])
  return (
    <div style={{ overflowX: 'auto' }} tabIndex={minWidth > 0 ? 0 : undefined} role="region" aria-label={label}>
      <div ref={place} role="img" aria-label={label} style={{ height, minWidth }} />
    </div>
  )
}
