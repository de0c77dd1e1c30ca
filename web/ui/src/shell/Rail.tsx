import { UnstyledButton } from '@mantine/core'
import { spotlight } from '@mantine/spotlight'
import { IconSearch } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Mark } from './Mark'
import { roomList } from './rooms'
import classes from './Rail.module.css'

/** The way between rooms: a rail at the left, a bar at the bottom of a phone. */
export function Rail() {
  const { t } = useTranslation()
  return (
    <nav className={classes.rail} aria-label={t('nav.label')}>
      <Link to="/" className={classes.mark} aria-label="Wend" tabIndex={-1}>
        <Mark />
      </Link>
      {roomList.map(({ key, path, icon: Sign }) => (
        <Link
          key={key}
          to={path}
          className={classes.room}
          activeProps={{ 'aria-current': 'page' }}
          activeOptions={{ exact: path === '/', includeSearch: false }}
        >
          <Sign size={22} stroke={1.7} aria-hidden="true" />
          <span>{t(`room.${key}`)}</span>
        </Link>
      ))}
      <UnstyledButton className={`${classes.room} ${classes.find}`} onClick={() => { spotlight.open() }}>
        <IconSearch size={22} stroke={1.7} aria-hidden="true" />
        <span>{t('find.short')}</span>
        <kbd className={classes.keys}>{navigator.platform.startsWith('Mac') ? '⌘K' : 'Ctrl K'}</kbd>
      </UnstyledButton>
    </nav>
  )
}
