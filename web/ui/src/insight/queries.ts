import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, must } from '../api/client'
import type { RangeSearch } from '../ui/range'
import { askBody } from './search'
import type { AttributionQuestion, ConformanceQuestion, ContactQuestion, DriversQuestion, FunnelQuestion, PathsQuestion, TrendQuestion, Who } from './types'

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

/** The people behind a step, page after page. */
export const whoQuery = (funnel: FunnelQuestion, range: RangeSearch, who: Who) =>
  infiniteQueryOptions({
    queryKey: ['funnel/who', funnel, range, who],
    staleTime: 60_000,
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      must(api.POST('/api/v1/query/funnel/who', {
        body: { ...who, funnel: askBody({ ...funnel, times: undefined, trend: undefined }, range, new Date()), limit: 50, cursor: pageParam || undefined },
        signal,
      })),
    getNextPageParam: (page) => page.next_cursor,
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

export const conformanceQuery = (body: ConformanceQuestion | undefined, range: RangeSearch) =>
  queryOptions({
    ...kept,
    queryKey: ['conformance', body, range],
    enabled: body !== undefined,
    queryFn: ({ signal }) => must(api.POST('/api/v1/query/conformance', { body: askBody(body ?? {}, range, new Date()), signal })),
  })

export const versionsQuery = (id: string) =>
  queryOptions({ queryKey: ['versions', id], queryFn: ({ signal }) => must(api.GET('/api/v1/journeys/{id}/versions', { params: { path: { id } }, signal })) })

export const accountNameQuery = (id: string) =>
  queryOptions({
    queryKey: ['account', id, 'name'],
    queryFn: async ({ signal }) => (await must(api.GET('/api/v1/accounts/{id}', { params: { path: { id }, query: { limit: 1 } }, signal }))).name,
  })

export const driversQuery = (body: DriversQuestion | undefined, range: RangeSearch) =>
  queryOptions({
    ...kept,
    queryKey: ['drivers', body, range],
    enabled: body !== undefined,
    queryFn: ({ signal }) => must(api.POST('/api/v1/query/drivers', { body: askBody(body ?? {}, range, new Date()), signal })),
  })

export const contactQuery = (body: ContactQuestion, range: RangeSearch) =>
  queryOptions({
    ...kept,
    queryKey: ['first_contact', body, range],
    queryFn: ({ signal }) => must(api.POST('/api/v1/query/first_contact', { body: askBody(body, range, new Date()), signal })),
  })
