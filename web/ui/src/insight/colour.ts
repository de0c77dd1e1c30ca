/** The theme's colours as they are now, for drawings that cannot use variables. */
export function themeColour(name: string): string {
  return window.getComputedStyle(document.documentElement).getPropertyValue(`--wd-${name}`).trim()
}

/** The typeface of drawings; a name, since drawings measure their texts before they stand on the page. */
export const typeface = "'Inter Variable', system-ui, sans-serif"

// Lines differ by dash as well as by colour.
const lines = ['accent', 'obs', 'warn', 'bad', 'ink-3'] as const
const dashes = ['solid', 'dashed', 'dotted'] as const

export function lineColour(i: number): string {
  return themeColour(lines[i % lines.length] ?? 'accent')
}
export function lineDash(i: number): (typeof dashes)[number] {
  return dashes[Math.floor(i / lines.length) % dashes.length] ?? 'solid'
}
