import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { usePulse } from '../api/stream'
import type { Live } from '../api/types'
import { useFormat } from '../ui/useFormat'
import classes from './MapPage.module.css'

/** What the numbers are made of, and how fresh they are. The age counts on while the page is open. */
export function MapFoot({ live, at }: { live: Live; at: number }) {
  const { t } = useTranslation('journey')
  const f = useFormat()
  const pulse = usePulse()
  const [now, setNow] = useState(at)
  useEffect(() => {
    const timer = window.setInterval(() => { setNow(Date.now()) }, 1000)
    return () => { window.clearInterval(timer) }
  }, [])
  const fresh = live.meta.freshness_ms < 0 ? undefined : live.meta.freshness_ms + Math.max(0, now - at)
  const observed = live.touchpoints.filter((p) => p.evidence.grade === 'observed').length
  return (
    <footer className={classes.foot}>
      <span>
        {t('foot.journeys', { count: live.journeys, n: f.count(live.journeys) })} ·{' '}
        {t('foot.read', { count: live.meta.events_scanned, n: f.short(live.meta.events_scanned), ms: f.decimal(live.meta.elapsed_ms, live.meta.elapsed_ms < 10 ? 1 : 0) })}
        {fresh === undefined ? null : <> · {t('foot.fresh', { ago: f.ago(fresh) })}</>}
      </span>
      <span className={classes.beat} data-open={pulse.open}>
        <i aria-hidden="true" />
        {pulse.open ? t('foot.listening') : t('foot.waiting')} · {t('foot.observed', { n: f.count(observed), of: f.count(live.touchpoints.length) })}
      </span>
    </footer>
  )
}
