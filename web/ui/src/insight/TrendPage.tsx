import { Loader } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Suspense, lazy, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../ui/useFormat'
import { chosen, nameOf, readTrend, readyTrend } from './body'
import { allPlaced } from './faults'
import { Frame } from './Frame'
import type { QuestionProps } from './kinds'
import { type Measure, measureKey, measures } from './measures'
import { intervalText } from './period'
import { trendQuery } from './queries'
import { type Body } from './search'
import { TrendEditor } from './TrendEditor'
import { type Line, trendOption } from './trendOption'
import { type TrendWords, lineNames, trendSheet } from './trendSheet'
import type { TrendQuestion } from './types'
import { useDraft } from './useDraft'
import classes from './Insight.module.css'

const Chart = lazy(() => import('./Chart'))
const fields = ['series', 'interval', 'time_zone', 'week_start', 'breakdown', 'filter', 'formula', 'compare']

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
  const asked = (body?.series ?? []).map((s) => s.measure ?? 'count').join(' ') // a text, so that equal ones are the same

  const named = draft.series.filter(chosen)
  const label = (name: string, measure: Measure = 'count'): string => (measure === 'count' ? name : `${name} (${t(measureKey(measure))})`)
  const what = draft.formula
    ? draft.formula.replaceAll(/[A-Za-z]/g, (letter) => { const s = named[letter.toUpperCase().charCodeAt(0) - 65]; return s ? nameOf(s) : letter })
    : named.map((s) => label(nameOf(s), s.measure)).join(', ')
  const sentence = named.length === 0 ? t('ask.trendNone') : t('ask.trend', { what, interval: t(`trend.each.${draft.interval ?? 'day'}`) })

  const words = useMemo((): TrendWords => ({
    time: t('col.time'),
    total: t('col.total'),
    change: t('more.before.change'),
    before: (line) => t('more.before.line', { line }),
    series: (name, letter) => {
      const measure = measures.find((m) => m === asked.split(' ')[letter.charCodeAt(0) - 65]) ?? 'count'
      return measure === 'count' ? name : `${name} (${t(measureKey(measure))})`
    },
    value: (v, other) => (other ? t('other') : v === '' ? t('emptyValue') : v),
    figure: (n) => f.decimal(n, Math.abs(n) < 1 ? 3 : Math.abs(n) < 100 ? 2 : 1),
    changed: f.change,
  }), [f, t, asked])
  const shown = useMemo(() => {
    if (!data) return undefined
    const names = lineNames(data, words)
    // A formula stands for the lines that it is made of; the table has them all.
    const own = data.series.map((s, i) => ({ ...s, name: names[i] ?? s.name })).filter((s) => !settled.formula || !s.letter)
    const lines: Line[] = own.map((s) => ({ name: s.name, values: s.values }))
    own.forEach((s, i) => { if (s.previous) lines.push({ name: words.before(s.name), values: s.previous.values, beside: i }) })
    return { times: data.buckets.map(intervalText(f.language, interval)), lines, own }
  }, [data, words, settled.formula, f.language, interval])
  const option = useMemo(() => () => (shown ? trendOption(shown.times, shown.lines, words.figure) : {}), [shown, words])
  const nothing = data?.series.every((s) => [...s.values, ...(s.previous?.values ?? [])].every((v) => v === 0 || v === null))
  const figure = (n: number | null): string => (n === null ? '–' : words.figure(n))
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
        error: allPlaced(answer.error, fields) ? null : answer.error,
        retry: () => void answer.refetch(),
        sheet: data && shown && trendSheet(data, shown.times, words),
        empty: !body ? t('funnel.noSteps') : nothing ? t('trend.none') : undefined,
        drawing: () => drawing.current?.(),
        chart: (
          <>
            <Suspense fallback={<Loader role="status" aria-label={t('loading', { ns: 'shell' })} />}>
              <Chart option={option} height={360} label={t('trend.chart')} drawingRef={drawing} />
            </Suspense>
            {data?.previous ? (
              <ul className={classes.totals}>
                {shown?.own.map((s) => (
                  <li key={s.name}>
                    <b>{s.name}</b>
                    <span className="wd-num">
                      {s.previous
                        ? t('more.before.totals', { now: figure(s.total), before: figure(s.previous.total), change: s.previous.change === null ? '–' : f.change(s.previous.change) })
                        : figure(s.total)}
                    </span>
                  </li>
                ))}
              </ul>
            ) : null}
          </>
        ),
      }}
    />
  )
}
