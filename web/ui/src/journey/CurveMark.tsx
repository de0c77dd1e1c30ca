import type { Curve } from '../api/types'
import classes from './Curves.module.css'

/** A curve's own sign, so that the three differ without colour: ring, square, dot. */
export function CurveMark({ kind }: { kind: Curve['kind'] }) {
  return (
    <svg width={14} height={14} viewBox="0 0 14 14" className={classes[kind]} aria-hidden="true" style={{ display: 'block' }}>
      {kind === 'assumed' ? <circle cx={7} cy={7} r={3.6} className={classes.hollow} strokeDasharray="2 1.6" /> : null}
      {kind === 'reported' ? <rect x={3.4} y={3.4} width={7.2} height={7.2} rx={1} className={classes.hollow} /> : null}
      {kind === 'observed' ? <circle cx={7} cy={7} r={4} className={classes.full} /> : null}
    </svg>
  )
}
