import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import classes from './Segment.module.css'

/** Everyone, or kinds of them: the two ways into the room. */
export function PeopleTabs() {
  const { t } = useTranslation('segment')
  return (
    <nav className={classes.tabs} aria-label={t('tabs.label')}>
      <Link to="/people" activeOptions={{ exact: true, includeSearch: false }} search={{} as never}>{t('tabs.all')}</Link>
      <Link to="/people/segments" search={{} as never} activeOptions={{ includeSearch: false }}>{t('tabs.segments')}</Link>
    </nav>
  )
}
