import { useStream } from '../api/stream'

/** Keeps the server's feed open while somebody is logged in; shows nothing. */
export function Feed() {
  useStream()
  return null
}
