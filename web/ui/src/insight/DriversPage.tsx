import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../ui/useFormat'
import { chosen, nameOf, seconds } from './body'
import { DriverList } from './DriverList'
import { groupsOf, readDrivers, readyDrivers, suggestDrivers } from './drivers'
import { DriversEditor } from './DriversEditor'
import { driversDrawing } from './driversDrawing'
import { allPlaced } from './faults'
import { Frame } from './Frame'
import type { QuestionProps } from './kinds'
import { catalogueQuery, driversQuery } from './queries'
import { type Body } from './search'
import type { DriversQuestion, Sheet } from './types'
import { useDraft } from './useDraft'
import { useDriverWords } from './useDriverWords'

const fields = ['funnel', 'score', 'look_back', 'leave_out', 'filter', 'exposure']

/** Which events and properties go with success, and which with failure. */
export function DriversPage({ search, onQuery }: QuestionProps) {
  const { t } = useTranslation('insight')
  const f = useFormat()
  const words = useDriverWords()
  const catalogue = useQuery(catalogueQuery())
  const begin = search.query ?? suggestDrivers((catalogue.data?.events ?? []).map((e) => e.name))
  const { draft, settled, edit } = useDraft<DriversQuestion>(readDrivers(begin), (next) => { onQuery(next as unknown as Body) })
  const body = readyDrivers(settled)
  const { last, from, to } = search
  const answer = useQuery(driversQuery(body, { last, from, to }))
  const data = body ? answer.data : undefined

  const sentence = sentenceOf()
  function sentenceOf(): string {
    const { score, funnel } = draft
    if (score) {
      if (!chosen(score) || !score.property) return t('ask.driversScoreNone')
      const names = { event: nameOf(score), property: score.property.replace(/^properties\./, ''), n: f.decimal(score.at_least ?? score.at_most ?? 0, 2) }
      return score.at_most === undefined ? t('ask.driversAtLeast', names) : t('ask.driversAtMost', names)
    }
    const steps = funnel?.steps ?? []
    const [a, b] = [steps.at((funnel?.from_step ?? (funnel?.to_step ?? steps.length) - 1) - 1), steps.at((funnel?.to_step ?? steps.length) - 1)]
    if (!a || !b || !chosen(a) || !chosen(b)) return t('ask.driversNone')
    const span = seconds(funnel?.window ?? '7d')
    return t('ask.drivers', { first: nameOf(a), last: nameOf(b), window: span ? f.span(span) : (funnel?.window ?? '') })
  }

  const sheet: Sheet | undefined = data
    ? {
        head: [t('drivers.col.what'), t('drivers.col.where'), t('drivers.col.direction'), t('drivers.col.odds'), t('drivers.col.low'), t('drivers.col.high'), t('drivers.col.with'), t('drivers.col.ofWith'), t('drivers.col.without'), t('drivers.col.ofWithout'), 'p', 'q', t('drivers.col.warnings')],
        rows: data.drivers.map((d) => [
          { value: words.what(d), text: words.what(d) },
          { value: words.where(d), text: words.where(d) },
          { value: d.direction, text: t(`drivers.direction.${d.direction}`) },
          ...[d.odds_ratio, d.odds_low, d.odds_high].map((n) => ({ value: n, text: words.odds(n) })),
          ...[d.with.n, d.with.of, d.without.n, d.without.of].map((n) => ({ value: n, text: f.count(n) })),
          ...[d.p, d.q].map((n) => ({ value: n, text: words.chance(n) })),
          { value: d.warnings.join(' '), text: d.warnings.map((w) => t(`drivers.warn.${w}.name`)).join(', ') },
        ]),
      }
    : undefined

  const drawing = (): string | undefined => {
    if (!data) return undefined
    const { success, failure } = groupsOf(data)
    const lines = [...success.slice(0, 15), ...failure.slice(0, 15)].map((d) => ({ driver: d, label: `${words.what(d)} · ${words.where(d)}`, figures: `${words.odds(d.odds_ratio)} (${words.odds(d.odds_low)} – ${words.odds(d.odds_high)})` }))
    return driversDrawing(sentence, lines, words.odds)
  }
  const empty = !body
    ? t('drivers.notReady')
    : data && data.success.of === 0
      ? data.open > 0 ? t('drivers.allOpen', { n: f.count(data.open) }) : t('drivers.nobody')
      : data?.warnings.includes('nothing_to_compare')
        ? t('drivers.nothing', { n: f.count(data.success.n), of: f.count(data.success.of) })
        : undefined
  return (
    <Frame
      question="drivers"
      sentence={sentence}
      body={draft as unknown as Body}
      onBody={(next) => { edit(readDrivers(next)) }}
      editor={<DriversEditor value={draft} error={answer.error} onChange={edit} />}
      answer={{
        meta: data?.meta,
        busy: answer.isFetching,
        error: allPlaced(answer.error, fields) ? null : answer.error,
        retry: () => void answer.refetch(),
        sheet,
        empty,
        drawing,
        chart: data && body ? <DriverList answer={data} question={body} /> : null,
      }}
    />
  )
}
