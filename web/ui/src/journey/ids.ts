/** Makes an id from a title: lower-case letters, digits and hyphens, not one of those taken. */
export function makeID(title: string, taken: Set<string>): string {
  const base =
    title
      .toLowerCase()
      .replaceAll('æ', 'ae')
      .replaceAll('ø', 'o')
      .replaceAll('ł', 'l')
      .normalize('NFKD')
      .replaceAll(/[\u0300-\u036f]/g, '')
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-+|-+$/g, '')
      .slice(0, 56) || 'new'
  if (!taken.has(base)) return base
  let n = 2
  while (taken.has(`${base}-${String(n)}`)) n++
  return `${base}-${String(n)}`
}
