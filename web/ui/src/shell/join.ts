import { api } from '../api/client'

/**
 * Follows an invitation: `/#/join?token=…`. The token stands behind the # so that no server or proxy logs it; it is
 * taken out of the address before anything else, and used to log in. A token that opens nothing leads to the log-in.
 */
export async function join(): Promise<void> {
  const match = /^#\/join\?token=([^&]+)/.exec(window.location.hash)
  if (!match?.[1]) return
  window.history.replaceState(null, '', window.location.pathname + window.location.search)
  await api.POST('/api/v1/session', { body: { token: decodeURIComponent(match[1]) } })
}
