import { Tooltip } from '@mantine/core'
import { IconArrowDownRight, IconArrowUpRight, IconEqual } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Change } from '../api/types'
import { useFormat } from '../ui/useFormat'
import classes from './TrendChip.module.css'

interface Props {
  change: Change | null | undefined
  /** A share is compared in points, people relatively. */
  unit: 'points' | 'relative'
  small?: boolean
}

/** A change against the period before. Without an interval that leaves out 0 it says "no change", and how wide it is. */
export function TrendChip({ change, unit, small }: Props) {
  const { t } = useTranslation('journey')
  const f = useFormat()
  if (!change || change.direction === 'not_enough') return null
  const write = unit === 'points' ? f.points : f.change
  const { direction, low, high } = change
  const sure = direction === 'better' || direction === 'worse'
  const Sign = !sure ? IconEqual : change.value > 0 ? IconArrowUpRight : IconArrowDownRight
  const range = low !== null && high !== null ? t('change.range', { value: write(change.value), low: write(low), high: write(high) }) : write(change.value)
  const verdict = t(`change.${direction}`)
  return (
    <Tooltip label={`${verdict}: ${range}${unit === 'points' ? ` ${t('change.pointsUnit')}` : ''} · ${t('change.against')}`} multiline maw={280} withArrow>
      <span className={classes.chip} data-direction={direction} data-small={small} tabIndex={small ? undefined : 0}>
        <Sign size={small ? 12 : 14} aria-hidden="true" />
        {sure ? write(change.value) : t('change.none')}
        {sure && unit === 'points' ? ` ${t('change.pt')}` : null}
      </span>
    </Tooltip>
  )
}
