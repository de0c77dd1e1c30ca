import { Loader } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Suspense, lazy, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../ui/useFormat'
import { chosen, nameOf } from './body'
import { type Rate, type RetentionPoint, type RetentionQuestion, readRetention, readyRetention, startFormat, suggestRetention } from './cohortBody'
import { curveOption } from './cohortOption'
import { retentionQuery } from './cohortQueries'
import { allPlaced } from './faults'
import { Frame } from './Frame'
import type { QuestionProps } from './kinds'
import { catalogueQuery } from './queries'
import { RetentionEditor } from './RetentionEditor'
import { RetentionGrid } from './RetentionGrid'
import { type Body } from './search'
import { SheetTable } from './SheetTable'
import type { Cell, Sheet } from './types'
import { useDraft } from './useDraft'
import classes from './Retention.module.css'

const Chart = lazy(() => import('./Chart'))

/** Who comes back, and when. */
export function RetentionPage({ search, onQuery }: QuestionProps) {
  const { t } = useTranslation('insight')
  const f = useFormat()
  const drawing = useRef<(() => string) | null>(null)
  const catalogue = useQuery(catalogueQuery())
  const seen = (catalogue.data?.events ?? []).filter((e) => e.kind === 'track' || e.kind === 'page' || e.kind === 'screen').map((e) => e.name)
  const { draft, settled, edit } = useDraft<RetentionQuestion>(readRetention(search.query ?? suggestRetention(seen)), (next) => { onQuery(next as unknown as Body) })
  const body = readyRetention(settled)
  const { last, from, to } = search
  const answer = useQuery(retentionQuery(body, { last, from, to }))
  const data = body ? answer.data : undefined
  const interval = settled.period ?? 'week'
  const start = startFormat(f.language, interval)

  const names = {
    who: t(`who.${draft.actor ?? 'profile'}`),
    start: nameOf(draft.start),
    back: draft.return && chosen(draft.return) ? nameOf(draft.return) : '',
    interval: t(`cohort.each.${draft.period ?? 'week'}`),
  }
  const kind = draft.type === 'first_time' ? 'first' : 'each'
  const sentence = !chosen(draft.start) ? t('cohort.ask.retentionNone') : names.back ? t(`cohort.ask.${kind}To`, names) : t(`cohort.ask.${kind}`, names)

  const lines = useMemo(() => {
    const value = (s: { value: string; other?: boolean }): string => (s.other ? t('other') : s.value === '' ? t('emptyValue') : s.value)
    if (!data) return []
    return data.series ? data.series.map((s) => ({ name: value(s), size: s.size, points: s.average })) : [{ name: t('cohort.average'), size: 0, points: data.average }]
  }, [data, t])
  const split = data?.series !== undefined
  const option = useMemo(() => () => {
    const known = lines.map((l) => ({ ...l, points: l.points.filter((p) => p.period > 0 && p.of > 0) }))
    const steps = Math.max(0, ...known.map((l) => l.points.length))
    const label = (p: RetentionPoint): string => t('cohort.tip', { share: f.share(p.rate), n: f.count(p.n), of: f.count(p.of), low: f.share(p.low), high: f.share(p.high) })
    return curveOption(
      Array.from({ length: steps }, (_, i) => `+${String(i + 1)}`),
      known.map((l) => ({ name: l.name, rates: l.points })),
      split,
      (n) => f.share(n),
      (at) => [t('cohort.later', { n: at + 1 }), ...known.flatMap((l) => { const p = l.points[at]; return p ? [split ? `${l.name}: ${label(p)}` : label(p)] : [] })],
    )
  }, [lines, split, f, t])

  const share = (n: number): Cell => ({ value: n, text: f.share(n) })
  const count = (n: number): Cell => ({ value: n, text: f.count(n) })
  const text = (value: string, shown = value): Cell => ({ value, text: shown })
  // That all of a cohort are in it is no finding: it has no interval.
  const cells = (period: number, r: Rate): Cell[] => [
    count(period), count(r.n), count(r.of), share(r.rate),
    ...(period > 0 ? [share(r.low), share(r.high)] : [{ value: null, text: '–' }, { value: null, text: '–' }]),
  ]
  const sheet: Sheet | undefined = data
    ? {
        head: [t(`cohort.cohort.${interval}`), t('cohort.laterHead'), t('cohort.cameBack'), t('cohort.of'), t('cohort.share'), t('cohort.low'), t('cohort.high'), t('cohort.final')],
        rows: [
          ...data.cohorts.filter((c) => c.size > 0).flatMap((c) => c.rates.map((r, k) => [text(c.start, start(c.start)), ...cells(k, r), text(t(k < c.complete ? 'cohort.yes' : 'cohort.notYet'))])),
          ...data.average.map((p) => [text(t('cohort.average')), ...cells(p.period, p), text(t('cohort.yes'))]),
          ...(data.series ? lines : []).flatMap((l) => l.points.map((p) => [text(l.name), ...cells(p.period, p), text(t('cohort.yes'))])),
        ],
      }
    : undefined
  const curve = lines.some((l) => l.points.some((p) => p.period > 0 && p.of > 0))
  return (
    <Frame
      question="retention"
      sentence={sentence}
      body={draft as unknown as Body}
      onBody={(next) => { edit(readRetention(next)) }}
      editor={<RetentionEditor value={draft} error={answer.error} onChange={edit} />}
      answer={{
        meta: data?.meta,
        busy: answer.isFetching,
        error: allPlaced(answer.error, ['start', 'return', 'period', 'periods', 'time_zone', 'breakdown', 'filter']) ? null : answer.error,
        retry: () => void answer.refetch(),
        sheet,
        empty: !body ? t('cohort.noStart') : data && data.cohorts.every((c) => c.size === 0) ? t('cohort.nobody') : undefined,
        drawing: curve ? () => drawing.current?.() : undefined,
        chart: data ? (
          <>
            <h2 className={classes.heading}>{data.series ? t('cohort.curves') : t('cohort.curve')}</h2>
            {curve ? (
              <Suspense fallback={<Loader role="status" aria-label={t('loading', { ns: 'shell' })} />}>
                <Chart option={option} height={260} label={t('cohort.curve')} drawingRef={drawing} />
              </Suspense>
            ) : <p className="wd-quiet">{t('cohort.noCurve')}</p>}
            {split ? (
              <div className={classes.split}><SheetTable
                caption={t('cohort.curves')}
                sheet={{
                  head: [draft.breakdown?.by ?? t('col.series'), t('cohort.size'), ...data.average.slice(1).map((p) => `+${String(p.period)}`)],
                  rows: lines.map((l) => [
                    text(l.name), count(l.size),
                    ...data.average.slice(1).map((_, i) => {
                      const p = l.points[i + 1]
                      return { value: p?.n ?? 0, text: p && p.of > 0 ? `${f.share(p.rate)} · ${f.count(p.n)}` : '–' }
                    }),
                  ]),
                }}
              /></div>
            ) : null}
            <RetentionGrid answer={data} interval={interval} start={start} caption={t('cohort.grid')} />
          </>
        ) : null,
      }}
    />
  )
}
