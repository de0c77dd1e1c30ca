import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, must } from '../api/client'

const first = undefined as string | undefined

export const peopleQuery = (query: string) =>
  infiniteQueryOptions({
    queryKey: ['people', query],
    placeholderData: keepPreviousData,
    initialPageParam: first,
    getNextPageParam: (page: { next_cursor?: string }) => page.next_cursor,
    queryFn: ({ signal, pageParam }) => must(api.GET('/api/v1/profiles', { params: { query: { query: query || undefined, limit: 40, cursor: pageParam } }, signal })),
  })

export const personQuery = (id: string) =>
  queryOptions({ queryKey: ['person', id], queryFn: ({ signal }) => must(api.GET('/api/v1/profiles/{id}', { params: { path: { id } }, signal })) })

export const timelineQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['timeline', id],
    initialPageParam: first,
    getNextPageParam: (page: { next_cursor?: string }) => page.next_cursor,
    queryFn: ({ signal, pageParam }) => must(api.GET('/api/v1/profiles/{id}/timeline', { params: { path: { id }, query: { limit: 60, cursor: pageParam } }, signal })),
  })

export const accountQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['account', id],
    initialPageParam: first,
    getNextPageParam: (page: { timeline: { next_cursor?: string } }) => page.timeline.next_cursor,
    queryFn: ({ signal, pageParam }) => must(api.GET('/api/v1/accounts/{id}', { params: { path: { id }, query: { limit: 60, cursor: pageParam } }, signal })),
  })
