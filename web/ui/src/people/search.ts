/** What the room shows, as it stands in the URL. */
export interface PeopleSearch {
  q?: string
}

export function readPeopleSearch(search: Record<string, unknown>): PeopleSearch {
  const q = typeof search.q === 'string' || typeof search.q === 'number' ? String(search.q).slice(0, 200) : ''
  return q ? { q } : {}
}
