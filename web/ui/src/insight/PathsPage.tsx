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
import { type FlowNode, flow, sankeyOption } from './sankey'
import { type Body } from './search'
import type { PathsQuestion, Sheet } from './types'
import { useDraft } from './useDraft'

const Chart = lazy(() => import('./Chart'))
const fields = ['start', 'end', 'node', 'max_steps', 'top', 'session_gap', 'rules', 'filter']

/** Which ways people take, step by step. */
export function PathsPage({ search, onQuery }: QuestionProps) {
  const { t } = useTranslation('insight')
  const f = useFormat()
  const drawing = useRef<(() => string) | null>(null)
  const { draft, settled, edit } = useDraft<PathsQuestion>(readPaths(search.query), (next) => { onQuery(next as Body) })
  const { body } = readyPaths(settled)
  const { last, from, to } = search
  const answer = useQuery(pathsQuery(body, { last, from, to }))
  const data = answer.data

  const start = draft.start && chosen(draft.start) ? nameOf(draft.start) : ''
  const end = draft.end && chosen(draft.end) ? nameOf(draft.end) : ''
  const sentence = start && end ? t('ask.pathsBoth', { start, end }) : start ? t('ask.pathsStart', { start }) : end ? t('ask.pathsEnd', { end }) : t('ask.pathsAll')

  const name = useCallback((n: FlowNode): string => (n.ended ? t('paths.ended') : n.other ? t('other') : n.name || t('emptyValue')), [t])
  const option = useMemo(() => () => data
    ? sankeyOption(data, {
        name,
        count: f.count,
        link: (l, a, b) => [
          t('paths.edge', { from: name(a), to: name(b) }),
          t('paths.passed', { n: f.count(l.value), share: f.share(l.value / a.count), of: f.count(a.count) }),
          ...(l.median === undefined ? [] : [t('funnel.median', { span: f.span(l.median) })]),
        ],
      })
    : {}, [data, f, name, t])

  const sheet = useMemo((): Sheet | undefined => {
    if (!data) return undefined
    const { nodes, links } = flow(data)
    const byID = new Map(nodes.map((n) => [n.id, n]))
    return {
      head: [t('col.step'), t('col.from'), t('col.to'), t('col.count'), t('col.median')],
      rows: links
        .map((l) => ({ l, a: byID.get(l.source), b: byID.get(l.target) }))
        .sort((x, y) => (x.a?.step ?? 0) - (y.a?.step ?? 0) || y.l.value - x.l.value)
        .map(({ l, a, b }) => [
          { value: a?.step ?? 0, text: String(a?.step ?? '') },
          { value: a ? name(a) : '', text: a ? name(a) : '' },
          { value: b ? name(b) : '', text: b ? name(b) : '' },
          { value: l.value, text: `${f.count(l.value)}${a ? ` · ${f.share(l.value / a.count)}` : ''}` },
          { value: l.median ?? null, text: l.median === undefined ? '–' : f.span(l.median) },
        ]),
    }
  }, [data, f, name, t])

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
        empty: data?.paths === 0 ? t('paths.none') : undefined,
        drawing: () => drawing.current?.(),
        chart: (
          <>
            <p className="wd-quiet" style={{ margin: '0 0 8px', fontSize: 13 }}>{data ? t('paths.count', { n: f.count(data.paths) }) : null}</p>
            <Suspense fallback={<Loader role="status" aria-label={t('loading', { ns: 'shell' })} />}>
              <Chart option={option} height={Math.max(360, tallest * 64)} minWidth={columns * 118 + 130} label={t('paths.chart')} drawingRef={drawing} />
            </Suspense>
          </>
        ),
      }}
    />
  )
}
