import { ActionIcon } from '@mantine/core'
import { IconBuilding, IconPencil, IconUser } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { LiveStage, Stage } from '../api/types'
import { useFormat } from '../ui/useFormat'
import { stageTitle, words } from './plan'
import { TrendChip } from './TrendChip'
import classes from './StageCard.module.css'

interface Props {
  stage: Stage
  live?: LiveStage
  actor: 'profile' | 'account'
  /** Whether the plan's details are shown: goal, steps, the way to change them. */
  plan: boolean
  onEdit?: () => void
}

/** The head of a column: what the stage is, who is there, and how that changed. */
export function StageCard({ stage, live, actor, plan, onEdit }: Props) {
  const { t } = useTranslation('journey')
  const f = useFormat()
  const Who = actor === 'account' ? IconBuilding : IconUser
  return (
    <div className={classes.card}>
      <div className={classes.top}>
        <h2 className={classes.title}>{stageTitle(stage)}</h2>
        {plan && onEdit ? (
          <ActionIcon variant="subtle" color="gray" size={24} aria-label={t('edit.stage', { title: stageTitle(stage) })} onClick={onEdit}>
            <IconPencil size={15} />
          </ActionIcon>
        ) : null}
      </div>
      {stage.aim ? <p className={classes.aim} title={stage.aim}>{stage.aim}</p> : null}
      {live ? (
        <div className={classes.numbers}>
          <span className={classes.who}>
            <Who size={15} aria-hidden="true" />
            <strong className={classes.people}>{f.count(live.people)}</strong>
            <span className={classes.unit}>{t(`unit.${actor}`, { count: live.people })}</span>
          </span>
          <TrendChip change={live.trend} unit="relative" />
        </div>
      ) : null}
      {plan ? (
        <>
          {stage.goal ? (
            <p className={classes.goal}>
              <b>{t('plan.goal')}</b> {stage.goal.metric} {stage.goal.target ?? ''}
            </p>
          ) : null}
          <ol className={classes.steps} aria-label={t('plan.steps')}>
            {(stage.steps ?? []).map((s) => (
              <li key={s.id} data-optional={s.optional} title={s.optional ? t('plan.optional') : undefined}>
                {s.title ?? words(s.id)}
              </li>
            ))}
          </ol>
        </>
      ) : null}
    </div>
  )
}
