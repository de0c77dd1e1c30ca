import { IconArrowsDiff, IconArrowsSplit2, IconCalendarStats, IconChartDots3, IconChartHistogram, IconChartLine, IconDoorEnter, IconGridDots, IconRefresh, IconRouteAltLeft, type Icon } from '@tabler/icons-react'
import { type ComponentType, type LazyExoticComponent, lazy } from 'react'
import { type Body, type InsightSearch, type Question, conformanceDays } from './search'

/** What every question's page is given. */
export interface QuestionProps {
  search: InsightSearch
  onQuery: (query: Body) => void
}

interface Kind {
  sign: Icon
  page: LazyExoticComponent<ComponentType<QuestionProps>>
  /** How many days it looks at to begin with, where the usual ones are too few for it. */
  last?: number
}

/** The sign and the page of each question; a page is loaded when it is opened. */
export const kinds: Record<Question, Kind> = {
  funnel: { sign: IconChartHistogram, page: lazy(() => import('./FunnelPage').then((m) => ({ default: m.FunnelPage }))) },
  paths: { sign: IconRouteAltLeft, page: lazy(() => import('./PathsPage').then((m) => ({ default: m.PathsPage }))) },
  conformance: { sign: IconArrowsDiff, page: lazy(() => import('./ConformancePage').then((m) => ({ default: m.ConformancePage }))), last: conformanceDays },
  trend: { sign: IconChartLine, page: lazy(() => import('./TrendPage').then((m) => ({ default: m.TrendPage }))) },
  retention: { sign: IconGridDots, page: lazy(() => import('./RetentionPage').then((m) => ({ default: m.RetentionPage }))), last: 90 },
  lifecycle: { sign: IconRefresh, page: lazy(() => import('./LifecyclePage').then((m) => ({ default: m.LifecyclePage }))), last: 90 },
  stickiness: { sign: IconCalendarStats, page: lazy(() => import('./StickinessPage').then((m) => ({ default: m.StickinessPage }))) },
  attribution: { sign: IconArrowsSplit2, page: lazy(() => import('./AttributionPage').then((m) => ({ default: m.AttributionPage }))) },
  drivers: { sign: IconChartDots3, page: lazy(() => import('./DriversPage').then((m) => ({ default: m.DriversPage }))) },
  first_contact: { sign: IconDoorEnter, page: lazy(() => import('./ContactPage').then((m) => ({ default: m.ContactPage }))) },
}
