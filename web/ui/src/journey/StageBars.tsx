import type { Journey, Live } from '../api/types'
import { useFormat } from '../ui/useFormat'
import { stageTitle } from './plan'
import { TrendChip } from './TrendChip'
import classes from './Atlas.module.css'

/** How many reach each stage, as bars against the fullest one. */
export function StageBars({ journey, live }: { journey: Journey; live?: Live }) {
  const f = useFormat()
  const most = Math.max(1, ...(live?.stages ?? []).map((s) => s.people))
  return (
    <ol className={classes.bars}>
      {journey.spec.stages.map((stage) => {
        const own = live?.stages.find((s) => s.id === stage.id)
        return (
          <li key={stage.id} className={classes.bar}>
            <span className={classes.barName} title={stageTitle(stage)}>{stageTitle(stage)}</span>
            <span className={classes.track}><span className={classes.fill} style={{ display: 'block', width: `${String(own ? (own.people / most) * 100 : 0)}%` }} /></span>
            <span className={classes.barCount}>
              {own ? <><TrendChip change={own.trend} unit="relative" small /><b>{f.count(own.people)}</b></> : null}
            </span>
          </li>
        )
      })}
    </ol>
  )
}
