import { Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Failure } from '../ui/Failure'
import { useFormat } from '../ui/useFormat'
import type { SegmentAnswer } from './queries'
import classes from './Segment.module.css'

interface Props {
  answer?: SegmentAnswer
  busy: boolean
  /** The condition cannot be read now: the figure is that of the one before. */
  stale: boolean
  error: Error | null
}

/** How many fulfil the condition, and of how many that is. */
export function SizeCard({ answer: a, busy, stale, error }: Props) {
  const { t } = useTranslation('segment')
  const f = useFormat()
  return (
    <section className={`wd-card ${classes.card ?? ''}`} aria-labelledby="size" aria-busy={busy}>
      <h2 id="size">{t('size.label')}</h2>
      {error ? <Failure error={error} /> : null}
      {a ? (
        <div className={stale ? classes.stale : undefined} role="status">
          <div className={classes.size}>
            <strong className="wd-num">{f.count(a.size)}</strong>
            <span className="wd-quiet">{t('size.of', { share: f.share(a.share), of: f.count(a.of) })}</span>
          </div>
          <span className={classes.track} aria-hidden="true"><span style={{ width: `${String(100 * a.share)}%` }} /></span>
          <Text size="xs" className="wd-quiet" mt={8}>{busy ? t('size.asking') : t('size.took', { events: f.count(a.meta.events_scanned), ms: f.span(Math.max(a.meta.elapsed_ms, 1) / 1000) })}</Text>
        </div>
      ) : <Text size="sm" className="wd-quiet">{busy ? t('size.asking') : t('size.none')}</Text>}
    </section>
  )
}
