export const tabs = ['sources', 'live', 'rejected', 'imports', 'catalogue', 'health'] as const
export type Tab = (typeof tabs)[number]

/** What the room shows, as it stands in the URL. */
export interface DataSearch {
  tab?: Tab
  /** Only events of this source (live, rejected). */
  source?: string
  /** Only events of this name (live), or whose name holds this (catalogue). */
  name?: string
  /** Only rejections for this reason. */
  reason?: string
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= 500 ? value : undefined
}

export function readDataSearch(search: Record<string, unknown>): DataSearch {
  const out: DataSearch = {
    tab: tabs.find((tab) => tab === search.tab),
    source: text(search.source),
    name: text(search.name),
    reason: text(search.reason),
  }
  return JSON.parse(JSON.stringify(out)) as DataSearch
}
