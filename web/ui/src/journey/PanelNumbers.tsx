import { useTranslation } from 'react-i18next'
import type { LiveTouchpoint, Rate } from '../api/types'
import { useFormat } from '../ui/useFormat'
import { EvidenceMark } from './EvidenceMark'
import { Sparkline } from './Sparkline'
import { TrendChip } from './TrendChip'
import { useScoreText } from './useChipNote'
import classes from './TouchpointPanel.module.css'

interface Props {
  point: LiveTouchpoint
  actor: 'profile' | 'account'
  currency?: string
}

/** Every number of a touchpoint with the counts and the interval behind it. */
export function PanelNumbers({ point, actor, currency }: Props) {
  const { t } = useTranslation('journey')
  const f = useFormat()
  const scoreText = useScoreText()
  const rate = (r: Rate): string => t('panel.rate', { n: f.count(r.n), of: f.count(r.of), low: f.share(r.low), high: f.share(r.high) })
  if (!point.observable) return <p className={classes.said}>{t('panel.dark')}</p>
  if (point.silent) return <p className={classes.said}>{t('panel.silent')}</p>
  const slow = point.target_seconds !== null && point.median_seconds !== null && point.median_seconds > point.target_seconds
  return (
    <section>
      <div style={{ color: 'var(--wd-obs)', marginBottom: 4 }}><Sparkline values={point.series} width={366} height={48} /></div>
      <dl className={classes.rows}>
        <div>
          <dt>{t(`panel.${actor}`)}</dt>
          <dd><b>{f.count(point.people)}</b> <TrendChip change={point.trend} unit="relative" /><span className={classes.small}>{t('panel.visits', { count: point.visits, n: f.count(point.visits) })}</span></dd>
        </div>
        {point.onward.of > 0 ? (
          <div>
            <dt>{t('panel.onward')}</dt>
            <dd><b>{f.share(point.onward.rate)}</b> <TrendChip change={point.onward_change} unit="points" /><span className={classes.small}>{rate(point.onward)}</span></dd>
          </div>
        ) : null}
        {point.median_seconds !== null ? (
          <div>
            <dt>{t('panel.toNext')}</dt>
            <dd>
              <b>{f.span(point.median_seconds)}</b>
              {point.p90_seconds !== null ? <span className={classes.small}>{t('panel.p90', { span: f.span(point.p90_seconds) })}</span> : null}
              {point.target_seconds !== null ? <span className={`${classes.small ?? ''} ${slow ? (classes.off ?? '') : ''}`}>{t(slow ? 'panel.over' : 'panel.within', { span: f.span(point.target_seconds) })}</span> : null}
            </dd>
          </div>
        ) : null}
        <div>
          <dt>{t('panel.failures')}</dt>
          <dd><b>{f.share(point.failures.rate)}</b> <TrendChip change={point.failure_change} unit="points" /><span className={classes.small}>{rate(point.failures)}</span></dd>
        </div>
        {point.score ? (
          <div>
            <dt>{t('panel.score')}</dt>
            <dd><b>{scoreText(point.score)}</b><span className={classes.small}>{t('panel.answers', { count: point.score.n, n: f.count(point.score.n), mean: f.decimal(point.score.mean, 2) })}</span></dd>
          </div>
        ) : null}
        {point.value.count > 0 ? (
          <div>
            <dt>{t('panel.value')}</dt>
            <dd><b>{f.money(point.value.sum, currency)}</b><span className={classes.small}>{t('panel.valueCount', { count: point.value.count, n: f.count(point.value.count) })}</span></dd>
          </div>
        ) : null}
        <div>
          <dt>{t('panel.began')}</dt>
          <dd><b>{f.count(point.entries)}</b></dd>
        </div>
        <div>
          <dt>{t('panel.ended')}</dt>
          <dd><b>{f.count(point.exits)}</b></dd>
        </div>
        <div>
          <dt>{t('panel.evidence')}</dt>
          <dd><EvidenceMark evidence={point.evidence} /> {t(`evidence.${point.evidence.grade}`, { count: point.evidence.n, n: f.count(point.evidence.n) })}</dd>
        </div>
      </dl>
    </section>
  )
}
