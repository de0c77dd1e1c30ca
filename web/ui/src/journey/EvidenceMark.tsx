import { Tooltip } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Evidence } from '../api/types'
import { useFormat } from '../ui/useFormat'

const filled: Record<Evidence['grade'], number> = { assumed: 0, researched: 1, reported: 2, observed: 3 }

/** How well something is known: none to three bars, fading with age. */
export function EvidenceMark({ evidence }: { evidence: Evidence }) {
  const { t } = useTranslation('journey')
  const f = useFormat()
  const age = evidence.age_days !== null ? ` · ${f.ago(evidence.age_days * 86_400_000)}` : ''
  const label = t(`evidence.${evidence.grade}`, { count: evidence.n, n: f.count(evidence.n) }) + age
  return (
    <Tooltip label={label} withArrow>
      <svg width={14} height={12} viewBox="0 0 14 12" role="img" aria-label={label} style={{ flex: 'none', color: 'var(--wd-obs)' }}>
        {[0, 1, 2].map((i) => (
          <rect
            key={i}
            x={0.5 + i * 5}
            y={8.5 - i * 3.5}
            width={3}
            height={3 + i * 3.5}
            rx={0.8}
            fill={i < filled[evidence.grade] ? 'currentColor' : 'none'}
            fillOpacity={0.35 + 0.65 * evidence.strength}
            stroke={i < filled[evidence.grade] ? 'currentColor' : 'var(--wd-ink-3)'}
            strokeWidth={0.8}
          />
        ))}
      </svg>
    </Tooltip>
  )
}
