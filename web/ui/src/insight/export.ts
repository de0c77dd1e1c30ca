import type { Sheet } from './types'

function quote(value: string | number | null): string {
  if (value === null) return ''
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** RFC 4180, raw values. A text that a spreadsheet would run as a formula is led by an apostrophe. */
export function toCSV({ head, rows }: Sheet): string {
  return [head, ...rows.map((row) => row.map((c) => c.value))].map((line) => line.map(quote).join(',')).join('\r\n') + '\r\n'
}

export function fileName(title: string): string {
  return title.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '').replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '').slice(0, 60) || 'wend'
}

export function save(name: string, data: Blob): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(data)
  link.download = name
  link.click()
  window.setTimeout(() => { URL.revokeObjectURL(link.href) }, 10_000)
}

/** Draws an SVG at twice its size. */
export async function toPNG(svg: string): Promise<Blob> {
  const image = new Image()
  const source = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }))
  try {
    image.src = source
    await image.decode()
    const canvas = document.createElement('canvas')
    canvas.width = image.width * 2
    canvas.height = image.height * 2
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
    return await new Promise((done, fail) => {
      canvas.toBlob((blob) => { if (blob) done(blob); else fail(new Error('PNG')) }, 'image/png')
    })
  } finally {
    URL.revokeObjectURL(source)
  }
}
