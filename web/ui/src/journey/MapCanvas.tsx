import { useElementSize } from '@mantine/hooks'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Journey, Live } from '../api/types'
import { CurveLegend } from './CurveLegend'
import { Curves } from './Curves'
import { layoutMap } from './layout'
import { moodOf } from './mood'
import { Passage } from './Passage'
import { type Plan, stageTitle } from './plan'
import { RibbonNote } from './RibbonNote'
import { Ribbons } from './Ribbons'
import { makeRibbons } from './ribbons'
import type { Layer } from './search'
import { StageCard } from './StageCard'
import { TextLanes } from './TextLanes'
import { TouchpointBox } from './TouchpointBox'
import classes from './MapCanvas.module.css'

interface Props {
  journey: Journey
  plan: Plan
  live?: Live
  actor: 'profile' | 'account'
  layers: Set<Layer>
  top: number
  open?: string
  onOpen: (id: string) => void
  onEditStage: (id: string) => void
}

/** The map: stages as columns, channels as rows, boxes with their live chips, and the ribbons under them. */
export function MapCanvas({ journey, plan, live, actor, layers, top, open, onOpen, onEditStage }: Props) {
  const { t } = useTranslation('journey')
  const { ref, width } = useElementSize()
  const [hovered, setHovered] = useState<string | null>(null)
  const [picked, setPicked] = useState<string | null>(null)
  const numbers = layers.has('live')
  const flow = layers.has('flow')
  const layout = useMemo(() => layoutMap(plan, { width: Math.max(width, 320), flow, box: numbers ? 52 : 44 }), [plan, width, flow, numbers])
  const ribbons = useMemo(() => (flow && live ? makeRibbons(live.edges, layout.boxes, top) : []), [flow, live, layout, top])
  const titles = useMemo(() => new Map([...plan.stages, ...plan.boxes].map((x) => [x.id, x.title])), [plan])
  const titleOf = (id: string): string => titles.get(id) ?? id
  const near = useMemo(() => {
    if (!hovered || !flow) return null
    return new Set([hovered, ...ribbons.flatMap((r) => (r.edge.from === hovered ? [r.edge.to] : r.edge.to === hovered ? [r.edge.from] : []))])
  }, [hovered, flow, ribbons])
  const note = ribbons.find((r) => r.key === picked)
  const centres = new Map(layout.stages.map((s) => [s.id, s.x + s.w / 2]))
  const stages = new Map((live?.stages ?? []).map((s) => [s.id, s]))

  return (
    <div className={classes.scroll} tabIndex={-1}>
      <div ref={ref} className={classes.measure} />
      {width > 0 ? (
        <div className={classes.map} style={{ width: layout.width }}>
          <div className={classes.heads}>
            <div className={classes.corner} style={{ width: layout.label }} />
            {journey.spec.stages.map((stage, i) => {
              const at = layout.stages[i]
              const own = stages.get(stage.id)
              const next = journey.spec.stages[i + 1]
              const gap = layout.stages[i + 1]
              if (!at) return null
              return (
                <div key={stage.id} className={classes.head} style={{ marginLeft: i === 0 ? 0 : at.x - ((layout.stages[i - 1]?.x ?? 0) + (layout.stages[i - 1]?.w ?? 0)), width: at.w }}>
                  <StageCard stage={stage} live={numbers ? own : undefined} actor={actor} plan={layers.has('plan')} onEdit={() => { onEditStage(stage.id) }} />
                  {numbers && own && next && gap ? (
                    <span className={classes.passage} style={{ left: at.w + (gap.x - at.x - at.w) / 2 }}>
                      <Passage stage={own} next={stageTitle(next)} />
                    </span>
                  ) : null}
                </div>
              )
            })}
          </div>
          <div className={classes.lanes} style={{ height: layout.height }}>
            {layout.lanes.map((lane) => (
              <div key={lane.name} className={classes.lane} style={{ top: lane.y, height: lane.h, width: layout.width }}>
                <h3 className={classes.laneName} style={{ width: layout.label }}>{lane.name}</h3>
              </div>
            ))}
            <Ribbons ribbons={ribbons} width={layout.width} height={layout.height} hovered={hovered} picked={picked} onPick={setPicked} />
            {plan.boxes.map((box) => {
              const rect = layout.boxes.get(box.id)
              return rect ? (
                <TouchpointBox
                  key={box.id}
                  box={box}
                  rect={rect}
                  mood={moodOf(box.live, live?.facts ?? [])}
                  actor={actor}
                  live={numbers && live !== undefined}
                  open={open === box.id}
                  faded={near !== null && !near.has(box.id)}
                  onOpen={onOpen}
                  onHover={setHovered}
                />
              ) : null
            })}
            {note ? <RibbonNote ribbon={note} titleOf={titleOf} actor={actor} within={layout.width} /> : null}
          </div>
          {numbers && live && live.curves.length > 0 ? (
            <section className={classes.feel}>
              <div className={classes.laneName} style={{ width: layout.label }}>
                <h3 className={classes.feelName}>{t('curve.title')}</h3>
                <CurveLegend curves={live.curves} />
              </div>
              <div style={{ marginLeft: -layout.label }}>
                <Curves curves={live.curves} centres={centres} width={layout.width} left={layout.label} titleOf={titleOf} />
              </div>
            </section>
          ) : null}
          <TextLanes journey={journey} live={live} layout={layout} />
        </div>
      ) : null}
    </div>
  )
}
