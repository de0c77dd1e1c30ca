import { SegmentedControl } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../ui/useFormat'
import { chosen, nameOf, readFunnel, readyFunnel, seconds, suggestFunnel } from './body'
import { allPlaced } from './faults'
import { Frame } from './Frame'
import { FunnelBars } from './FunnelBars'
import { funnelDrawing } from './funnelDrawing'
import { FunnelEditor } from './FunnelEditor'
import { type SheetWords, overSheet, stepsSheet, timesSheet } from './funnelSheet'
import { FunnelSplit } from './FunnelSplit'
import { FunnelTimes } from './FunnelTimes'
import { FunnelTrend } from './FunnelTrend'
import { FunnelWho } from './FunnelWho'
import type { QuestionProps } from './kinds'
import { intervalText } from './period'
import { catalogueQuery, funnelQuery } from './queries'
import { type Body } from './search'
import type { FunnelQuestion, Who } from './types'
import { useDraft } from './useDraft'
import classes from './Funnel.module.css'

const fields = ['steps', 'window', 'breakdown', 'filter', 'exclusions', 'preset', 'entry', 'ties', 'window_from', 'count', 'trend']
const views = ['steps', 'times', 'over'] as const

/** What is asked for says what is shown, so that a link reopens it. */
function viewOf(q: FunnelQuestion): (typeof views)[number] {
  return q.trend ? 'over' : q.times ? 'times' : 'steps'
}

/** How many get from step to step, how long they take, and how that goes over time. */
export function FunnelPage({ search, onQuery }: QuestionProps) {
  const { t } = useTranslation('insight')
  const f = useFormat()
  const drawing = useRef<(() => string) | null>(null)
  const [who, setWho] = useState<Who>()
  const catalogue = useQuery(catalogueQuery())
  const { draft, settled, edit } = useDraft<FunnelQuestion>(readFunnel(search.query ?? suggestFunnel((catalogue.data?.events ?? []).map((e) => e.name))), (next) => { onQuery(next as unknown as Body) })
  const { body, from } = readyFunnel(settled)
  const range = { last: search.last, from: search.from, to: search.to }
  const answer = useQuery(funnelQuery(body, range))
  const data = body ? answer.data : undefined
  const view = viewOf(draft)
  const interval = settled.trend?.interval ?? 'day'

  const named = draft.steps.filter(chosen)
  const span = seconds(draft.window ?? '7d')
  const names = { who: t(`who.${draft.actor ?? 'profile'}`), first: named[0] ? nameOf(named[0]) : '', last: nameOf(named.at(-1) ?? { event: '' }), window: span ? f.span(span) : (draft.window ?? ''), interval: t(`trend.each.${draft.trend?.interval ?? 'day'}`) }
  const several = { steps: t('ask.funnel', names), times: t('more.ask.times', names), over: t('more.ask.over', names) }
  const sentence = named.length === 0 ? t('ask.funnelNone') : named.length === 1 ? t('ask.funnelOne', names) : several[view]

  const title = (value: string, other?: boolean): string => (other ? t('other') : value === '' ? t('emptyValue') : value)
  const words: SheetWords = {
    head: { series: t('col.series'), step: t('col.step'), name: t('col.name'), count: t('col.count'), first: t('col.first'), previous: t('col.previous'), median: t('col.median'), mean: t('col.mean'), from: t('col.from'), to: t('col.to'), time: t('more.over.began'), rate: t('more.over.line') },
    all: t('all'),
    overall: t('more.times.whole'),
    open: t('more.over.open'),
    title,
  }
  const ready = data && (view === 'steps' || (view === 'times' && data.overall) || (view === 'over' && data.trend)) ? data : undefined
  const sheet = ready && { steps: () => stepsSheet(ready, f, words), times: () => timesSheet(ready, f, words), over: () => overSheet(ready, f, words, intervalText(f.language, interval)) }[view]()

  const chart = ready ? (
    <>
      <div className={classes.views} role="group" aria-label={t('more.view.label')}>
        <SegmentedControl
          size="xs"
          value={view}
          data={views.map((v) => ({ value: v, label: t(`more.view.${v}`), disabled: v !== 'steps' && ready.steps.length < 2 }))}
          onChange={(v) => { edit({ ...draft, times: v === 'times' || undefined, trend: v === 'over' ? { ...draft.trend } : undefined }) }}
        />
      </div>
      {view === 'times' ? <FunnelTimes data={ready} drawingRef={drawing} /> : null}
      {view === 'over' ? <FunnelTrend data={ready} interval={interval} title={title} drawingRef={drawing} /> : null}
      {view === 'steps' ? (
        <>
          <FunnelBars steps={ready.steps} optional={(body?.steps ?? []).map((s) => s.optional ?? false)} onWho={setWho} />
          {ready.excluded > 0 ? <p className="wd-quiet">{t('funnel.excluded', { n: f.count(ready.excluded) })}</p> : null}
          {ready.series && ready.series.length > 0 ? <FunnelSplit data={ready} by={draft.breakdown?.by ?? t('col.series')} title={title} onWho={setWho} /> : null}
        </>
      ) : null}
    </>
  ) : null
  return (
    <>
      <Frame
        question="funnel"
        sentence={sentence}
        body={draft as unknown as Body}
        onBody={(next) => { edit(readFunnel(next)) }}
        editor={<FunnelEditor value={draft} from={from} error={answer.error} onChange={edit} />}
        answer={{
          meta: data?.meta,
          busy: answer.isFetching,
          error: allPlaced(answer.error, fields) ? null : answer.error,
          retry: () => void answer.refetch(),
          sheet,
          chart,
          empty: !body ? t('funnel.noSteps') : data?.steps[0]?.count === 0 ? t('funnel.nobody') : undefined,
          drawing: () => view === 'steps'
            ? data && funnelDrawing(sentence, data.steps.map((s, i) => ({ label: `${String(i + 1)}. ${s.name}`, figures: i === 0 ? f.count(s.count) : `${f.count(s.count)} · ${f.share(s.from_first)}`, share: s.from_first })))
            : drawing.current?.(),
        }}
      />
      {who && body ? <FunnelWho funnel={body} range={range} who={who} step={data?.steps[who.step - 1]?.name ?? ''} series={who.value === undefined ? undefined : title(who.value)} onClose={() => { setWho(undefined) }} /> : null}
    </>
  )
}
