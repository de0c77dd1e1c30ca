import { themeColour } from './colour'

export interface Bar {
  label: string
  figures: string
  share: number
}

export function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

/** The funnel's bars as an SVG of their own, for export. */
export function funnelDrawing(title: string, bars: Bar[]): string {
  const width = 900
  const row = 64
  const height = 64 + bars.length * row
  const [ink, quiet, fill, sunken, surface] = ['ink', 'ink-2', 'accent', 'sunken', 'surface'].map(themeColour)
  const text = (x: number, y: number, size: number, colour: string | undefined, s: string, more = ''): string =>
    `<text x="${String(x)}" y="${String(y)}" font-size="${String(size)}" fill="${colour ?? '#000'}" ${more}>${escape(s)}</text>`
  const body = bars.map((bar, i) => {
    const y = 56 + i * row
    const full = width - 48
    return [
      text(24, y + 14, 14, ink, bar.label, 'font-weight="600"'),
      text(width - 24, y + 14, 13, quiet, bar.figures, 'text-anchor="end"'),
      `<rect x="24" y="${String(y + 22)}" width="${String(full)}" height="26" rx="5" fill="${sunken ?? '#eee'}"/>`,
      `<rect x="24" y="${String(y + 22)}" width="${String(Math.max(2, full * bar.share))}" height="26" rx="5" fill="${fill ?? '#45d'}"/>`,
    ].join('')
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${String(width)}" height="${String(height)}" viewBox="0 0 ${String(width)} ${String(height)}" font-family="Inter, system-ui, sans-serif"><rect width="100%" height="100%" fill="${surface ?? '#fff'}"/>${text(24, 32, 17, ink, title, 'font-weight="650"')}${body.join('')}</svg>`
}
