/** What is said of somebody in a list: the short, telling traits, not the name that already stands there. */
export function brief(traits: Record<string, unknown>): string {
  const named = new Set(['name', 'first_name', 'last_name', 'firstName', 'lastName', 'timezone', 'avatar'])
  return Object.entries(traits)
    .filter(([k, v]) => !named.has(k) && (typeof v === 'string' || typeof v === 'number') && String(v) !== '')
    .sort(([a], [b]) => Number(b === 'email') - Number(a === 'email'))
    .slice(0, 4)
    .map(([, v]) => String(v))
    .join(' · ')
}

export function traitText(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
}
