/** 1 234 567 → 1.2 MB, in the reader's language. */
export function bytes(n: number, language: string): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const
  const i = n < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(n) / 3))
  const value = n / 1000 ** i
  return new Intl.NumberFormat(language, { style: 'unit', unit: units[i] ?? 'byte', unitDisplay: 'short', maximumFractionDigits: i > 0 && value < 100 ? 1 : 0 }).format(value)
}
