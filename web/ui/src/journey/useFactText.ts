import { useTranslation } from 'react-i18next'
import type { Fact, Figure } from '../api/types'
import { useFormat } from '../ui/useFormat'

interface FactText {
  title: string
  lines: string[]
}

/** Writes a finding in the reader's language from its kind and figures. */
export function useFactText(): (fact: Fact, titleOf: (id: string) => string, currency?: string) => FactText {
  const { t } = useTranslation('journey')
  const f = useFormat()
  const value = (unit: Figure['unit'], v: number, sign = false): string => {
    switch (unit) {
      case 'share':
        return sign ? `${f.points(v)} ${t('change.pointsUnit')}` : f.share(v)
      case 'seconds':
        return f.span(v)
      case 'people':
        return sign ? f.change(v) : f.count(v)
      case 'nps':
        return f.decimal(v, 0, true)
      case 'mean':
        return f.decimal(v, 2, sign)
    }
  }
  return (fact, titleOf) => {
    const about = titleOf(fact.touchpoint ?? fact.stage ?? '')
    const other = fact.other ? titleOf(fact.other) : ''
    const lines = fact.figures.map((g) =>
      g.unit === 'share' && g.of !== undefined
        ? `${g.label}: ${value(g.unit, g.value)} (${f.count(g.n)} / ${f.count(g.of)})`
        : `${g.label}: ${value(g.unit, g.value)} (n ${f.count(g.n)})`,
    )
    const unit = fact.figures[0]?.unit
    if (unit && fact.difference !== undefined && fact.difference !== null) {
      const range = fact.low !== undefined && fact.low !== null && fact.high !== undefined && fact.high !== null ? ` (${value(unit, fact.low, true)} … ${value(unit, fact.high, true)})` : ''
      lines.push(`${t('fact.difference')}: ${value(unit, fact.difference, true)}${range}`)
    }
    return { title: t(`fact.${fact.kind}`, { about, other }), lines }
  }
}
