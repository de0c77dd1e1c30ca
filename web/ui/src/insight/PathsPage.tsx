import { Loader } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Suspense, lazy, useCallback, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../ui/useFormat'
import { chosen, nameOf, readPaths, readyPaths } from './body'
import { allPlaced } from './faults'
import { Frame } from './Frame'
import type { QuestionProps } from './kinds'
import { PathsEditor } from './PathsEditor'
import { pathsQuery } from './queries'
import { pathsSheet } from './pathsSheet'
import { type FlowNode, flow, sankeyOption } from './sankey'
import { type Body } from './search'
import type { Compared, PathsQuestion, Sheet } from './types'
import { useDraft } from './useDraft'
import classes from './Insight.module.css'

const Chart = lazy(() => import('./Chart'))
const fields = ['start', 'end', 'instead', 'compare', 'node', 'journey', 'max_steps', 'top', 'session_gap', 'rules', 'filter']

/** Which ways people take, step by step. */
export function PathsPage({ search, onQuery }: QuestionProps) {
  const { t } = useTranslation('insight')
  const f = useFormat()
  const drawing = useRef<(() => string) | null>(null)
  const { draft, settled, edit } = useDraft<PathsQuestion>(readPaths(search.query), (next) => { onQuery(next as Body) })
  const { body } = readyPaths(settled)
  const { last, from, to } = search
  const answer = useQuery(pathsQuery(body, { last, from, to }))
  const data = body ? answer.data : undefined
  const lost = draft.instead?.funnel.steps[draft.instead.step - 1]

  const start = draft.start && chosen(draft.start) ? nameOf(draft.start) : ''
  const end = draft.end && chosen(draft.end) ? nameOf(draft.end) : ''
  const sentence = lost ? t('more.ask.instead', { step: nameOf(lost) }) : start && end ? t('ask.pathsBoth', { start, end }) : start ? t('ask.pathsStart', { start }) : end ? t('ask.pathsEnd', { end }) : t('ask.pathsAll')

  const name = useCallback((n: FlowNode): string => (n.ended ? t('paths.ended') : n.other ? t('other') : n.name || t('emptyValue')), [t])
  const apart = useCallback((d: { value: number; low: number; high: number; clear: boolean }): string =>
    t(d.clear ? 'more.compare.clear' : 'more.compare.unclear', { value: f.points(d.value), low: f.points(d.low), high: f.points(d.high) }), [f, t])
  const option = useMemo(() => () => {
    if (!data) return {}
    const both = (c: Compared | undefined): string[] => (c
      ? [
          `A: ${f.count(c.a)} · ${f.share(c.share_a)}`,
          `B: ${f.count(c.b)} · ${f.share(c.share_b)}`,
          ...(c.difference ? [apart(c.difference)] : []),
        ]
      : [])
    return sankeyOption(data, {
        name,
        count: f.count,
        node: (n) => both(n.compared),
        link: (l, a, b) => [
          t('paths.edge', { from: name(a), to: name(b) }),
          t('paths.passed', { n: f.count(l.value), share: f.share(l.value / a.count), of: f.count(a.count) }),
          ...(l.median === undefined ? [] : [t('funnel.median', { span: f.span(l.median) })]),
          ...both(l.compared),
        ],
      })
  }, [data, f, name, apart, t])

  const sheet = useMemo((): Sheet | undefined => data && pathsSheet(data, f, {
    head: { step: t('col.step'), from: t('col.from'), to: t('col.to'), count: t('col.count'), median: t('col.median'), difference: t('more.compare.difference') },
    name,
    difference: (c) => (c.difference ? t('more.compare.short', { value: f.points(c.difference.value), low: f.points(c.difference.low), high: f.points(c.difference.high) }) : '–'),
  }), [data, f, name, t])

  const { nodes } = data ? flow(data) : { nodes: [] }
  const columns = Math.max(1, ...nodes.map((n) => n.step))
  const tallest = Math.max(1, ...Array.from({ length: columns }, (_, i) => nodes.filter((n) => n.step === i + 1).length))
  return (
    <Frame
      question="paths"
      sentence={sentence}
      body={draft as Body}
      onBody={(next) => { edit(readPaths(next)) }}
      editor={<PathsEditor value={draft} error={answer.error} onChange={edit} />}
      answer={{
        meta: data?.meta,
        busy: answer.isFetching,
        error: allPlaced(answer.error, fields) ? null : answer.error,
        retry: () => void answer.refetch(),
        sheet,
        empty: !body ? t(draft.compare ? 'more.compare.waits' : 'more.node.pick') : data?.paths === 0 ? t('paths.none') : undefined,
        drawing: () => drawing.current?.(),
        chart: (
          <>
            <p className="wd-quiet" style={{ margin: '0 0 8px', fontSize: 13 }}>{data ? t('paths.count', { n: f.count(data.paths) }) : null}</p>
            {data?.compared ? (
              <ul className={classes.groups}>
                <li><span className={classes.swatchA} aria-hidden="true" />A: {data.compared.a.name || t('all')} · {t('paths.count', { n: f.count(data.compared.a.paths) })}</li>
                <li><span className={classes.swatchB} aria-hidden="true" />B: {data.compared.b.name || t('all')} · {t('paths.count', { n: f.count(data.compared.b.paths) })}</li>
                <li className="wd-quiet">{t('more.compare.colours')}</li>
              </ul>
            ) : null}
            <Suspense fallback={<Loader role="status" aria-label={t('loading', { ns: 'shell' })} />}>
              <Chart option={option} height={Math.max(360, tallest * 64)} minWidth={columns * 118 + 130} label={t('paths.chart')} drawingRef={drawing} />
            </Suspense>
          </>
        ),
      }}
    />
  )
}
