import { useQuery } from '@tanstack/react-query'
import { api, must } from '../api/client'
import { journeysQuery, touchpointsQuery } from '../journey/queries'

interface Found {
  journeys: { id: string; title: string }[]
  touchpoints: { id: string; title: string; journey: string; where: string }[]
  people: { id: string; name: string; hint: string }[]
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** What ⌘K can open: all journeys and their touchpoints, and the people that match what was typed. */
export function useFound(query: string): Found {
  const journeys = useQuery(journeysQuery())
  const touchpoints = useQuery(touchpointsQuery())
  const people = useQuery({
    queryKey: ['find', 'people', query],
    enabled: query.trim().length >= 2,
    queryFn: ({ signal }) => must(api.GET('/api/v1/profiles', { params: { query: { query: query.trim(), limit: 6 } }, signal })),
  })

  const titles = new Map((touchpoints.data ?? []).map((p) => [p.metadata.id, p.metadata.title ?? p.metadata.id]))
  const seen = new Set<string>()
  const points: Found['touchpoints'] = []
  for (const j of journeys.data ?? []) {
    for (const stage of j.spec.stages) {
      for (const id of (stage.steps ?? []).flatMap((step) => step.touchpoints ?? [])) {
        if (seen.has(id)) continue
        seen.add(id)
        points.push({ id, title: titles.get(id) ?? id, journey: j.metadata.id, where: `${j.metadata.title ?? j.metadata.id} · ${stage.title ?? stage.id}` })
      }
    }
  }
  return {
    journeys: (journeys.data ?? []).map((j) => ({ id: j.metadata.id, title: j.metadata.title ?? j.metadata.id })),
    touchpoints: points,
    people: (people.data?.people ?? []).map((p) => {
      const name = text(p.traits.name) || [text(p.traits.first_name), text(p.traits.last_name)].join(' ').trim()
      return { id: p.id, name: name || text(p.traits.email) || p.identifiers[0] || p.id, hint: [text(p.traits.email), p.account ?? ''].filter(Boolean).join(' · ') }
    }),
  }
}
