import { Anchor, UnstyledButton } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { components } from '../api/schema.gen'
import { type Mark, gist } from './marks'
import { traitText } from './traits'
import classes from './People.module.css'

interface Props {
  event: components['schemas']['TimelineEvent']
  mark?: Mark
  who?: string
}

/** One event; opened it shows all it carries. */
export function TimelineEvent({ event, mark, who }: Props) {
  const { t, i18n } = useTranslation('people')
  const [open, setOpen] = useState(false)
  const at = new Intl.DateTimeFormat(i18n.language, { hour: '2-digit', minute: '2-digit' }).format(new Date(event.time))
  const place = mark ? [mark.stage, mark.title].filter(Boolean).join(' · ') : ''
  return (
    <li className={classes.event} data-marked={mark !== undefined}>
      <div className={classes.line}>
        <time dateTime={event.time} className="wd-num wd-quiet">{at}</time>
        <UnstyledButton className={classes.toggle} aria-expanded={open} onClick={() => { setOpen(!open) }}>
          <b>{event.name}</b>{who ? <span className="wd-quiet"> · {who}</span> : null}
          <span className={classes.gist}>{gist(event.fields)}</span>
        </UnstyledButton>
        {mark ? (
          <span className={classes.mark} title={t('timeline.point')}>
            {mark.journey ? <Anchor component={Link} to="/journeys/$id" params={{ id: mark.journey } as never} search={{ touchpoint: mark.touchpoint } as never} size="xs">{place}</Anchor> : place}
          </span>
        ) : null}
      </div>
      {open ? (
        <div className={classes.inside}>
          <dl className={classes.traits} aria-label={t('timeline.fields')}>
            {Object.entries(event.fields).map(([path, value]) => <div key={path}><dt>{path}</dt><dd>{traitText(value)}</dd></div>)}
          </dl>
        </div>
      ) : null}
    </li>
  )
}
