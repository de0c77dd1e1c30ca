import { Loader } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Suspense, lazy, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../ui/useFormat'
import { chosen, nameOf } from './body'
import { type StickinessQuestion, readStickiness, readyStickiness } from './cohortBody'
import { barOption } from './cohortOption'
import { stickinessQuery } from './cohortQueries'
import { allPlaced } from './faults'
import { Frame } from './Frame'
import type { QuestionProps } from './kinds'
import type { Body } from './search'
import { StickinessEditor } from './StickinessEditor'
import type { Sheet } from './types'
import { useDraft } from './useDraft'
import classes from './Retention.module.css'

const Chart = lazy(() => import('./Chart'))

/** On how many days, weeks or months people are active. */
export function StickinessPage({ search, onQuery }: QuestionProps) {
  const { t } = useTranslation('insight')
  const f = useFormat()
  const drawing = useRef<(() => string) | null>(null)
  const { draft, settled, edit } = useDraft<StickinessQuestion>(readStickiness(search.query), (next) => { onQuery(next as unknown as Body) })
  const { body, from } = readyStickiness(settled)
  const { last, from: first, to } = search
  const answer = useQuery(stickinessQuery(body, { last, from: first, to }))
  const data = body ? answer.data : undefined
  const interval = settled.interval ?? 'day'

  const label = (name: string): string => (name === '*' ? t('step.any') : name)
  const named = (draft.series ?? []).filter(chosen)
  const names = { who: t(`who.${draft.actor ?? 'profile'}`), what: named.map((m) => label(nameOf(m))).join(', '), interval: t(`cohort.each.${draft.interval ?? 'day'}`) }
  const any = named.every((m) => nameOf(m) === '*')
  const sentence = named.length === 0 ? t('cohort.ask.stickyNone') : any ? t(`cohort.ask.sticky.${draft.interval ?? 'day'}`, names) : t(`cohort.ask.stickyOf.${draft.interval ?? 'day'}`, names)

  const lines = useMemo(() => (data?.series ?? []).map((s) => ({ ...s, name: s.name === '*' ? t('step.any') : s.name })), [data, t])
  const most = Math.max(1, ...lines.flatMap((l) => l.counts.map((n, i) => (n > 0 ? i + 1 : 0))))
  const option = useMemo(() => () => barOption(
    Array.from({ length: most }, (_, i) => String(i + 1)),
    lines.map((l) => ({ name: l.name, values: l.counts.slice(0, most) })),
    (n) => f.short(n),
    (at) => [t(`cohort.on.${interval}`, { n: at + 1 }), ...lines.flatMap((l) => {
      const r = l.rates[at]
      const more = l.at_least[at]
      if (!r || !more) return []
      return [
        `${lines.length > 1 ? `${l.name}: ` : ''}${t('cohort.tip', { share: f.share(r.rate), n: f.count(r.n), of: f.count(r.of), low: f.share(r.low), high: f.share(r.high) })}`,
        t('cohort.orMore', { n: f.count(more.n), share: f.share(more.rate) }),
      ]
    })],
  ), [lines, most, interval, f, t])

  const count = (n: number) => ({ value: n, text: f.count(n) })
  const share = (n: number) => ({ value: n, text: f.share(n) })
  const sheet: Sheet | undefined = data
    ? {
        head: [t('col.series'), t(`cohort.number.${interval}`), t('cohort.activeHead'), t('cohort.share'), t('cohort.low'), t('cohort.high'), t('cohort.orMoreHead'), t('cohort.orMoreShare')],
        rows: lines.flatMap((l) => l.counts.slice(0, most).map((n, i) => {
          const r = l.rates[i]
          const more = l.at_least[i]
          return [{ value: l.name, text: l.name }, count(i + 1), count(n), share(r?.rate ?? 0), share(r?.low ?? 0), share(r?.high ?? 0), count(more?.n ?? 0), share(more?.rate ?? 0)]
        })),
      }
    : undefined
  const open = data && data.complete < data.starts.length
  return (
    <Frame
      question="stickiness"
      sentence={sentence}
      body={draft as unknown as Body}
      onBody={(next) => { edit(readStickiness(next)) }}
      editor={<StickinessEditor value={draft} from={from} error={answer.error} onChange={edit} />}
      answer={{
        meta: data?.meta,
        busy: answer.isFetching,
        error: allPlaced(answer.error, ['series', 'time_zone', 'filter']) ? null : answer.error,
        retry: () => void answer.refetch(),
        sheet,
        empty: !body ? t('cohort.noStart') : data && lines.every((l) => l.actors === 0) ? t('trend.none') : undefined,
        drawing: () => drawing.current?.(),
        chart: data ? (
          <>
            <ul className={classes.facts}>
              {lines.map((l) => (
                <li key={l.name}>{lines.length > 1 ? <b>{l.name}: </b> : null}{t(`cohort.mean.${interval}`, { mean: f.decimal(l.mean), of: f.count(data.starts.length), share: f.share(l.share), n: f.count(l.actors) })}</li>
              ))}
            </ul>
            <Suspense fallback={<Loader role="status" aria-label={t('loading', { ns: 'shell' })} />}>
              <Chart option={option} height={340} label={t('cohort.stickyChart')} drawingRef={drawing} />
            </Suspense>
            <p className={classes.note}>
              <span>{t(`cohort.number.${interval}`)}</span>
              {open ? <span>{t('cohort.lastOpen')}</span> : null}
            </p>
          </>
        ) : null,
      }}
    />
  )
}
