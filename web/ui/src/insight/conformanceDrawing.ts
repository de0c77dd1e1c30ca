import { themeColour } from './colour'

/** What the drawing needs of a step: its name and its figures as written on screen. */
export interface DrawnStep {
  name: string
  optional: boolean
  figures: { type: 'sync' | 'missing' | 'ad_hoc' | 'out_of_order' | 'failed'; text: string }[]
  /** What was done besides, after this step. */
  besides: string[]
}
export interface DrawnStage {
  title: string
  steps: DrawnStep[]
}

const signs = { sync: '✓', missing: '◌', ad_hoc: '+', out_of_order: '⇄', failed: '⚠' } as const
const colours = { sync: 'ink-2', missing: 'warn-ink', ad_hoc: 'accent-ink', out_of_order: 'obs-ink', failed: 'bad-ink' } as const

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

/** The plan with its deviations as an SVG of its own, for export. */
export function conformanceDrawing(title: string, summary: string, stages: DrawnStage[]): string {
  const wide = 210
  const colour = (name: string): string => themeColour(name) || '#444'
  const text = (x: number, y: number, size: number, fill: string, words: string, more = ''): string =>
    `<text x="${String(x)}" y="${String(y)}" font-size="${String(size)}" fill="${fill}" ${more}>${escape(words.length > 34 ? `${words.slice(0, 33)}…` : words)}</text>`
  let deepest = 0
  const columns = stages.map((stage, i) => {
    const x = 24 + i * (wide + 16)
    let y = 112
    const parts = [text(x, 98, 13, colour('ink-2'), stage.title, 'font-weight="650"')]
    for (const step of stage.steps) {
      parts.push(`<rect x="${String(x)}" y="${String(y)}" width="${String(wide)}" height="52" rx="8" fill="${colour('surface')}" stroke="${colour('line-strong')}" ${step.optional ? 'stroke-dasharray="4 3"' : ''}/>`)
      parts.push(text(x + 12, y + 20, 13, colour('ink'), step.name, 'font-weight="600"'))
      let at = x + 12
      for (const figure of step.figures) {
        const words = `${signs[figure.type]} ${figure.text}`
        parts.push(text(at, y + 40, 12, colour(colours[figure.type]), words))
        at += 10 + words.length * 7
      }
      y += 60
      for (const words of step.besides) {
        parts.push(text(x + 20, y + 8, 11, colour(colours.ad_hoc), `+ ${words}`))
        y += 16
      }
      y += step.besides.length > 0 ? 8 : 0
    }
    deepest = Math.max(deepest, y)
    return parts.join('')
  })
  const width = Math.max(700, 32 + stages.length * (wide + 16))
  const height = deepest + 24
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${String(width)}" height="${String(height)}" viewBox="0 0 ${String(width)} ${String(height)}" font-family="Inter, system-ui, sans-serif"><rect width="100%" height="100%" fill="${colour('bg')}"/><text x="24" y="36" font-size="17" font-weight="650" fill="${colour('ink')}">${escape(title)}</text><text x="24" y="62" font-size="13" fill="${colour('ink-2')}">${escape(summary)}</text>${columns.join('')}</svg>`
}
