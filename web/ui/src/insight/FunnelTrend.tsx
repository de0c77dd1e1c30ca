import { Loader } from '@mantine/core'
import { type RefObject, Suspense, lazy, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../ui/useFormat'
import { intervalText } from './period'
import type { Interval } from './PeriodFields'
import { trendOption } from './trendOption'
import type { FunnelAnswer, FunnelPoint } from './types'

const Chart = lazy(() => import('./Chart'))

interface Props {
  data: FunnelAnswer
  interval: Interval
  title: (value: string) => string
  drawingRef: RefObject<(() => string) | null>
}

/** The share that came through, by when they began. What may still change is dashed. */
export function FunnelTrend({ data, interval, title, drawingRef }: Props) {
  const { t } = useTranslation('insight')
  const f = useFormat()
  const option = useMemo(() => () => {
    const all = data.trend ?? []
    const write = intervalText(f.language, interval)
    const lines: { name: string; points: FunnelPoint[] }[] = data.series && data.series.length > 0
      ? data.series.map((s) => ({ name: s.other ? t('other') : title(s.value), points: s.trend ?? [] }))
      : [{ name: t('more.over.line'), points: all }]
    return trendOption(all.map((p) => write(p.start)), lines.map((l) => ({ name: l.name, values: l.points.map((p) => p.conversion) })), f.share, {
      most: 1,
      openFrom: all.findIndex((p) => p.open),
      tip: (line, i) => {
        const p = lines[line]?.points[i]
        if (!p) return ''
        const counts = t('more.over.counts', { n: f.count(p.counts.at(-1) ?? 0), of: f.count(p.counts[0] ?? 0) })
        return `${p.conversion === null ? '–' : f.share(p.conversion)} · ${counts}${p.open ? ` · ${t('more.over.open')}` : ''}`
      },
    })
  }, [data, f, interval, t, title])
  return (
    <>
      <Suspense fallback={<Loader role="status" aria-label={t('loading', { ns: 'shell' })} />}>
        <Chart option={option} height={360} label={t('more.over.chart')} drawingRef={drawingRef} />
      </Suspense>
      {data.trend?.some((p) => p.open) ? <p className="wd-quiet" style={{ fontSize: 12 }}>{t('more.over.shaded')}</p> : null}
    </>
  )
}
