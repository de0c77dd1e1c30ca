import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, must } from '../api/client'

export { healthQuery, sourcesQuery } from '../home/queries'
export { catalogueQuery } from '../insight/queries'

export const importsQuery = () =>
  queryOptions({
    queryKey: ['imports'],
    queryFn: ({ signal }) => must(api.GET('/api/v1/imports', { params: { query: { limit: 50 } }, signal })),
    // The feed tells of changes; a bar that runs is also looked at again, in case the feed is down.
    refetchInterval: (query) => (query.state.data?.items.some((i) => i.state === 'running') ? 2000 : false),
  })

export const rejectionsQuery = (source: string | undefined, reason: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ['rejections', source, reason],
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: { next_cursor?: string }) => page.next_cursor,
    queryFn: ({ signal, pageParam }) => must(api.GET('/api/v1/rejections', { params: { query: { limit: 50, cursor: pageParam, source, reason } }, signal })),
  })
