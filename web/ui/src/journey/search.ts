import { type Actor, type RangeSearch, readActor, readRange } from '../ui/range'

export const layers = ['plan', 'live', 'flow'] as const
export type Layer = (typeof layers)[number]

/** Everything that a map shows, as it stands in the URL, so that a link reopens it. */
export interface MapSearch extends RangeSearch {
  layer?: Layer
  actor?: Actor
  persona?: string
  /** CEL over event and profile. */
  filter?: string
  /** How many ribbons are drawn, the widest first. */
  top?: number
  /** The touchpoint whose panel is open. */
  touchpoint?: string
}

function text(value: unknown, most: number): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= most ? value : undefined
}

export function readMapSearch(search: Record<string, unknown>): MapSearch {
  const top = Number(search.top)
  const out: MapSearch = {
    ...readRange(search),
    layer: layers.find((l) => l === search.layer),
    actor: readActor(search.actor),
    persona: text(search.persona, 64),
    filter: text(search.filter, 2000),
    touchpoint: text(search.touchpoint, 64),
    top: Number.isInteger(top) && top >= 1 && top <= 200 ? top : undefined,
  }
  return JSON.parse(JSON.stringify(out)) as MapSearch
}

/** What the atlas shows: `make` opens the dialog that makes a journey or reads a file. */
export interface AtlasSearch {
  make?: 'new' | 'import'
}

export function readAtlasSearch(search: Record<string, unknown>): AtlasSearch {
  return search.make === 'new' || search.make === 'import' ? { make: search.make } : {}
}
