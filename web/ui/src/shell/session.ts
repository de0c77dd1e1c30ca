import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, must } from '../api/client'
import { Problem } from '../api/problem'

/** Who is logged in; null when nobody is. */
export function useSession() {
  return useQuery({
    queryKey: ['session'],
    staleTime: 300_000,
    queryFn: async () => {
      try {
        return await must(api.GET('/api/v1/session'))
      } catch (error) {
        if (error instanceof Problem && error.status === 401) return null
        throw error
      }
    },
  })
}

export function useLogin() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (token: string) => must(api.POST('/api/v1/session', { body: { token } })),
    onSuccess: () => client.invalidateQueries(),
  })
}

export function useLogout() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async () => {
      const { error, response } = await api.DELETE('/api/v1/session')
      if (!response.ok) throw new Error(String(error))
    },
    onSuccess: () => {
      // The shell watches the session: it must keep its query. All else that was read goes.
      client.setQueryData(['session'], null)
      client.removeQueries({ predicate: (q) => q.queryKey[0] !== 'session' })
    },
  })
}
