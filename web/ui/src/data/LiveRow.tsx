import { Anchor, UnstyledButton } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CopyCode } from './CopyCode'
import type { LiveEvent } from './types'
import classes from './Data.module.css'

/** One event that arrived; opened it shows all it carries. */
export function LiveRow({ event, source }: { event: LiveEvent; source: string }) {
  const { t, i18n } = useTranslation('data')
  const [open, setOpen] = useState(false)
  const at = new Intl.DateTimeFormat(i18n.language, { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(new Date(event.received_at))
  return (
    <li>
      <UnstyledButton className={classes.row} aria-expanded={open} onClick={() => { setOpen(!open) }}>
        <span className="wd-num wd-quiet">{at}</span>
        <b>{event.name}</b>
        <span className="wd-quiet">{event.user_id ?? event.anonymous_id ?? ''}</span>
        <span className={classes.small}>{event.kind} · {source}</span>
      </UnstyledButton>
      {open ? (
        <div className={classes.inside}>
          {event.clamped ? <p className={classes.small}>{t('live.clamped')}</p> : null}
          <p><Anchor component={Link} to="/people/$id" params={{ id: event.profile } as never} size="sm">{t('live.profile')}</Anchor></p>
          <CopyCode label={event.name} text={JSON.stringify(event, null, 2)} />
        </div>
      ) : null}
    </li>
  )
}
