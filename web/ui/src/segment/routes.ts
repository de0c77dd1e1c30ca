import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { rootRoute } from '../shell/root'
import { readSegmentsSearch } from './search'

export const segmentsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/people/segments',
  validateSearch: readSegmentsSearch,
  component: lazyRouteComponent(() => import('./SegmentsPage'), 'SegmentsPage'),
})

/** One segment; the id "new" is one that is not stored yet. */
export const segmentRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/people/segments/$id',
  component: lazyRouteComponent(() => import('./SegmentPage'), 'SegmentPage'),
})

export const segmentRoutes = [segmentsRoute, segmentRoute] as const
