import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../ui/useFormat'
import { chosen, nameOf, readFunnel, readyFunnel, seconds, suggestFunnel } from './body'
import { allPlaced } from './faults'
import { Frame } from './Frame'
import type { QuestionProps } from './kinds'
import { FunnelBars } from './FunnelBars'
import { funnelDrawing } from './funnelDrawing'
import { FunnelEditor } from './FunnelEditor'
import { catalogueQuery, funnelQuery } from './queries'
import { type Body } from './search'
import { SheetTable } from './SheetTable'
import type { Cell, FunnelCount, FunnelQuestion, Sheet } from './types'
import { useDraft } from './useDraft'
import classes from './Funnel.module.css'

/** How many get from step to step. */
export function FunnelPage({ search, onQuery }: QuestionProps) {
  const { t } = useTranslation('insight')
  const f = useFormat()
  const catalogue = useQuery(catalogueQuery())
  const { draft, settled, edit } = useDraft<FunnelQuestion>(readFunnel(search.query ?? suggestFunnel((catalogue.data?.events ?? []).map((e) => e.name))), (next) => { onQuery(next as unknown as Body) })
  const { body, from } = readyFunnel(settled)
  const { last, from: first, to } = search
  const answer = useQuery(funnelQuery(body, { last, from: first, to }))
  const data = body ? answer.data : undefined

  const named = draft.steps.filter(chosen)
  const span = seconds(draft.window ?? '7d')
  const names = { who: t(`who.${draft.actor ?? 'profile'}`), first: named[0] ? nameOf(named[0]) : '', last: nameOf(named.at(-1) ?? { event: '' }), window: span ? f.span(span) : (draft.window ?? '') }
  const sentence = named.length === 0 ? t('ask.funnelNone') : named.length === 1 ? t('ask.funnelOne', names) : t('ask.funnel', names)

  const share = (n: number): Cell => ({ value: n, text: f.share(n) })
  const time = (n: number | null): Cell => ({ value: n, text: n === null ? '–' : f.span(n) })
  const row = (series: string, step: FunnelCount, i: number): Cell[] => [
    { value: series, text: series },
    { value: i + 1, text: String(i + 1) },
    { value: step.name, text: step.name },
    { value: step.count, text: f.count(step.count) },
    share(step.from_first),
    share(step.from_previous),
    time(step.median_seconds),
    time(step.mean_seconds),
  ]
  const title = (value: string): string => (value === '' ? t('emptyValue') : value === 'other' ? t('other') : value)
  const head = [t('col.series'), t('col.step'), t('col.name'), t('col.count'), t('col.first'), t('col.previous'), t('col.median'), t('col.mean')]
  const split: Cell[][] = (data?.series ?? []).flatMap((s) => s.steps.map((step, i) => row(title(s.value), step, i)))
  const whole: Cell[][] = (data?.steps ?? []).map((step, i) => row(t('all'), step, i))
  const sheet: Sheet | undefined = data
    ? split.length > 0
      ? { head, rows: [...whole, ...split] }
      : { head: head.slice(1), rows: whole.map((cells) => cells.slice(1)) }
    : undefined

  const chart = data ? (
    <>
      <FunnelBars steps={data.steps} optional={(body?.steps ?? []).map((s) => s.optional ?? false)} />
      {data.excluded > 0 ? <p className="wd-quiet">{t('funnel.excluded', { n: f.count(data.excluded) })}</p> : null}
      {data.series && data.series.length > 0 ? (
        <div className={classes.split}>
          <SheetTable
            caption={t('breakdown')}
            sheet={{
              head: [draft.breakdown?.by ?? t('col.series'), ...data.steps.map((s, i) => `${String(i + 1)}. ${s.name}`)],
              rows: data.series.map((s) => [
                { value: s.value, text: title(s.value) },
                ...s.steps.map((step, i) => ({ value: step.count, text: i === 0 ? f.count(step.count) : `${f.count(step.count)} · ${f.share(step.from_first)}` })),
              ]),
            }}
          />
        </div>
      ) : null}
    </>
  ) : null
  return (
    <Frame
      question="funnel"
      sentence={sentence}
      body={draft as unknown as Body}
      onBody={(next) => { edit(readFunnel(next)) }}
      editor={<FunnelEditor value={draft} from={from} error={answer.error} onChange={edit} />}
      answer={{
        meta: data?.meta,
        busy: answer.isFetching,
        error: allPlaced(answer.error, ['steps', 'window', 'breakdown', 'filter', 'exclusions']) ? null : answer.error,
        retry: () => void answer.refetch(),
        sheet,
        chart,
        empty: !body ? t('funnel.noSteps') : data?.steps[0]?.count === 0 ? t('funnel.nobody') : undefined,
        drawing: () => data && funnelDrawing(sentence, data.steps.map((s, i) => ({ label: `${String(i + 1)}. ${s.name}`, figures: i === 0 ? f.count(s.count) : `${f.count(s.count)} · ${f.share(s.from_first)}`, share: s.from_first }))),
      }}
    />
  )
}
