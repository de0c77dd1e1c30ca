// How figures are written in a language. Every figure on screen passes through here, so that units and signs are
// never missing and digits group as the reader is used to.

const day = 86_400

function format(language: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = language + JSON.stringify(options)
  let made = formats.get(key)
  if (!made) {
    made = new Intl.NumberFormat(language, options)
    formats.set(key, made)
  }
  return made
}
const formats = new Map<string, Intl.NumberFormat>()

export interface Format {
  language: string
  /** 12 480 */
  count: (n: number) => string
  /** 12.4 M, when there is little room */
  short: (n: number) => string
  /** 0.594 → 59 %; below 10 % with one decimal */
  share: (n: number) => string
  /** 0.031 → +3.1 % */
  change: (n: number) => string
  /** 0.012 → +1.2 points */
  points: (n: number) => string
  /** Seconds → 2.4 days, 1.1 h, 40 s */
  span: (seconds: number) => string
  money: (n: number, currency?: string) => string
  /** One decimal at most, with a sign if asked for */
  decimal: (n: number, digits?: number, sign?: boolean) => string
  /** 3 Nov 2026 */
  date: (at: Date | string | number) => string
  /** Two days, 3 – 9 Nov 2026 */
  dates: (from: string, to: string) => string
  /** 3 Nov, 14:05 */
  moment: (at: Date | string | number) => string
  /** Milliseconds of age → 3 min. ago */
  ago: (ms: number) => string
}

export function makeFormat(language: string): Format {
  const unit = (n: number, name: string, digits = 0): string =>
    format(language, { style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits: digits }).format(n)
  const percent = (n: number, sign: boolean): string =>
    format(language, {
      style: 'percent',
      maximumFractionDigits: Math.abs(n) < 0.0995 && n !== 0 ? 1 : 0,
      signDisplay: sign ? 'exceptZero' : 'auto',
    }).format(n)
  return {
    language,
    count: (n) => format(language, { maximumFractionDigits: 0 }).format(n),
    short: (n) => format(language, { notation: 'compact', maximumFractionDigits: 1 }).format(n),
    share: (n) => percent(n, false),
    change: (n) => percent(n, true),
    points: (n) => format(language, { maximumFractionDigits: 1, signDisplay: 'exceptZero' }).format(n * 100),
    span: (s) => {
      const abs = Math.abs(s)
      if (abs < 1) return unit(Math.round(s * 1000), 'millisecond')
      if (abs < 90) return unit(Math.round(s), 'second')
      if (abs < 90 * 60) return unit(Math.round(s / 60), 'minute')
      if (abs < 2 * day) return unit(s / 3600, 'hour', abs < 36_000 ? 1 : 0)
      return unit(s / day, 'day', abs < 10 * day ? 1 : 0)
    },
    money: (n, currency) =>
      currency
        ? format(language, {
            style: 'currency',
            currency,
            notation: Math.abs(n) >= 100_000 ? 'compact' : 'standard',
            minimumFractionDigits: 0,
            maximumFractionDigits: Math.abs(n) >= 100_000 ? 1 : 0,
          }).format(n)
        : format(language, { maximumFractionDigits: 0 }).format(n),
    decimal: (n, digits = 1, sign = false) =>
      format(language, { maximumFractionDigits: digits, signDisplay: sign ? 'exceptZero' : 'auto' }).format(n),
    date: (at) => new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', year: 'numeric' }).format(new Date(at)),
    dates: (from, to) =>
      new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', year: 'numeric' }).formatRange(
        new Date(`${from}T00:00:00`),
        new Date(`${to}T00:00:00`),
      ),
    moment: (at) =>
      new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }).format(
        new Date(at),
      ),
    ago: (ms) => {
      const rel = new Intl.RelativeTimeFormat(language, { style: 'short', numeric: 'always' })
      const s = ms / 1000
      if (s < 10) return new Intl.RelativeTimeFormat(language, { style: 'short' }).format(-(Math.round(s * 10) / 10), 'second')
      if (s < 90) return rel.format(-Math.round(s), 'second')
      if (s < 5400) return rel.format(-Math.round(s / 60), 'minute')
      if (s < 2 * day) return rel.format(-Math.round(s / 3600), 'hour')
      return rel.format(-Math.round(s / day), 'day')
    },
  }
}
