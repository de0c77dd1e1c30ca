import { Loader } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Suspense, lazy, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../ui/useFormat'
import { chosen, nameOf, readTrend, readyTrend } from './body'
import { allPlaced } from './faults'
import { Frame } from './Frame'
import type { QuestionProps } from './kinds'
import { trendQuery } from './queries'
import { type Body } from './search'
import { TrendEditor } from './TrendEditor'
import { trendOption } from './trendOption'
import type { Sheet, TrendQuestion } from './types'
import { useDraft } from './useDraft'

const Chart = lazy(() => import('./Chart'))

/** How often something happens over time. */
export function TrendPage({ search, onQuery }: QuestionProps) {
  const { t } = useTranslation('insight')
  const f = useFormat()
  const drawing = useRef<(() => string) | null>(null)
  const { draft, settled, edit } = useDraft<TrendQuestion>(readTrend(search.query), (next) => { onQuery(next as unknown as Body) })
  const { body, from } = readyTrend(settled)
  const { last, from: first, to } = search
  const answer = useQuery(trendQuery(body, { last, from: first, to }))
  const data = body ? answer.data : undefined
  const interval = settled.interval ?? 'day'

  const named = draft.series.filter(chosen)
  const sentence = named.length === 0 ? t('ask.trendNone') : t('ask.trend', { what: named.map(nameOf).join(', '), interval: t(`trend.each.${draft.interval ?? 'day'}`) })

  const shown = useMemo(() => {
    if (!data) return undefined
    const part = new Intl.DateTimeFormat(f.language, interval === 'hour'
      ? { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', timeZone: 'UTC' }
      : interval === 'month' ? { month: 'short', year: 'numeric', timeZone: 'UTC' } : { day: 'numeric', month: 'short', timeZone: 'UTC' })
    const value = (v: string): string => (v === '' ? t('emptyValue') : v === 'other' ? t('other') : v)
    const lines = data.series.map((s) => ({ name: s.value === undefined ? s.name : data.series.some((x) => x.name !== s.name) ? `${s.name} · ${value(s.value)}` : value(s.value), values: s.values, total: s.total }))
    return { times: data.buckets.map((b) => part.format(new Date(b))), lines }
  }, [data, f.language, interval, t])
  const option = useMemo(() => () => (shown ? trendOption(shown.times, shown.lines, (n) => f.decimal(n)) : {}), [shown, f])

  const sheet: Sheet | undefined = shown && data
    ? {
        head: [t('col.time'), ...shown.lines.map((l) => l.name)],
        rows: [
          ...shown.times.map((time, i) => [{ value: data.buckets[i] ?? time, text: time }, ...shown.lines.map((l) => ({ value: l.values[i] ?? 0, text: f.decimal(l.values[i] ?? 0) }))]),
          [{ value: t('col.total'), text: t('col.total') }, ...shown.lines.map((l) => ({ value: l.total, text: f.decimal(l.total) }))],
        ],
      }
    : undefined
  const nothing = data?.series.every((s) => s.values.every((v) => v === 0))
  return (
    <Frame
      question="trend"
      sentence={sentence}
      body={draft as unknown as Body}
      onBody={(next) => { edit(readTrend(next)) }}
      editor={<TrendEditor value={draft} from={from} error={answer.error} onChange={edit} />}
      answer={{
        meta: data?.meta,
        busy: answer.isFetching,
        error: allPlaced(answer.error, ['series', 'interval', 'breakdown', 'filter']) ? null : answer.error,
        retry: () => void answer.refetch(),
        sheet,
        empty: !body ? t('funnel.noSteps') : nothing ? t('trend.none') : undefined,
        drawing: () => drawing.current?.(),
        chart: (
          <Suspense fallback={<Loader role="status" aria-label={t('loading', { ns: 'shell' })} />}>
            <Chart option={option} height={360} label={t('trend.chart')} drawingRef={drawing} />
          </Suspense>
        ),
      }}
    />
  )
}
