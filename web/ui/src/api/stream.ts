import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect, useSyncExternalStore } from 'react'
import type { Tick } from './types'

/** The newest tick, and whether the feed is open. */
export interface Pulse {
  open: boolean
  tick?: Tick
  /** When the tick arrived here, milliseconds since 1970. */
  at?: number
}

let pulse: Pulse = { open: false }
const listeners = new Set<() => void>()
function say(next: Pulse): void {
  pulse = next
  for (const tell of listeners) tell()
}

/** What the feed last said. */
export function usePulse(): Pulse {
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell)
      return () => listeners.delete(tell)
    },
    () => pulse,
  )
}

const keysOf: Record<string, string[]> = {
  Journey: ['journeys', 'journey', 'live', 'lint'],
  Touchpoint: ['touchpoints', 'touchpoint', 'live', 'lint'],
  Persona: ['personas', 'live'],
  Segment: ['segments', 'segment', 'members', 'membership', 'overlap'],
  SavedView: ['views'],
  Source: ['sources'],
  Workspace: ['settings'],
  Import: ['imports'],
  Rejection: ['rejections'],
  Profile: ['people', 'account', 'live', 'health'],
}

/** Live numbers are read again this often at most, milliseconds. */
const pace = 500

function changed(client: QueryClient, kind: string): void {
  const keys = keysOf[kind]
  if (keys) for (const key of keys) void client.invalidateQueries({ queryKey: [key] })
  else void client.invalidateQueries()
}

/**
 * Listens to the server's feed while the page is open: new events make live numbers stale, a changed definition is
 * read again. Ask for it once, in the shell.
 */
export function useStream(): void {
  const client = useQueryClient()
  useEffect(() => {
    const feed = new EventSource('/api/v1/stream')
    let waiting: number | undefined
    let last = 0
    const stale = (): void => {
      waiting = undefined
      last = Date.now()
      void client.invalidateQueries({ queryKey: ['live'] })
      void client.invalidateQueries({ queryKey: ['health'] })
    }
    feed.addEventListener('open', () => { say({ ...pulse, open: true }) })
    feed.addEventListener('error', () => { say({ ...pulse, open: false }) })
    feed.addEventListener('tick', (e: MessageEvent<string>) => {
      const tick = JSON.parse(e.data) as Tick
      const news = tick.version !== pulse.tick?.version
      say({ open: true, tick, at: Date.now() })
      if (!news || waiting !== undefined) return
      // The first tick acts at once; ticks may come faster than anybody can read, so then twice a second.
      const wait = last + pace - Date.now()
      if (wait <= 0) stale()
      else waiting = window.setTimeout(stale, wait)
    })
    feed.addEventListener('changed', (e: MessageEvent<string>) => {
      changed(client, (JSON.parse(e.data) as { kind: string }).kind)
    })
    return () => {
      window.clearTimeout(waiting)
      feed.close()
    }
  }, [client])
}
