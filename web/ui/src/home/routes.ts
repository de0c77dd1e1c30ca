import { createRoute } from '@tanstack/react-router'
import { rootRoute } from '../shell/root'
import { HomePage } from './HomePage'

export const homeRoutes = [createRoute({ getParentRoute: () => rootRoute, path: '/', component: HomePage })] as const
