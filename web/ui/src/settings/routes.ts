import { createRoute } from '@tanstack/react-router'
import { rootRoute } from '../shell/root'
import { SettingsPage } from './SettingsPage'

export const settingsRoutes = [
  createRoute({ getParentRoute: () => rootRoute, path: '/settings', component: SettingsPage }),
] as const
