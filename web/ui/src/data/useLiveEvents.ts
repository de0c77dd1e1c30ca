import { useCallback, useEffect, useRef, useState } from 'react'
import type { LiveEvent } from './types'

export interface Feed {
  open: boolean
  events: LiveEvent[]
  /** How many came faster than the feed shows. */
  left: number
  /** How many wait while paused. */
  waiting: number
  paused: boolean
  pause: (on: boolean) => void
  clear: () => void
}

const most = 200

/** The newest events first, at most as many as somebody would scroll through. */
export function join(fresh: LiveEvent[], before: LiveEvent[]): LiveEvent[] {
  return [...fresh.toReversed(), ...before].slice(0, most)
}

/** Events as they arrive. While paused they wait, and show when it goes on. */
export function useLiveEvents(want: { source?: string; name?: string }): Feed {
  const { source, name } = want
  const [state, setState] = useState<{ open: boolean; events: LiveEvent[]; left: number; held: LiveEvent[] }>({ open: false, events: [], left: 0, held: [] })
  const [paused, setPaused] = useState(false)
  const hold = useRef(false)
  const pause = useCallback((on: boolean) => {
    hold.current = on
    setPaused(on)
    if (!on) setState((s) => ({ ...s, events: join(s.held, s.events), held: [] }))
  }, [])
  useEffect(() => {
    const ask = new URLSearchParams({ events: 'true' })
    if (source) ask.set('source', source)
    if (name) ask.set('name', name)
    const feed = new EventSource(`/api/v1/stream?${ask.toString()}`)
    // Up to fifty a second: they are put on screen together, a few times a second.
    let fresh: LiveEvent[] = []
    let timer: number | undefined
    const show = (): void => {
      timer = undefined
      const batch = fresh
      fresh = []
      setState((s) => (hold.current ? { ...s, held: [...s.held, ...batch].slice(-most) } : { ...s, events: join(batch, s.events) }))
    }
    feed.addEventListener('open', () => { setState((s) => ({ ...s, open: true })) })
    feed.addEventListener('error', () => { setState((s) => ({ ...s, open: false })) })
    feed.addEventListener('event', (e: MessageEvent<string>) => {
      fresh.push(JSON.parse(e.data) as LiveEvent)
      timer ??= window.setTimeout(show, 200)
    })
    feed.addEventListener('left_out', (e: MessageEvent<string>) => {
      const { count } = JSON.parse(e.data) as { count: number }
      setState((s) => ({ ...s, left: s.left + count }))
    })
    return () => {
      window.clearTimeout(timer)
      feed.close()
    }
  }, [source, name])
  const clear = useCallback(() => { setState((s) => ({ ...s, events: [], held: [], left: 0 })) }, [])
  return { open: state.open, events: state.events, left: state.left, waiting: state.held.length, paused, pause, clear }
}
