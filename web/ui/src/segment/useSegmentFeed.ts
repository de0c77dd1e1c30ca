import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'

/** Listens to who enters and leaves segments, and has what is on screen read again. It says whether the feed is open. */
export function useSegmentFeed(): boolean {
  const client = useQueryClient()
  const [open, setOpen] = useState(false)
  useEffect(() => {
    const feed = new EventSource('/api/v1/stream?segments=true')
    let waiting: number | undefined
    const moved = new Set<string>()
    const read = (): void => {
      const ids = [...moved]
      moved.clear()
      for (const id of ids) void client.invalidateQueries({ queryKey: ['membership', id] })
      void client.invalidateQueries({ predicate: (q) => q.queryKey[0] === 'members' && ids.includes((q.queryKey[1] as { id?: string }).id ?? '') })
    }
    feed.addEventListener('open', () => { setOpen(true) })
    feed.addEventListener('error', () => { setOpen(false) })
    feed.addEventListener('segment', (e: MessageEvent<string>) => {
      moved.add((JSON.parse(e.data) as { id: string }).id)
      // The first acts at once; more come together.
      if (waiting === undefined) {
        read()
        waiting = window.setTimeout(() => {
          waiting = undefined
          if (moved.size > 0) read()
        }, 500)
      }
    })
    return () => {
      window.clearTimeout(waiting)
      feed.close()
    }
  }, [client])
  return open
}
