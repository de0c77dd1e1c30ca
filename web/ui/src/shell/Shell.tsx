import { Center, Loader } from '@mantine/core'
import { Outlet } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Failure } from '../ui/Failure'
import { Feed } from './Feed'
import { Finder } from './Finder'
import { Login } from './Login'
import { Rail } from './Rail'
import { useSession } from './session'
import classes from './Shell.module.css'

/** What stands around every room. Without a session it is the log-in instead. */
export function Shell() {
  const { t } = useTranslation()
  const session = useSession()
  if (session.isPending) return <Center h="100vh"><Loader role="status" aria-label={t('loading')} /></Center>
  if (session.isError) return <Center h="100vh" p="md"><Failure error={session.error} onRetry={() => void session.refetch()} /></Center>
  if (!session.data) return <Login />
  return (
    <div className={classes.shell}>
      <a href="#main" className={classes.skip}>{t('nav.skip')}</a>
      <Rail />
      <main id="main" className={classes.main} tabIndex={-1}>
        <Outlet />
      </main>
      <Finder />
      <Feed />
    </div>
  )
}
