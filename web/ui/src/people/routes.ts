import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { rootRoute } from '../shell/root'
import { readPeopleSearch } from './search'

export const peopleRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/people',
  validateSearch: readPeopleSearch,
  component: lazyRouteComponent(() => import('./PeoplePage'), 'PeoplePage'),
})

export const profileRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/people/$id',
  component: lazyRouteComponent(() => import('./ProfilePage'), 'ProfilePage'),
})

export const accountRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/people/account/$id',
  component: lazyRouteComponent(() => import('./AccountPage'), 'AccountPage'),
})

export const peopleRoutes = [peopleRoute, profileRoute, accountRoute] as const
