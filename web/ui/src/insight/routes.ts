import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { rootRoute } from '../shell/root'

export const insightRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/insights',
    component: lazyRouteComponent(() => import('./InsightPage'), 'InsightPage'),
  }),
] as const
