import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../ui/useFormat'
import { attributionDrawing } from './attributionDrawing'
import { readAttribution, readyAttribution, suggestAttribution, touchKind } from './attributionBody'
import { AttributionChains } from './AttributionChains'
import { AttributionEditor } from './AttributionEditor'
import { AttributionTable, widest } from './AttributionTable'
import { chosen, nameOf } from './body'
import { allPlaced } from './faults'
import { Frame } from './Frame'
import type { QuestionProps } from './kinds'
import { attributionQuery, catalogueQuery } from './queries'
import { type Body } from './search'
import type { AttributionAnswer, AttributionModel, AttributionQuestion, Cell, Sheet } from './types'
import { useDraft } from './useDraft'
import classes from './Attribution.module.css'

const fields = ['conversion', 'value', 'channel', 'touches', 'touchpoints', 'rules', 'unknown', 'models', 'position', 'order', 'look_back', 'half_life', 'session_gap', 'filter']

/** Which channels conversions are owed to, by several models side by side. */
export function AttributionPage({ search, onQuery }: QuestionProps) {
  const { t } = useTranslation('insight')
  const f = useFormat()
  const catalogue = useQuery(catalogueQuery())
  const first = suggestAttribution({ events: (catalogue.data?.events ?? []).map((e) => e.name), properties: catalogue.data?.properties ?? [] })
  const { draft, settled, edit } = useDraft<AttributionQuestion>(readAttribution(search.query ?? first), (next) => { onQuery(next as unknown as Body) })
  const { body } = readyAttribution(settled)
  const { last, from, to } = search
  const answer = useQuery(attributionQuery(body, { last, from, to }))
  const data = body ? answer.data : undefined
  const worth = Boolean(settled.value)

  const sentence = chosen(draft.conversion) ? t(`attribution.ask.${touchKind(draft)}`, { what: nameOf(draft.conversion), property: draft.channel ?? '' }) : t('attribution.ask.none')
  const name = (c: { name: string; other?: boolean }): string => (c.other ? t('other') : c.name)
  const model = (m: string): string => t(`attribution.model.${m as AttributionModel}`)
  const sheet = data ? sheetOf(data) : undefined

  function sheetOf(a: AttributionAnswer): Sheet {
    const number = (value: number, text: string): Cell => ({ value, text })
    const share = (value: number | null): Cell => ({ value, text: value === null ? '–' : f.share(value) })
    return {
      head: [t('attribution.channel'), t('attribution.chains'), t('attribution.converting'), ...a.models.flatMap((m) => [
        model(m.model), `${model(m.model)}: ${t('attribution.share')}`, `${model(m.model)}: ${t('attribution.low')}`, `${model(m.model)}: ${t('attribution.high')}`,
        ...(worth ? [`${model(m.model)}: ${t('attribution.worthOne')}`] : []),
      ])],
      rows: a.channels.map((c, i) => [
        { value: name(c), text: name(c) }, number(c.chains.of, f.count(c.chains.of)), number(c.chains.n, f.count(c.chains.n)),
        ...a.models.flatMap((m) => {
          const x = m.credits[i]
          if (!x) return []
          return [number(x.conversions, f.decimal(x.conversions)), share(x.share), share(x.low), share(x.high), ...(worth ? [number(x.value, f.money(x.value))] : [])]
        }),
      ]),
    }
  }

  const chart = data ? (
    <>
      <p className={classes.facts}>
        {t('attribution.owed', { n: f.count(data.attributed.conversions), of: f.count(data.total.conversions) })}{' '}
        {worth ? `${t('attribution.owedWorth', { value: f.money(data.attributed.value), of: f.money(data.total.value) })} ` : ''}
        {t('attribution.rate', { n: f.count(data.chains.n), of: f.count(data.chains.of), share: f.share(data.chains.rate) })}
      </p>
      <AttributionTable data={data} worth={worth} name={name} />
      <p className={classes.facts} style={{ marginTop: 12 }}>
        {data.models.some((m) => m.interval === 'chains') ? `${t('attribution.ofChains')} ` : ''}
        {data.models.some((m) => m.interval === 'sampling') ? `${t('attribution.ofSampling')} ` : ''}
        {data.models.some((m) => m.credits.some((c) => c.share < 0)) ? t('attribution.belowZero') : ''}
        {data.shortened > 0 ? ` ${t('attribution.shortened', { n: f.count(data.shortened) })}` : ''}
      </p>
      <AttributionChains data={data} worth={worth} />
    </>
  ) : null
  return (
    <Frame
      question="attribution"
      sentence={sentence}
      body={draft as unknown as Body}
      onBody={(next) => { edit(readAttribution(next)) }}
      editor={<AttributionEditor value={draft} error={answer.error} onChange={edit} />}
      answer={{
        meta: data?.meta,
        busy: answer.isFetching,
        error: allPlaced(answer.error, fields) ? null : answer.error,
        retry: () => void answer.refetch(),
        sheet,
        chart,
        empty: !body ? t(chosen(settled.conversion) ? 'attribution.noMap' : 'attribution.noConversion') : data?.total.conversions === 0 ? t('attribution.nothing') : data?.attributed.conversions === 0 ? t('attribution.noTouches', { n: f.count(data.total.conversions) }) : undefined,
        drawing: () => data && attributionDrawing(sentence, data.channels.map((c, i) => ({
          label: name(c),
          models: data.models.flatMap((m) => {
            const x = m.credits[i]
            return x ? [{ label: model(m.model), figures: `${f.decimal(x.conversions)} · ${f.share(x.share)}`, share: x.share, low: x.low, high: x.high }] : []
          }),
        })), widest(data)),
      }}
    />
  )
}
