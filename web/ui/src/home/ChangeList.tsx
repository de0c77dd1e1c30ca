import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Change, Live } from '../api/types'
import { TrendChip } from '../journey/TrendChip'
import classes from './Home.module.css'

interface Row {
  key: string
  journey: string
  where: string
  what: string
  change: Change
  unit: 'points' | 'relative'
}

const most = 8

/** What is called a change against the 28 days before: only where the interval leaves out no change. */
export function ChangeList({ lives }: { lives: Live[] }) {
  const { t } = useTranslation('home')
  const rows = lives.flatMap((live) =>
    live.stages.flatMap((stage, i): Row[] => {
      const next = live.stages[i + 1]?.title ?? ''
      const found: (Row | undefined)[] = [
        stage.trend ? { key: `${live.journey} ${stage.id} people`, journey: live.journey, where: stage.title, what: t(`people.${live.actor}`), change: stage.trend, unit: 'relative' } : undefined,
        stage.next_change ? { key: `${live.journey} ${stage.id} next`, journey: live.journey, where: stage.title, what: t('goOn', { next }), change: stage.next_change, unit: 'points' } : undefined,
      ]
      return found.filter((r): r is Row => r?.change.direction === 'better' || r?.change.direction === 'worse')
    }),
  )
  const sorted = [...rows].sort((a, b) => Number(a.change.direction === 'better') - Number(b.change.direction === 'better') || Math.abs(b.change.value) - Math.abs(a.change.value))
  return (
    <section>
      <h2 className={classes.name}>{t('changed')} <span>{t('changedLead')}</span></h2>
      <ul className={`wd-card ${classes.list ?? ''}`}>
        {sorted.length === 0 ? <li>{t('noChange')}</li> : null}
        {sorted.slice(0, most).map((row) => (
          <li key={row.key}>
            <div className={classes.row}>
              <span>
                <Anchor component={Link} to="/journeys/$id" params={{ id: row.journey } as never} size="sm" fw={600}>{row.where}</Anchor>
                <span className={classes.small}>{row.what}</span>
              </span>
              <TrendChip change={row.change} unit={row.unit} />
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}
