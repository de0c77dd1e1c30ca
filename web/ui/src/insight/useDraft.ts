import { useDebouncedCallback, useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'

interface Draft<T> {
  /** What the editor shows. */
  draft: T
  /** The same once typing has paused: what is asked. */
  settled: T
  edit: (next: T) => void
}

/** A value that is edited here and kept elsewhere (in the URL): kept when typing pauses, taken over when it changes there. */
export function useDraft<T>(stored: T, keep: (next: T) => void): Draft<T> {
  const json = JSON.stringify(stored)
  const [draft, setDraft] = useState(stored)
  const [base, setBase] = useState(json)
  const [mine, setMine] = useState(json)
  if (json !== base) {
    setBase(json)
    if (json !== mine) setDraft(stored)
  }
  const [settled] = useDebouncedValue(draft, 250)
  const write = useDebouncedCallback((next: T) => {
    setMine(JSON.stringify(next))
    keep(next)
  }, 250)
  return {
    draft,
    settled,
    edit: (next) => {
      setDraft(next)
      write(next)
    },
  }
}
