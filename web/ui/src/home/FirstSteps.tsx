import { Anchor, Title } from '@mantine/core'
import { IconCircleCheckFilled, IconCircleDashed } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import classes from './Home.module.css'

interface Props {
  done: { events: boolean; journey: boolean; live: boolean }
}

/** The way from nothing to a living map, with what is done ticked off. */
export function FirstSteps({ done }: Props) {
  const { t } = useTranslation('home')
  const steps = [
    { key: 'journey', to: '/journeys', search: { make: 'new' } },
    { key: 'events', to: '/data', search: {} },
    { key: 'live', to: '/journeys', search: {} },
  ] as const
  return (
    <section className={`wd-card ${classes.steps ?? ''}`}>
      <Title order={2} size="h4">{t('first.title')}</Title>
      <ol className={classes.stepList}>
        {steps.map(({ key, to, search }) => {
          const Sign = done[key] ? IconCircleCheckFilled : IconCircleDashed
          return (
            <li key={key} className={classes.step} data-done={done[key]}>
              <Sign size={22} aria-hidden="true" />
              <span>
                <b>{t(`first.${key}.title`)}{done[key] ? ` – ${t('first.done')}` : ''}</b>
                {t(`first.${key}.text`)}{' '}
                {done[key] ? null : <Anchor component={Link} to={to} search={search as never} size="sm" fw={600}>{t(`first.${key}.action`)}</Anchor>}
              </span>
            </li>
          )
        })}
      </ol>
    </section>
  )
}
