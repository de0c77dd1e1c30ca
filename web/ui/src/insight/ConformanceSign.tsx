import { type Icon, IconAlertTriangle, IconArrowsExchange, IconCheck, IconCircleDashed, IconPlus } from '@tabler/icons-react'
import type { TraceMove } from './types'
import type { DeviationType } from './conformanceView'

const signs: Record<DeviationType | TraceMove['kind'], Icon> = {
  sync: IconCheck,
  missing: IconCircleDashed,
  ad_hoc: IconPlus,
  out_of_order: IconArrowsExchange,
  failed: IconAlertTriangle,
}

/** The sign of a move or a deviation: its shape tells the type without the colour. */
export function ConformanceSign({ type, size = 14 }: { type: DeviationType | TraceMove['kind']; size?: number }) {
  const Sign = signs[type]
  return <Sign size={size} stroke={2} aria-hidden="true" />
}
