import { Anchor, Button, Group, SegmentedControl, Text } from '@mantine/core'
import { IconDeviceFloppy } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Actor } from '../ui/range'
import { Failure } from '../ui/Failure'
import { Page } from '../ui/Page'
import { RangePicker } from '../ui/RangePicker'
import { useFormat } from '../ui/useFormat'
import { ExportMenu } from './ExportMenu'
import { insightRoute } from './routes'
import { SaveDialog } from './SaveDialog'
import { type Body, type Question, keepBody, shownRange } from './search'
import { SheetTable } from './SheetTable'
import type { Meta, Sheet } from './types'
import classes from './Insight.module.css'

interface Props {
  question: Question
  /** The question in one sentence. */
  sentence: string
  body: Body & { actor?: Actor }
  onBody: (body: Body) => void
  editor: ReactNode
  answer: {
    meta?: Meta
    busy: boolean
    /** Shown unless it stands beside a field already. */
    error: Error | null
    retry: () => void
    sheet?: Sheet
    chart: ReactNode
    /** What stands in place of an answer: nothing asked yet, nothing found. */
    empty?: string
    /** The chart as SVG text. */
    drawing?: () => string | undefined
  }
}

/** What stands around every question: its sentence, range and actors, the editor, and the answer as chart or table. */
export function Frame({ question, sentence, body, onBody, editor, answer }: Props) {
  const { t } = useTranslation('insight')
  const f = useFormat()
  const navigate = useNavigate()
  const search = insightRoute.useSearch()
  const [saving, setSaving] = useState(false)
  const range = shownRange(search)
  const actor = body.actor ?? 'profile'
  const { meta, sheet } = answer
  const actions = (
    <>
      <RangePicker
        key={JSON.stringify(range)}
        value={range}
        onChange={(next) => {
          const query = { ...body, from: undefined, to: undefined }
          void navigate({ to: '/insights', search: { question, view: search.view, query, ...next }, replace: true })
        }}
      />
      <div role="group" aria-label={t('actor.label', { ns: 'shell' })}>
        <SegmentedControl
          size="sm"
          value={actor}
          onChange={(value) => { onBody({ ...body, actor: value === 'profile' ? undefined : value }) }}
          data={[
            { value: 'profile', label: t('actor.profile', { ns: 'shell' }) },
            { value: 'account', label: t('actor.account', { ns: 'shell' }) },
          ]}
        />
      </div>
      <Button leftSection={<IconDeviceFloppy size={16} />} disabled={!meta} onClick={() => { setSaving(true) }}>{t('save', { ns: 'shell' })}</Button>
    </>
  )
  return (
    <Page title={sentence} actions={actions}>
      <Anchor component={Link} to="/insights" search={{} as never} size="sm" style={{ position: 'relative', top: -12 }}>← {t('back')}</Anchor>
      <div className={classes.columns}>
        <section className={`wd-card ${classes.editor ?? ''}`} aria-label={t('ask.label')}>{editor}</section>
        <section className={`wd-card ${classes.answer ?? ''}`} aria-label={sentence} aria-busy={answer.busy}>
          <div className={classes.bar}>
            <span className={classes.meta} role="status">
              {answer.busy
                ? t('asking')
                : meta
                  ? t('meta', { events: f.count(meta.events_scanned), ms: f.span(Math.max(meta.elapsed_ms, 1) / 1000), actors: f.count(meta.actors), who: t(`who.${actor}`) })
                  : null}
            </span>
            {sheet && !answer.empty ? (
              <Group gap="xs">
                <div role="group" aria-label={t('view.label')}>
                  <SegmentedControl
                    size="xs"
                    value={search.view ?? 'chart'}
                    onChange={(v) => { void navigate({ to: '/insights', search: { ...search, view: v === 'table' ? 'table' : undefined }, replace: true }) }}
                    data={[{ value: 'chart', label: t('view.chart') }, { value: 'table', label: t('view.table') }]}
                  />
                </div>
                <ExportMenu title={sentence} sheet={sheet} drawing={search.view === 'table' ? undefined : answer.drawing} />
              </Group>
            ) : null}
          </div>
          {answer.error ? <Failure error={answer.error} onRetry={answer.retry} /> : null}
          {answer.empty ? <Text className="wd-quiet" size="sm" py="xl" ta="center">{answer.empty}</Text> : null}
          {sheet && !answer.empty ? (
            <div className={answer.busy ? classes.busy : undefined}>
              {search.view === 'table' ? <SheetTable sheet={sheet} caption={`${t('view.table')}: ${sentence}`} /> : answer.chart}
            </div>
          ) : null}
        </section>
      </div>
      {saving ? <SaveDialog question={question} title={sentence} query={keepBody(body, range)} onClose={() => { setSaving(false) }} /> : null}
    </Page>
  )
}
