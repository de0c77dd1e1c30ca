import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, must, mustTagged } from '../api/client'
import type { Journey, Persona, Touchpoint } from '../api/types'
import { type Actor, type RangeSearch, askRange } from '../ui/range'

interface PageOf<T> {
  items: { document: T; revision: number; version?: number }[]
  next_cursor?: string
}

/** Reads a list to its end. */
async function all<T>(page: (cursor: string | undefined) => Promise<PageOf<T>>): Promise<T[]> {
  const out: T[] = []
  let cursor: string | undefined
  do {
    const { items, next_cursor } = await page(cursor)
    out.push(...items.map((item) => item.document))
    cursor = next_cursor
  } while (cursor)
  return out
}

export const journeysQuery = () =>
  queryOptions({
    queryKey: ['journeys'],
    queryFn: ({ signal }) =>
      all<Journey>((cursor) => must(api.GET('/api/v1/journeys', { params: { query: { limit: 200, cursor } }, signal }))),
  })

export const touchpointsQuery = () =>
  queryOptions({
    queryKey: ['touchpoints'],
    queryFn: ({ signal }) =>
      all<Touchpoint>((cursor) => must(api.GET('/api/v1/touchpoints', { params: { query: { limit: 200, cursor } }, signal }))),
  })

export const personasQuery = () =>
  queryOptions({
    queryKey: ['personas'],
    queryFn: ({ signal }) =>
      all<Persona>((cursor) => must(api.GET('/api/v1/personas', { params: { query: { limit: 200, cursor } }, signal }))),
  })

/** One journey with the ETag that a change must be based on. */
export const journeyQuery = (id: string) =>
  queryOptions({
    queryKey: ['journey', id],
    queryFn: ({ signal }) => mustTagged(api.GET('/api/v1/journeys/{id}', { params: { path: { id } }, signal })),
  })

/** One touchpoint of the library with its ETag. */
export const touchpointQuery = (id: string) =>
  queryOptions({
    queryKey: ['touchpoint', id],
    queryFn: ({ signal }) => mustTagged(api.GET('/api/v1/touchpoints/{id}', { params: { path: { id } }, signal })),
  })

export interface LiveAsk extends RangeSearch {
  actor?: Actor
  persona?: string
  filter?: string
}

/** Every number on a map. The answer before stays on screen until the next is there, so that nothing flickers. */
export const liveQuery = (id: string, ask: LiveAsk) =>
  queryOptions({
    queryKey: ['live', id, ask],
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    queryFn: ({ signal }) =>
      must(
        api.GET('/api/v1/journeys/{id}/live', {
          params: {
            path: { id },
            query: { ...askRange(ask, new Date()), actor: ask.actor, persona: ask.persona, filter: ask.filter },
          },
          signal,
        }),
      ),
  })
