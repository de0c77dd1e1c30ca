import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../ui/useFormat'
import type { DriverCandidate } from './types'

interface Words {
  /** What an actor has: 'Product Viewed', 'category = shoes'. */
  what: (c: DriverCandidate) => string
  /** Where it was looked for: 'in Product Viewed, before'. */
  where: (c: DriverCandidate) => string
  odds: (n: number) => string
  /** A p or q-value; tiny ones as '< 0.001'. */
  chance: (p: number) => string
}

/** How drivers are said in the reader's language. */
export function useDriverWords(): Words {
  const { t } = useTranslation('insight')
  const f = useFormat()
  return useMemo(() => {
    const number = (n: number): string => f.decimal(n, 2)
    const what = (c: DriverCandidate): string => {
      const property = (c.property ?? '').replace(/^(properties|context|traits)\./, '')
      const event = c.event ?? ''
      if (c.kind === 'event') return event
      if (c.kind === 'count') return t('drivers.atLeast', { event, n: f.count(c.at_least ?? 0) })
      if (c.present) return t('drivers.present', { property })
      if (c.low !== undefined && c.high !== undefined) return t('drivers.range', { property, low: number(c.low), high: number(c.high) })
      if (c.low !== undefined) return t('drivers.above', { property, n: number(c.low) })
      if (c.high !== undefined) return t('drivers.upTo', { property, n: number(c.high) })
      return t('drivers.is', { property, value: c.value ?? '' })
    }
    const odds = (n: number): string => (n >= 1000 ? `> ${f.count(1000)}` : n >= 10 ? f.decimal(n, 0) : n >= 0.1 ? f.decimal(n, 2) : n >= 0.001 ? f.decimal(n, 3) : `< ${f.decimal(0.001, 3)}`)
    return {
      what,
      where: (c) => t(`drivers.in.${c.kind}`, { event: c.event ?? '' }),
      odds,
      chance: (p) => (p < 0.001 ? `< ${f.decimal(0.001, 3)}` : f.decimal(p, 3)),
    }
  }, [t, f])
}
