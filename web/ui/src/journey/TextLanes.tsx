import { useTranslation } from 'react-i18next'
import type { Journey, Lane, Live } from '../api/types'
import { EvidenceMark } from './EvidenceMark'
import type { MapLayout } from './layout'
import classes from './TextLanes.module.css'

interface Props {
  journey: Journey
  live?: Live
  layout: MapLayout
}

/** The lanes that are written rather than measured: what the customer does, needs and asks, pains, backstage. */
export function TextLanes({ journey, live, layout }: Props) {
  const { t } = useTranslation('journey')
  const stageOf = new Map(journey.spec.stages.flatMap((s) => [[s.id, s.id], ...(s.steps ?? []).map((step) => [step.id, s.id])] as [string, string][]))
  const lanes = (journey.spec.lanes ?? []).filter((lane) => (lane.cells ?? []).some((c) => c.text))
  const evidence = (lane: Lane, at: string, persona?: string) =>
    live?.cells.find((c) => c.lane === lane.id && c.at === at && (c.persona ?? '') === (persona ?? ''))?.evidence

  return lanes.map((lane) => (
    <section key={lane.id} className={classes.lane} style={{ width: layout.width }}>
      <h3 className={classes.name} style={{ width: layout.label }}>{lane.title ?? t(`lane.${lane.kind}`)}</h3>
      {layout.stages.map((stage) => {
        const cells = (lane.cells ?? []).filter((c) => c.text && stageOf.get(c.at) === stage.id)
        return (
          <div key={stage.id} className={classes.cell} style={{ left: stage.x, width: stage.w }}>
            {cells.map((c) => {
              const known = evidence(lane, c.at, c.persona)
              return (
                <p key={c.at + (c.persona ?? '')} className={classes.text}>
                  <span>{c.text}</span>
                  {known ? <EvidenceMark evidence={known} /> : null}
                </p>
              )
            })}
          </div>
        )
      })}
    </section>
  ))
}
