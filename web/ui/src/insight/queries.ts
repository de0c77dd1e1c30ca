import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, must } from '../api/client'
import type { RangeSearch } from '../ui/range'
import { askBody } from './search'
import type { AttributionQuestion, FunnelQuestion, PathsQuestion, TrendQuestion } from './types'

export const catalogueQuery = () =>
  queryOptions({ queryKey: ['catalogue'], staleTime: 60_000, queryFn: ({ signal }) => must(api.GET('/api/v1/catalogue', { signal })) })

export const viewsQuery = () =>
  queryOptions({ queryKey: ['views'], queryFn: ({ signal }) => must(api.GET('/api/v1/views', { params: { query: { limit: 200 } }, signal })) })

// While somebody edits, the answer before stays on screen until the next is there.
const kept = { placeholderData: keepPreviousData, staleTime: 60_000 } as const

export const funnelQuery = (body: FunnelQuestion | undefined, range: RangeSearch) =>
  queryOptions({
    ...kept,
    queryKey: ['funnel', body, range],
    enabled: body !== undefined,
    queryFn: ({ signal }) => must(api.POST('/api/v1/query/funnel', { body: askBody(body ?? { steps: [] }, range, new Date()), signal })),
  })

export const pathsQuery = (body: PathsQuestion | undefined, range: RangeSearch) =>
  queryOptions({
    ...kept,
    queryKey: ['paths', body, range],
    enabled: body !== undefined,
    queryFn: ({ signal }) => must(api.POST('/api/v1/query/paths', { body: askBody(body ?? {}, range, new Date()), signal })),
  })

export const trendQuery = (body: TrendQuestion | undefined, range: RangeSearch) =>
  queryOptions({
    ...kept,
    queryKey: ['trend', body, range],
    enabled: body !== undefined,
    queryFn: ({ signal }) => must(api.POST('/api/v1/query/trend', { body: askBody(body ?? { series: [] }, range, new Date()), signal })),
  })

export const attributionQuery = (body: AttributionQuestion | undefined, range: RangeSearch) =>
  queryOptions({
    ...kept,
    queryKey: ['attribution', body, range],
    enabled: body !== undefined,
    queryFn: ({ signal }) => must(api.POST('/api/v1/query/attribution', { body: askBody(body ?? { conversion: { event: '' } }, range, new Date()), signal })),
  })
