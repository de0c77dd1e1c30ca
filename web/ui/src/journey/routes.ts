import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { rootRoute } from '../shell/root'
import { readAtlasSearch, readMapSearch } from './search'

export const atlasRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/journeys',
  validateSearch: readAtlasSearch,
  component: lazyRouteComponent(() => import('./AtlasPage'), 'AtlasPage'),
})

export const mapRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/journeys/$id',
  validateSearch: readMapSearch,
  component: lazyRouteComponent(() => import('./MapPage'), 'MapPage'),
})

export const journeyRoutes = [atlasRoute, mapRoute] as const
