import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, must, mustTagged } from '../api/client'
import type { components } from '../api/schema.gen'
import type { Actor } from '../ui/range'

type S = components['schemas']
export type Segment = S['Segment']
export type SegmentAnswer = S['SegmentAnswer']
export type OverlapAnswer = S['OverlapAnswer']
export type Membership = S['Membership']

/** What is asked of: a stored segment, or a condition that is being written. */
export interface Asked {
  id?: string
  where?: string
  actor?: Actor
}

export const segmentsQuery = () =>
  queryOptions({
    queryKey: ['segments'],
    queryFn: async ({ signal }) => (await must(api.GET('/api/v1/segments', { params: { query: { limit: 200 } }, signal }))).items.map((s) => s.document),
  })

/** One segment with the ETag that a change must be based on. */
export const segmentQuery = (id: string) =>
  queryOptions({
    queryKey: ['segment', id],
    enabled: id !== '',
    queryFn: ({ signal }) => mustTagged(api.GET('/api/v1/segments/{id}', { params: { path: { id } }, signal })),
  })

/** How many fulfil a condition, and the first of them; the answer before stays until the next is there. */
export const membersQuery = (asked: Asked, limit: number) =>
  infiniteQueryOptions({
    queryKey: ['members', asked, limit],
    enabled: Boolean(asked.id ?? asked.where?.trim()),
    placeholderData: keepPreviousData,
    retry: false,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: { next_cursor?: string }) => page.next_cursor,
    queryFn: ({ signal, pageParam }) => must(api.POST('/api/v1/query/segment', { body: { ...asked, limit, cursor: pageParam }, signal })),
  })

export const overlapQuery = (ids: string[]) =>
  queryOptions({
    queryKey: ['overlap', ids],
    enabled: ids.length >= 2,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => must(api.POST('/api/v1/query/overlap', { body: { segments: ids.map((id) => ({ id })) }, signal })),
  })

export const membershipQuery = (id: string) =>
  queryOptions({
    queryKey: ['membership', id],
    enabled: id !== '',
    queryFn: ({ signal }) => must(api.GET('/api/v1/segments/{id}/changes', { params: { path: { id }, query: { limit: 40 } }, signal })),
    // Until it is followed nothing is said on the feed: ask again.
    refetchInterval: (q) => (q.state.data?.following === false ? 1000 : false),
  })
