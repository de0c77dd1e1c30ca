import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { rootRoute } from '../shell/root'
import { readInsightSearch } from './search'

export const insightRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/insights',
  validateSearch: readInsightSearch,
  component: lazyRouteComponent(() => import('./InsightPage'), 'InsightPage'),
})

export const insightRoutes = [insightRoute] as const
