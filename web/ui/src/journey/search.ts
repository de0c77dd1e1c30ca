import { type Actor, type RangeSearch, readActor, readRange } from '../ui/range'

export const layers = ['plan', 'live', 'flow'] as const
export type Layer = (typeof layers)[number]

/** Everything that a map shows, as it stands in the URL, so that a link reopens it. */
export interface MapSearch extends RangeSearch {
  /** Layers that are on, joined by commas; none given is live and flow. */
  layers?: string
  actor?: Actor
  persona?: string
  /** CEL over event and profile. */
  filter?: string
  /** How many ribbons are drawn, the widest first. */
  top?: number
  /** The touchpoint whose panel is open. */
  touchpoint?: string
}

/** Which layers are on. */
export function layersOf(search: MapSearch): Set<Layer> {
  if (search.layers === undefined) return new Set(['live', 'flow'])
  return new Set(layers.filter((l) => search.layers?.split(',').includes(l)))
}

function text(value: unknown, most: number): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= most ? value : undefined
}

export function readMapSearch(search: Record<string, unknown>): MapSearch {
  const top = Number(search.top)
  const out: MapSearch = {
    ...readRange(search),
    layers: typeof search.layers === 'string' ? layers.filter((l) => String(search.layers).split(',').includes(l)).join(',') : undefined,
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
