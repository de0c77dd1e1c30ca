import { QueryCache, QueryClient } from '@tanstack/react-query'
import { Problem } from './problem'

/** Server state lives here and nowhere else. A 401 anywhere sends the reader to the log-in. */
export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, query) => {
      if (error instanceof Problem && error.status === 401 && query.queryKey[0] !== 'session') {
        void queryClient.invalidateQueries({ queryKey: ['session'] })
      }
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      retry: (count, error) => count < 2 && !(error instanceof Problem && error.status < 500),
      refetchOnWindowFocus: false,
    },
  },
})
