import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { journeysQuery, personasQuery } from '../journey/queries'
import { useFormat } from '../ui/useFormat'
import { readConformance, readyConformance, suggestConformance } from './body'
import { ConformanceEditor } from './ConformanceEditor'
import { ConformanceFigures } from './ConformanceFigures'
import { ConformanceModel } from './ConformanceModel'
import { conformanceDrawing } from './conformanceDrawing'
import { deviationTypes, insertsAfter, keyOf, nameAt, onStep } from './conformanceView'
import { DeviationPanel } from './DeviationPanel'
import { allPlaced } from './faults'
import { Frame } from './Frame'
import type { QuestionProps } from './kinds'
import { conformanceQuery } from './queries'
import { type Body } from './search'
import type { Cell, ConformanceAnswer, ConformanceQuestion, Sheet } from './types'
import { Unmapped } from './Unmapped'
import { useDraft } from './useDraft'
import { VariantList } from './VariantList'
import classes from './Conformance.module.css'

/** How well people follow a journey that was drawn. */
export function ConformancePage({ search, onQuery }: QuestionProps) {
  const { t } = useTranslation('insight')
  const f = useFormat()
  const journeys = useQuery(journeysQuery())
  const personas = useQuery(personasQuery())
  const [chosen, setChosen] = useState<string>()
  const { draft, settled, edit } = useDraft<ConformanceQuestion>(readConformance(search.query ?? suggestConformance((journeys.data ?? []).map((j) => j.metadata.id))), (next) => { onQuery(next as unknown as Body) })
  const { body } = readyConformance(settled)
  const { last, from: first, to } = search
  const answer = useQuery(conformanceQuery(body, { last, from: first, to }))
  const data = body ? answer.data : undefined
  const journey = (journeys.data ?? []).find((j) => j.metadata.id === draft.journey)
  const actor = draft.actor ?? journey?.spec.actor ?? 'profile'
  const who = t(`who.${actor}`)
  const sentence = draft.model ? t('ask.conformanceModel', { who }) : draft.journey ? t('ask.conformance', { who, journey: journey?.metadata.title ?? draft.journey }) : t('ask.conformanceNone')
  const deviation = data?.deviations.find((d) => keyOf(d) === chosen)

  const place = (a: ConformanceAnswer, step: number, none: string): string => (step < 0 ? none : nameAt(a, step, -1))
  const sheet: Sheet | undefined = data
    ? {
        head: [t('conform.col.type'), t('conform.col.what'), t('conform.col.where'), t('conform.col.times'), t('conform.col.traces'), t('conform.col.share'), t('conform.col.low'), t('conform.col.high')],
        rows: data.deviations.map((d): Cell[] => {
          const [p] = d.places
          const where = p ? t('conform.place', { after: place(data, p.after, t('conform.beginning')), before: place(data, p.before, t('conform.end')) }) : ''
          const name = nameAt(data, d.step, d.touchpoint)
          return [
            { value: d.type, text: t(`conform.type.${d.type}`) },
            { value: name, text: name },
            { value: where, text: where },
            { value: d.count, text: f.count(d.count) },
            { value: d.traces, text: f.count(d.traces) },
            ...[d.share.rate, d.share.low, d.share.high].map((n) => ({ value: n, text: f.share(n) })),
          ]
        }),
      }
    : undefined
  const draw = (a: ConformanceAnswer): string => {
    const inserts = insertsAfter(a)
    let number = 0
    const stages = a.model.stages.map((stage) => ({
      title: stage.title ?? stage.id,
      steps: stage.steps.map((step) => {
        const i = number++
        return {
          name: step.title ?? step.id,
          optional: step.optional ?? false,
          figures: [
            { type: 'sync' as const, text: f.short(a.steps[i]?.done ?? 0) },
            ...deviationTypes.flatMap((type) => {
              const times = onStep(a, i).filter((d) => d.type === type).reduce((sum, d) => sum + d.count, 0)
              return times > 0 ? [{ type, text: f.short(times) }] : []
            }),
          ],
          besides: (inserts.get(i) ?? []).slice(0, 3).map((x) => `${nameAt(a, x.deviation.step, x.deviation.touchpoint)} ${f.short(x.times)}`),
        }
      }),
    }))
    const summary = `${t('conform.fitness')} ${f.decimal(a.fitness.value, 2)} · ${t('conform.clean')} ${f.share(a.clean.rate)} · ${t('conform.cleanHint', { n: f.count(a.clean.n), of: f.count(a.clean.of) })}`
    return conformanceDrawing(sentence, summary, stages)
  }
  return (
    <Frame
      question="conformance"
      sentence={sentence}
      body={{ ...draft, actor } as unknown as Body}
      onBody={(next) => { edit(readConformance({ ...next, actor: next.actor ?? 'profile' })) }}
      editor={<ConformanceEditor value={draft} journeys={journeys.data ?? []} personas={personas.data ?? []} error={answer.error} onChange={edit} />}
      answer={{
        meta: data?.meta,
        busy: answer.isFetching,
        error: allPlaced(answer.error, ['journey', 'model', 'version', 'persona', 'idle', 'filter']) ? null : answer.error,
        retry: () => void answer.refetch(),
        sheet,
        empty: !body ? (journeys.data?.length === 0 ? t('conform.noJourney') : t('conform.noPlan')) : data?.traces === 0 ? t('conform.none') : undefined,
        drawing: () => data && draw(data),
        chart: data ? (
          <div className={classes.answer}>
            <ConformanceFigures answer={data} />
            <ConformanceModel answer={data} chosen={deviation ? chosen : undefined} onChoose={(key) => { setChosen(key === chosen ? undefined : key) }} />
            {deviation ? <DeviationPanel answer={data} deviation={deviation} onClose={() => { setChosen(undefined) }} /> : <p className={classes.hint}>{t('conform.click')}</p>}
            <VariantList answer={data} />
            <Unmapped answer={data} />
          </div>
        ) : null,
      }}
    />
  )
}
