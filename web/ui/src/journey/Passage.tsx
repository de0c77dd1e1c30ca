import { Tooltip } from '@mantine/core'
import { IconArrowDown, IconArrowRight, IconArrowUp } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { LiveStage } from '../api/types'
import { useFormat } from '../ui/useFormat'
import classes from './Passage.module.css'

/** The share that goes on from one stage to the next, between their heads. */
export function Passage({ stage, next }: { stage: LiveStage; next: string }) {
  const { t } = useTranslation('journey')
  const f = useFormat()
  if (!stage.next || stage.next.of === 0) return null
  const { rate, n, of, low, high } = stage.next
  const direction = stage.next_change?.direction ?? 'not_enough'
  const Sign = direction === 'worse' ? IconArrowDown : direction === 'better' ? IconArrowUp : IconArrowRight
  const text = t('passage', { share: f.share(rate), n: f.count(n), of: f.count(of), next, low: f.share(low), high: f.share(high) })
  const change = stage.next_change && (direction === 'worse' || direction === 'better') ? ` ${t(`change.${direction}`)}: ${f.points(stage.next_change.value)} ${t('change.pointsUnit')}.` : ''
  return (
    <Tooltip label={text + change} multiline maw={260} withArrow>
      <span className={classes.pill} data-direction={direction} tabIndex={0} aria-label={text + change}>
        {f.share(rate)}
        <Sign size={12} aria-hidden="true" />
      </span>
    </Tooltip>
  )
}
