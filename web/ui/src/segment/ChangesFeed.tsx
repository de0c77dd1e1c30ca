import { Anchor, Text } from '@mantine/core'
import { IconArrowNarrowLeft, IconArrowNarrowRight } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Failure } from '../ui/Failure'
import { useFormat } from '../ui/useFormat'
import { membershipQuery } from './queries'
import { useSegmentFeed } from './useSegmentFeed'
import classes from './Segment.module.css'

/** Who entered and left lately, the newest first, as it happens. */
export function ChangesFeed({ id }: { id: string }) {
  const { t } = useTranslation('segment')
  const f = useFormat()
  const open = useSegmentFeed()
  const m = useQuery(membershipQuery(id))
  const clock = new Intl.DateTimeFormat(f.language, { hour: '2-digit', minute: '2-digit', second: '2-digit' })
  const to = m.data?.actor === 'account' ? '/people/account/$id' : '/people/$id'
  return (
    <section className={`wd-card ${classes.card ?? ''}`} aria-labelledby="feed">
      <div className={classes.bar}>
        <h2 id="feed">{t('feed.title')}</h2>
        {id ? <span className={classes.live} data-open={open}>{open ? t('feed.live') : t('feed.closed')}</span> : null}
      </div>
      {m.error ? <Failure error={m.error} onRetry={() => void m.refetch()} /> : null}
      {!id ? <Text size="sm" className="wd-quiet">{t('feed.unsaved')}</Text> : null}
      {m.data && !m.data.following ? <Text size="sm" className="wd-quiet" role="status">{t('feed.wait')}</Text> : null}
      {m.data?.following && m.data.changes.length === 0 ? <Text size="sm" className="wd-quiet">{t('feed.none', { since: f.moment(m.data.since ?? '') })}</Text> : null}
      <ul className={`${classes.plain ?? ''} ${classes.latest ?? ''}`} aria-live="polite" tabIndex={0} aria-labelledby="feed">
        {(m.data?.changes ?? []).map((c) => (
          <li key={`${c.id} ${c.at} ${String(c.entered)}`} className={classes.change} data-entered={c.entered}>
            <span className={classes.sign}>{c.entered ? <IconArrowNarrowRight size={16} aria-hidden="true" /> : <IconArrowNarrowLeft size={16} aria-hidden="true" />}{c.entered ? t('feed.entered') : t('feed.left')}</span>
            <Anchor component={Link} to={to} params={{ id: c.id } as never} size="sm">{c.name || c.id}</Anchor>
            <span className="wd-num wd-quiet">{clock.format(new Date(c.at))}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
