import { queryOptions } from '@tanstack/react-query'
import { api, must } from '../api/client'

export const sourcesQuery = () =>
  queryOptions({ queryKey: ['sources'], queryFn: ({ signal }) => must(api.GET('/api/v1/sources', { signal })) })

export const healthQuery = () =>
  queryOptions({ queryKey: ['health'], queryFn: ({ signal }) => must(api.GET('/api/v1/health', { signal })) })
