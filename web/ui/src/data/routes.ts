import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { rootRoute } from '../shell/root'

export const dataRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/data',
    component: lazyRouteComponent(() => import('./DataPage'), 'DataPage'),
  }),
] as const
