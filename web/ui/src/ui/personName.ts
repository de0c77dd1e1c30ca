import type { Person } from '../api/types'

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** What a person is called: name, else e-mail address, else the first identifier. */
export function personName(p: Person): string {
  const full = [text(p.traits.first_name) || text(p.traits.firstName), text(p.traits.last_name) || text(p.traits.lastName)].join(' ').trim()
  return text(p.traits.name) || full || text(p.traits.email) || p.identifiers[0] || p.id
}
