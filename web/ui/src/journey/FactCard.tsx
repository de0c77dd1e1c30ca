import { Anchor } from '@mantine/core'
import { IconAlertTriangle, IconClockExclamation, IconEyeOff, IconMoodSad, IconTrendingDown } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Fact } from '../api/types'
import { useFactText } from './useFactText'
import classes from './FactCard.module.css'

const signs = {
  biggest_drop: IconTrendingDown,
  slow_handover: IconClockExclamation,
  score_gap: IconMoodSad,
  failures: IconAlertTriangle,
  silent: IconEyeOff,
}

interface Props {
  fact: Fact
  titleOf: (id: string) => string
  onTouchpoint?: (id: string) => void
  /** Away from its map: the journey that the finding leads to. */
  journey?: string
}

/** One finding with its counts, and the question that shows it. */
export function FactCard({ fact, titleOf, onTouchpoint, journey }: Props) {
  const { t, i18n } = useTranslation('journey')
  const text = useFactText()(fact, titleOf)
  const Sign = signs[fact.kind]
  return (
    <article className={classes.card} data-kind={fact.kind}>
      <h3 className={classes.title}><Sign size={16} aria-hidden="true" />{text.title}</h3>
      {i18n.language === 'en' && fact.text ? <p className={classes.text}>{fact.text}</p> : text.lines.map((line) => <p key={line} className={classes.text}>{line}</p>)}
      <div className={classes.links}>
        <Anchor component={Link} to="/insights" search={{ question: fact.question, query: fact.query } as never} size="sm" fw={600}>{t('fact.evidence')}</Anchor>
        {fact.touchpoint && onTouchpoint ? (
          <Anchor component="button" type="button" size="sm" fw={600} onClick={() => { onTouchpoint(fact.touchpoint ?? '') }}>{t('fact.touchpoint')}</Anchor>
        ) : null}
        {journey ? (
          <Anchor component={Link} to="/journeys/$id" params={{ id: journey } as never} search={{ touchpoint: fact.touchpoint } as never} size="sm" fw={600}>{t('find.journey', { ns: 'shell' })}</Anchor>
        ) : null}
      </div>
    </article>
  )
}
