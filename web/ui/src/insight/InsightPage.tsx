import { Loader } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { Landing } from './Landing'
import { kinds } from './kinds'
import { insightRoute } from './routes'
import type { Body } from './search'

/** The questions that can be asked and those that were saved; or the one that the URL holds. */
export function InsightPage() {
  const { t } = useTranslation('shell')
  const search = insightRoute.useSearch()
  const navigate = useNavigate()
  const { question } = search
  if (!question) return <Landing />
  const Shown = kinds[question].page
  return (
    <Suspense fallback={<Loader role="status" aria-label={t('loading')} />}>
      <Shown
        search={search}
        onQuery={(query: Body) => {
          void navigate({ to: '/insights', search: (now: Record<string, unknown>) => ({ ...now, question, query }) as never, replace: true })
        }}
      />
    </Suspense>
  )
}
