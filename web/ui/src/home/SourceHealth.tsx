import { Anchor } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconClockPause } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { components } from '../api/schema.gen'
import { useFormat } from '../ui/useFormat'
import classes from './Home.module.css'

interface Props {
  sources: components['schemas']['Source'][]
  status: components['schemas']['Status']
}

/** Whether data still comes in: the store, and each source with when it last sent. */
export function SourceHealth({ sources, status }: Props) {
  const { t } = useTranslation('home')
  const f = useFormat()
  const well = status.state === 'ok'
  const Sign = well ? IconCircleCheck : IconAlertTriangle
  return (
    <section>
      <h2 className={classes.name}>{t('health')}</h2>
      <ul className={`wd-card ${classes.list ?? ''}`}>
        <li>
          <div className={classes.row}>
            <span>{t('stored', { count: status.store.events, n: f.count(status.store.events) })}</span>
            <span className={classes.state} data-state={well ? 'ok' : 'bad'}><Sign size={14} aria-hidden="true" />{t(`state.${status.state}`)}</span>
          </div>
          <span className={classes.small}>
            {status.store.freshness_ms >= 0 ? t('newest', { ago: f.ago(status.store.freshness_ms) }) : status.store.events === 0 ? t('nothing') : ''}
            {status.collect.rejected > 0 ? ` · ${t('rejected', { count: status.collect.rejected, n: f.count(status.collect.rejected) })}` : ''}
          </span>
          {status.problems.map((p) => <span key={p} className={classes.small}>{p}</span>)}
        </li>
        {sources.map((s) => (
          <li key={s.id ?? s.name}>
            <div className={classes.row}>
              <span>{s.name}</span>
              {s.disabled ? (
                <span className={classes.state} data-state="quiet"><IconClockPause size={14} aria-hidden="true" />{t('off')}</span>
              ) : (
                <span className={classes.small}>{s.last_seen ? t('sent', { date: f.moment(s.last_seen) }) : t('silentSource')}</span>
              )}
            </div>
          </li>
        ))}
        <li><Anchor component={Link} to="/data" size="sm" fw={600}>{t('toData')}</Anchor></li>
      </ul>
    </section>
  )
}
