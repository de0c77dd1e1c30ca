import { themeColour } from './colour'

export interface DrawnModel {
  label: string
  figures: string
  share: number
  low: number | null
  high: number | null
}
export interface DrawnChannel {
  label: string
  models: DrawnModel[]
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

/** The bars of each channel as an SVG of their own, for export. `full` is the share of the longest bar. */
export function attributionDrawing(title: string, channels: DrawnChannel[], full: number): string {
  const width = 900
  const [from, to, line] = [210, 690, 24]
  const [ink, quiet, fill, sunken, surface] = ['ink', 'ink-2', 'accent', 'sunken', 'surface'].map((n) => themeColour(n) || '#888')
  const text = (x: number, y: number, size: number, colour: string | undefined, s: string, more = ''): string =>
    `<text x="${String(x)}" y="${String(y)}" font-size="${String(size)}" fill="${colour ?? '#000'}" ${more}>${escape(s)}</text>`
  const at = (share: number): number => from + (Math.min(Math.max(share, 0), full) / full) * (to - from)
  let y = 56
  const parts: string[] = []
  for (const c of channels) {
    parts.push(text(24, y + 14, 14, ink, c.label, 'font-weight="600"'))
    y += line
    for (const m of c.models) {
      parts.push(text(24, y + 13, 12, quiet, m.label), text(width - 24, y + 13, 12, quiet, m.figures, 'text-anchor="end"'))
      parts.push(`<rect x="${String(from)}" y="${String(y + 3)}" width="${String(to - from)}" height="12" rx="4" fill="${sunken ?? '#eee'}"/>`)
      parts.push(`<rect x="${String(from)}" y="${String(y + 3)}" width="${String(Math.max(1, at(m.share) - from))}" height="12" rx="4" fill="${fill ?? '#45d'}"/>`)
      if (m.low !== null && m.high !== null) parts.push(`<rect x="${String(at(m.low))}" y="${String(y + 8)}" width="${String(Math.max(1, at(m.high) - at(m.low)))}" height="2" fill="${ink ?? '#000'}"/>`)
      y += line
    }
    y += 12
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${String(width)}" height="${String(y + 12)}" viewBox="0 0 ${String(width)} ${String(y + 12)}" font-family="Inter, system-ui, sans-serif"><rect width="100%" height="100%" fill="${surface ?? '#fff'}"/>${text(24, 32, 17, ink, title, 'font-weight="650"')}${parts.join('')}</svg>`
}
