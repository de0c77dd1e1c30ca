import { Anchor, Badge, Checkbox, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../ui/useFormat'
import { type Segment, membersQuery } from './queries'
import classes from './Segment.module.css'

interface Props {
  segment: Segment
  picked: boolean
  full: boolean
  onPick: () => void
}

/** One segment of the list: its name, what it means, how many are in it and of how many that is. */
export function SegmentRow({ segment: s, picked, full, onPick }: Props) {
  const { t } = useTranslation('segment')
  const f = useFormat()
  const { id, title, description } = s.metadata
  const size = useInfiniteQuery(membersQuery({ id }, 0))
  const a = size.data?.pages[0]
  const name = title ?? id
  const account = s.spec.actor === 'account'
  return (
    <li className={classes.row}>
      <span>{account ? null : <Checkbox size="sm" aria-label={t('compare.pick', { name })} checked={picked} disabled={!picked && full} onChange={onPick} />}</span>
      <span>
        <Anchor component={Link} to="/people/segments/$id" params={{ id } as never} size="sm" fw={600}>{name}</Anchor>
        {account ? <Badge ml={8} size="sm" variant="light" color="gray" tt="none">{t('kind.account')}</Badge> : null}
        <Text size="xs" className="wd-quiet">{description ?? s.spec.where}</Text>
      </span>
      <span className="wd-num">{a ? f.count(a.size) : size.error ? '–' : '…'}</span>
      <span>
        <span className={classes.share}>
          <span className={classes.track} aria-hidden="true"><span style={{ width: `${String(100 * (a?.share ?? 0))}%` }} /></span>
          <span className="wd-num wd-quiet">{a ? f.share(a.share) : ''}</span>
        </span>
      </span>
    </li>
  )
}
