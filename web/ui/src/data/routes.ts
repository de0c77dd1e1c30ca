import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { rootRoute } from '../shell/root'
import { readDataSearch } from './search'

export const dataRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/data',
  validateSearch: readDataSearch,
  component: lazyRouteComponent(() => import('./DataPage'), 'DataPage'),
})

export const dataRoutes = [dataRoute] as const
