import { Loader, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Suspense, lazy, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../ui/useFormat'
import { chosen, nameOf } from './body'
import { CalendarFields } from './CalendarFields'
import { type LifecycleQuestion, readLifecycle, readyLifecycle, startFormat } from './cohortBody'
import { stackOption } from './cohortOption'
import { lifecycleQuery } from './cohortQueries'
import { allPlaced, faultOf } from './faults'
import { Frame } from './Frame'
import type { QuestionProps } from './kinds'
import { MatchField } from './MatchField'
import type { Body } from './search'
import type { Sheet } from './types'
import { useDraft } from './useDraft'
import insight from './Insight.module.css'
import classes from './Retention.module.css'

const Chart = lazy(() => import('./Chart'))

/** Who is new, comes again, comes back or stays away. */
export function LifecyclePage({ search, onQuery }: QuestionProps) {
  const { t } = useTranslation('insight')
  const f = useFormat()
  const drawing = useRef<(() => string) | null>(null)
  const { draft, settled, edit } = useDraft<LifecycleQuestion>(readLifecycle(search.query), (next) => { onQuery(next as unknown as Body) })
  const { last, from, to } = search
  const answer = useQuery(lifecycleQuery(readyLifecycle(settled), { last, from, to }))
  const data = answer.data
  const interval = settled.interval ?? 'week'

  const names = { who: t(`who.${draft.actor ?? 'profile'}`), what: draft.match ? nameOf(draft.match) : '', interval: t(`cohort.each.${draft.interval ?? 'week'}`) }
  const sentence = draft.match && chosen(draft.match) ? t('cohort.ask.lifecycleOf', names) : t('cohort.ask.lifecycle', names)

  const rows = useMemo(() => {
    const start = startFormat(f.language, interval)
    return (data?.periods ?? []).map((p) => ({ ...p, at: start(p.start) }))
  }, [data, f.language, interval])
  const open = rows.some((p) => !p.complete)
  const option = useMemo(() => () => stackOption(
    rows.map((p) => (p.complete ? p.at : `~ ${p.at}`)),
    [
      { name: t('cohort.status.returning'), colour: 'accent', values: rows.map((p) => p.returning) },
      { name: t('cohort.status.resurrecting'), colour: 'warn', values: rows.map((p) => p.resurrecting) },
      { name: t('cohort.status.new'), colour: 'obs', values: rows.map((p) => p.new) },
      { name: t('cohort.status.dormant'), colour: 'bad', values: rows.map((p) => -p.dormant) },
    ],
    (at) => !rows[at]?.complete,
    (n) => f.short(n),
    (at) => {
      const p = rows[at]
      if (!p) return []
      return [
        p.complete ? p.at : `${p.at} (${t('cohort.growing')})`,
        ...(['new', 'resurrecting', 'returning'] as const).map((k) => `${t(`cohort.status.${k}`)}: ${f.count(p[k])}`),
        `${t('cohort.status.dormant')}: ${f.count(-p.dormant)}`,
        ...(p.kept.of > 0 ? [t('cohort.kept', { share: f.share(p.kept.rate), n: f.count(p.kept.n), of: f.count(p.kept.of), low: f.share(p.kept.low), high: f.share(p.kept.high) })] : []),
      ]
    },
  ), [rows, f, t])

  const count = (n: number) => ({ value: n, text: f.count(n) })
  const share = (n: number | null) => ({ value: n, text: n === null ? '–' : f.share(n) })
  const sheet: Sheet | undefined = data
    ? {
        head: [t('col.time'), t('cohort.active'), t('cohort.status.new'), t('cohort.status.returning'), t('cohort.status.resurrecting'), t('cohort.status.dormant'), t('cohort.keptHead'), t('cohort.low'), t('cohort.high'), t('cohort.final')],
        rows: rows.map((p) => {
          const known = p.kept.of > 0
          return [
            { value: p.start, text: p.at }, count(p.active), count(p.new), count(p.returning), count(p.resurrecting), count(-p.dormant),
            share(known ? p.kept.rate : null), share(known ? p.kept.low : null), share(known ? p.kept.high : null),
            { value: t(p.complete ? 'cohort.yes' : 'cohort.notYet'), text: t(p.complete ? 'cohort.yes' : 'cohort.notYet') },
          ]
        }),
      }
    : undefined
  return (
    <Frame
      question="lifecycle"
      sentence={sentence}
      body={draft as unknown as Body}
      onBody={(next) => { edit(readLifecycle(next)) }}
      editor={
        <>
          <MatchField label={t('cohort.activeWhen')} value={draft.match} placeholder={t('step.any')} error={(k) => faultOf(answer.error, `match.${k}`)} onChange={(m) => { edit({ ...draft, match: m.event.length > 0 ? m : undefined }) }} />
          <h2 className={insight.section}>{t('options')}</h2>
          <CalendarFields
            interval={draft.interval ?? 'week'}
            onInterval={(next) => { edit({ ...draft, interval: next === 'week' ? undefined : next }) }}
            value={{ time_zone: draft.time_zone, week_start: draft.week_start }}
            onChange={(calendar) => { edit({ ...draft, ...calendar }) }}
            error={answer.error}
          />
          <TextInput
            className={insight.mono}
            label={t('filter')}
            placeholder={'profile.traits.country == "NO"'}
            value={draft.filter ?? ''}
            error={faultOf(answer.error, 'filter')}
            onChange={(e) => { edit({ ...draft, filter: e.currentTarget.value || undefined }) }}
          />
        </>
      }
      answer={{
        meta: data?.meta,
        busy: answer.isFetching,
        error: allPlaced(answer.error, ['match', 'time_zone', 'filter']) ? null : answer.error,
        retry: () => void answer.refetch(),
        sheet,
        empty: data && rows.every((p) => p.active === 0 && p.dormant === 0) ? t('trend.none') : undefined,
        drawing: () => drawing.current?.(),
        chart: (
          <>
            <Suspense fallback={<Loader role="status" aria-label={t('loading', { ns: 'shell' })} />}>
              <Chart option={option} height={380} label={t('cohort.lifecycleChart')} drawingRef={drawing} />
            </Suspense>
            <p className={classes.note}>
              <span>{t('cohort.lifecycleNote')}</span>
              {open ? <span>~ {t('cohort.growing')}</span> : null}
            </p>
          </>
        ),
      }}
    />
  )
}
