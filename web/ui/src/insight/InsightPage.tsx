import { useNavigate } from '@tanstack/react-router'
import { FunnelPage } from './FunnelPage'
import { Landing } from './Landing'
import { PathsPage } from './PathsPage'
import { insightRoute } from './routes'
import type { Body } from './search'
import { TrendPage } from './TrendPage'

/** The questions that can be asked and those that were saved; or the one that the URL holds. */
export function InsightPage() {
  const search = insightRoute.useSearch()
  const navigate = useNavigate()
  const { question } = search
  if (!question) return <Landing />
  const props = {
    search,
    onQuery: (query: Body) => {
      void navigate({ to: '/insights', search: (now: Record<string, unknown>) => ({ ...now, question, query }) as never, replace: true })
    },
  }
  if (question === 'funnel') return <FunnelPage {...props} />
  if (question === 'paths') return <PathsPage {...props} />
  return <TrendPage {...props} />
}
