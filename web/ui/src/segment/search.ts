/** Which segments are laid over each other, as it stands in the URL. */
export interface SegmentsSearch {
  compare?: string[]
}

const idForm = /^[a-z0-9][a-z0-9-]{0,63}$/

export function readSegmentsSearch(search: Record<string, unknown>): SegmentsSearch {
  const list = Array.isArray(search.compare) ? search.compare : []
  const ids = [...new Set(list.filter((id): id is string => typeof id === 'string' && idForm.test(id)))].slice(0, 8)
  return ids.length > 0 ? { compare: ids } : {}
}

/** A fault's reason that begins with its place, "1:6: …", taken apart. */
export function readPlace(reason: string): { line?: number; column?: number; text: string } {
  const m = /^(\d+):(\d+): ([\s\S]*)$/.exec(reason)
  return m ? { line: Number(m[1]), column: Number(m[2]), text: m[3] ?? '' } : { text: reason }
}
