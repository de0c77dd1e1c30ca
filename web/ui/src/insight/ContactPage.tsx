import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../ui/useFormat'
import { seconds } from './body'
import { isSplit, readContact, readyContact } from './contact'
import { ContactEditor } from './ContactEditor'
import { ContactSplits } from './ContactSplits'
import { allPlaced } from './faults'
import { Frame } from './Frame'
import { funnelDrawing } from './funnelDrawing'
import type { QuestionProps } from './kinds'
import { contactQuery } from './queries'
import { type Body } from './search'
import type { Cell, ContactQuestion, ContactValue, Sheet } from './types'
import { useDraft } from './useDraft'

/** How many first visits end before they have begun: the 3-click and 7-second test. */
export function ContactPage({ search, onQuery }: QuestionProps) {
  const { t } = useTranslation('insight')
  const f = useFormat()
  const { draft, settled, edit } = useDraft<ContactQuestion>(readContact(search.query), (next) => { onQuery(next as unknown as Body) })
  const { last, from, to } = search
  const answer = useQuery(contactQuery(readyContact(settled), { last, from, to }))
  const data = answer.data
  const span = seconds(draft.within ?? '7s')
  const sentence = t('ask.contact', { n: f.count((draft.clicks ?? 3) + 1), span: span ? f.span(span) : (draft.within ?? '') })

  const by = (name: string): string => (isSplit(name) ? t(`contact.by.${name}`) : name)
  const title = (v: { value: string; other?: boolean }): string => (v.other ? t('other') : v.value === '' ? t('contact.unknown') : v.value)
  const count = (n: number): Cell => ({ value: n, text: f.count(n) })
  const share = (n: number): Cell => ({ value: n, text: f.share(n) })
  const row = (split: string, name: string, v: Omit<ContactValue, 'value' | 'rest' | 'direction'>): Cell[] => [
    { value: split, text: split },
    { value: name, text: name },
    count(v.visits),
    count(v.failed.n),
    share(v.failed.rate),
    share(v.failed.low),
    share(v.failed.high),
    count(v.few_clicks.n),
    count(v.short.n),
    count(v.engaged.n),
  ]
  const sheet: Sheet | undefined = data
    ? {
        head: [t('breakdown'), t('col.name'), t('contact.col.visits'), t('contact.col.failedCount'), t('contact.col.failed'), t('drivers.col.low'), t('drivers.col.high'), t('contact.col.few'), t('contact.col.short'), t('contact.col.engaged')],
        rows: [row(t('all'), t('all'), data.all), ...data.splits.flatMap((s) => s.values.map((v) => row(by(s.by), title(v), v)))],
      }
    : undefined
  const drawing = (): string | undefined => data && funnelDrawing(sentence, [
    { label: t('all'), figures: `${f.share(data.all.failed.rate)} · ${f.count(data.all.failed.n)} / ${f.count(data.all.visits)}`, share: data.all.failed.rate },
    ...data.splits.flatMap((s) => s.values.slice(0, 8).map((v) => ({ label: `${by(s.by)}: ${title(v)}`, figures: `${f.share(v.failed.rate)} · ${f.count(v.failed.n)} / ${f.count(v.visits)}`, share: v.failed.rate }))),
  ])
  return (
    <Frame
      question="first_contact"
      sentence={sentence}
      body={draft as unknown as Body}
      onBody={(next) => { edit(readContact(next)) }}
      editor={<ContactEditor value={draft} usual={settled.engaged ? [] : (data?.engaged ?? []).flatMap((m) => m.event)} error={answer.error} onChange={edit} />}
      answer={{
        meta: data?.meta,
        busy: answer.isFetching,
        error: allPlaced(answer.error, ['clicks', 'within', 'session_gap', 'engaged', 'by', 'filter']) ? null : answer.error,
        retry: () => void answer.refetch(),
        sheet,
        empty: data?.all.visits === 0 ? t('contact.none') : undefined,
        drawing,
        chart: data ? <ContactSplits answer={data} /> : null,
      }}
    />
  )
}
