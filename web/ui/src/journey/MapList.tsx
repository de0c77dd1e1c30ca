import { useTranslation } from 'react-i18next'
import type { Journey, Live } from '../api/types'
import { moodOf } from './mood'
import { Passage } from './Passage'
import { type Plan, stageTitle } from './plan'
import { StageCard } from './StageCard'
import { TouchpointBox } from './TouchpointBox'
import classes from './MapList.module.css'

interface Props {
  journey: Journey
  plan: Plan
  live?: Live
  actor: 'profile' | 'account'
  numbers: boolean
  planning: boolean
  open?: string
  onOpen: (id: string) => void
  onEditStage: (id: string) => void
}

/** The map on a phone: stage by stage downwards, each with its touchpoints by channel. */
export function MapList({ journey, plan, live, actor, numbers, planning, open, onOpen, onEditStage }: Props) {
  const { t } = useTranslation('journey')
  const stages = new Map((live?.stages ?? []).map((s) => [s.id, s]))
  return (
    <ol className={classes.stages} aria-label={t('map.stages')}>
      {journey.spec.stages.map((stage, i) => {
        const own = stages.get(stage.id)
        const next = journey.spec.stages[i + 1]
        const lanes = plan.lanes.map((lane) => ({ lane, boxes: plan.boxes.filter((b) => b.stage === stage.id && b.channel === lane) })).filter((l) => l.boxes.length > 0)
        return (
          <li key={stage.id} className={classes.stage}>
            <StageCard stage={stage} live={numbers ? own : undefined} actor={actor} plan={planning} onEdit={() => { onEditStage(stage.id) }} />
            {lanes.map(({ lane, boxes }) => (
              <div key={lane}>
                <h3 className={classes.lane}>{lane}</h3>
                <div className={classes.boxes}>
                  {boxes.map((box) => (
                    <div key={box.id} className={classes.slot}>
                      <TouchpointBox
                        box={box}
                        rect={{ x: 0, y: 0, w: 320, h: 52 }}
                        mood={moodOf(box.live, live?.facts ?? [])}
                        actor={actor}
                        live={numbers && live !== undefined}
                        open={open === box.id}
                        faded={false}
                        onOpen={onOpen}
                        onHover={() => undefined}
                      />
                    </div>
                  ))}
                </div>
              </div>
            ))}
            {numbers && own && next ? <div className={classes.passage}><Passage stage={own} next={stageTitle(next)} /></div> : null}
          </li>
        )
      })}
    </ol>
  )
}
