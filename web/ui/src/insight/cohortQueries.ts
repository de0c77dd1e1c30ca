import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, must } from '../api/client'
import type { RangeSearch } from '../ui/range'
import type { LifecycleQuestion, RetentionQuestion, StickinessQuestion } from './cohortBody'
import { askBody } from './search'

// While somebody edits, the answer before stays on screen until the next is there.
const kept = { placeholderData: keepPreviousData, staleTime: 60_000 } as const

export const retentionQuery = (body: RetentionQuestion | undefined, range: RangeSearch) =>
  queryOptions({
    ...kept,
    queryKey: ['retention', body, range],
    enabled: body !== undefined,
    queryFn: ({ signal }) => must(api.POST('/api/v1/query/retention', { body: askBody(body ?? { start: { event: '' } }, range, new Date()), signal })),
  })

export const lifecycleQuery = (body: LifecycleQuestion, range: RangeSearch) =>
  queryOptions({
    ...kept,
    queryKey: ['lifecycle', body, range],
    queryFn: ({ signal }) => must(api.POST('/api/v1/query/lifecycle', { body: askBody(body, range, new Date()), signal })),
  })

export const stickinessQuery = (body: StickinessQuestion | undefined, range: RangeSearch) =>
  queryOptions({
    ...kept,
    queryKey: ['stickiness', body, range],
    enabled: body !== undefined,
    queryFn: ({ signal }) => must(api.POST('/api/v1/query/stickiness', { body: askBody(body ?? {}, range, new Date()), signal })),
  })
