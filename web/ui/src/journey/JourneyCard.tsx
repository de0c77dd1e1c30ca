import { Badge } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Journey } from '../api/types'
import { useFormat } from '../ui/useFormat'
import { StageBars } from './StageBars'
import { liveQuery } from './queries'
import { TrendChip } from './TrendChip'
import { useFactText } from './useFactText'
import classes from './Atlas.module.css'

/** One journey in the atlas: whose it is, how many travel, how far they come, and what stands out most. */
export function JourneyCard({ journey }: { journey: Journey }) {
  const { t } = useTranslation('journey')
  const f = useFormat()
  const factText = useFactText()
  const { id, title, owner, team } = journey.metadata
  const live = useQuery(liveQuery(id, {}))
  const status = journey.spec.status ?? 'unmapped'
  const level = journey.spec.level ?? 'macro'
  const answer = live.data?.journey === id ? live.data : undefined
  const titles = new Map([...(answer?.stages ?? []), ...(answer?.touchpoints ?? [])].map((x) => [x.id, x.title]))
  const fact = answer?.facts[0]

  return (
    <article className={`wd-card ${classes.card ?? ''}`}>
      <div>
        <h2 className={classes.title}>
          <Link to="/journeys/$id" params={{ id }}>{title ?? id}</Link>
        </h2>
        <div className={classes.meta}>
          <Badge variant="light" color={status === 'live' ? 'teal' : 'gray'} radius="sm" tt="none" fw={600}>{t(`status.${status}`)}</Badge>
          <span>{t(`atlas.level.${level}`)}</span>
          {owner ?? team ? <span>{t('atlas.owner')}: {owner ?? team}</span> : null}
        </div>
        {answer ? (
          answer.people > 0 ? (
            <>
              <p className={classes.headline}>
                <span><span className={classes.big}>{f.count(answer.people)}</span> {t(`unit.${answer.actor}`, { count: answer.people })}</span>
                <TrendChip change={answer.trend} unit="relative" />
                <span className="wd-quiet">{t('foot.journeys', { count: answer.journeys, n: f.count(answer.journeys) })}</span>
              </p>
              {fact ? <p className={classes.fact}>{factText(fact, (x) => titles.get(x) ?? x).title}</p> : null}
            </>
          ) : <p className={classes.fact}>{t('atlas.noEvents')}</p>
        ) : live.error ? <p className={classes.fact}>{live.error.message}</p> : <p className={classes.fact}>{t('atlas.loading')}</p>}
      </div>
      <StageBars journey={journey} live={answer} />
    </article>
  )
}
