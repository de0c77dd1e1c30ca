import { useTranslation } from 'react-i18next'
import { useFormat } from '../ui/useFormat'
import type { ConformanceAnswer } from './types'
import classes from './Conformance.module.css'

/** What people often do that the plan knows nothing of. */
export function Unmapped({ answer }: { answer: ConformanceAnswer }) {
  const { t } = useTranslation('insight')
  const f = useFormat()
  if (answer.unmapped.length === 0) return null
  return (
    <section aria-label={t('conform.unmapped')}>
      <h2 className={classes.title}>{t('conform.unmapped')}</h2>
      <ul className={classes.unmapped}>
        {answer.unmapped.slice(0, 12).map((u) => (
          <li key={u.name}><span>{u.name}</span><span className={classes.hint}>{t('conform.unmappedBy', { n: f.count(u.count), people: f.count(u.people), who: t(`who.${answer.actor}`) })}</span></li>
        ))}
      </ul>
    </section>
  )
}
