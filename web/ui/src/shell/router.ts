import { createRouter } from '@tanstack/react-router'
import { dataRoutes } from '../data/routes'
import { homeRoutes } from '../home/routes'
import { insightRoutes } from '../insight/routes'
import { journeyRoutes } from '../journey/routes'
import { peopleRoutes } from '../people/routes'
import { segmentRoutes } from '../segment/routes'
import { settingsRoutes } from '../settings/routes'
import { rootRoute } from './root'

// Each room lists its own routes; this file only joins them.
const tree = rootRoute.addChildren([
  ...homeRoutes,
  ...journeyRoutes,
  ...peopleRoutes,
  ...segmentRoutes,
  ...insightRoutes,
  ...dataRoutes,
  ...settingsRoutes,
])

export const router = createRouter({ routeTree: tree, defaultPreload: 'intent', scrollRestoration: true })

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
