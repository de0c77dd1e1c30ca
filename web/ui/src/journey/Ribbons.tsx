import type { Ribbon } from './ribbons'
import classes from './Ribbons.module.css'

interface Props {
  ribbons: Ribbon[]
  width: number
  height: number
  /** Touchpoint under the pointer: its ribbons stand out, the others fade. */
  hovered: string | null
  /** Ribbon under the pointer. */
  picked: string | null
  onPick: (key: string | null) => void
}

/** The traffic between touchpoints, as wide as it is. Planned moves are solid, unplanned ones dashed and red. */
export function Ribbons({ ribbons, width, height, hovered, picked, onPick }: Props) {
  const stateOf = (r: Ribbon): string => {
    if (picked) return r.key === picked ? 'on' : 'off'
    if (hovered) return r.edge.from === hovered || r.edge.to === hovered ? 'on' : 'off'
    return 'idle'
  }
  return (
    <svg className={classes.ribbons} width={width} height={height} viewBox={`0 0 ${String(width)} ${String(height)}`} aria-hidden="true">
      <defs>
        <marker id="wd-arrow" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto">
          <path d="M0,0.500L7,4L0,7.500Z" className={classes.arrow} />
        </marker>
      </defs>
      {ribbons.map((r) => (
        <g key={r.key} data-state={stateOf(r)} data-planned={r.edge.planned} onMouseEnter={() => { onPick(r.key) }} onMouseLeave={() => { onPick(null) }}>
          <path
            d={r.path}
            className={classes.line}
            strokeWidth={r.edge.planned ? r.width : Math.max(2, Math.min(r.width, 6))}
            markerEnd={r.edge.planned ? undefined : 'url(#wd-arrow)'}
          />
          <path d={r.path} className={classes.grip} strokeWidth={Math.max(10, r.width)} />
        </g>
      ))}
    </svg>
  )
}
