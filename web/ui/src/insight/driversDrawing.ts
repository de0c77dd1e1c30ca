import { themeColour } from './colour'
import { oddsPlace, oddsSpan } from './drivers'
import { escape } from './funnelDrawing'
import type { Driver } from './types'

interface Line {
  driver: Driver
  label: string
  figures: string
}

/** The found drivers as an SVG of their own, for export: dots with whiskers on a log axis. */
export function driversDrawing(title: string, lines: Line[], odds: (n: number) => string): string {
  const [width, row, left, right] = [1000, 28, 480, 820]
  const height = 96 + lines.length * row
  const [ink, quiet, line, surface, good, bad] = ['ink', 'ink-2', 'line-strong', 'surface', 'obs', 'bad'].map(themeColour)
  const span = oddsSpan(lines.map((l) => l.driver))
  const x = (n: number): string => String(Math.round(left + (right - left) * oddsPlace(n, span)))
  const text = (at: string, y: number, size: number, colour: string | undefined, s: string, more = ''): string =>
    `<text x="${at}" y="${String(y)}" font-size="${String(size)}" fill="${colour ?? '#000'}" ${more}>${escape(s)}</text>`
  const ticks = span.ticks.map((n) => `<line x1="${x(n)}" x2="${x(n)}" y1="72" y2="${String(height - 16)}" stroke="${line ?? '#ccc'}" stroke-width="${n === 1 ? '2' : '0.5'}"/>${text(x(n), 64, 11, quiet, odds(n), 'text-anchor="middle"')}`)
  const rows = lines.map(({ driver: d, label, figures }, i) => {
    const y = 90 + i * row
    const colour = (d.direction === 'failure' ? bad : good) ?? '#000'
    return [
      text('24', y + 4, 13, ink, label.length > 62 ? `${label.slice(0, 60)} …` : label),
      `<line x1="${x(d.odds_low)}" x2="${x(d.odds_high)}" y1="${String(y)}" y2="${String(y)}" stroke="${colour}" stroke-width="2"/>`,
      `<circle cx="${x(d.odds_ratio)}" cy="${String(y)}" r="5" fill="${colour}"/>`,
      text(String(width - 24), y + 4, 12, quiet, figures, 'text-anchor="end"'),
    ].join('')
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${String(width)}" height="${String(height)}" viewBox="0 0 ${String(width)} ${String(height)}" font-family="Inter, system-ui, sans-serif"><rect width="100%" height="100%" fill="${surface ?? '#fff'}"/>${text('24', 32, 17, ink, title, 'font-weight="650"')}${ticks.join('')}${rows.join('')}</svg>`
}
