import { createRootRoute } from '@tanstack/react-router'
import { NotFound } from './NotFound'
import { RouteFailure } from './RouteFailure'
import { Shell } from './Shell'

/** The route every room hangs from. */
export const rootRoute = createRootRoute({
  component: Shell,
  notFoundComponent: NotFound,
  errorComponent: RouteFailure,
})
