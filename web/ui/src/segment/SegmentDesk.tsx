import { useDebouncedValue } from '@mantine/hooks'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Problem } from '../api/problem'
import { ChangesFeed } from './ChangesFeed'
import { Members } from './Members'
import { type Segment, membersQuery } from './queries'
import { readPlace } from './search'
import { SegmentEditor } from './SegmentEditor'
import { SizeCard } from './SizeCard'
import classes from './Segment.module.css'

interface Props {
  stored: Segment
  etag: string
  onMade: (id: string) => void
  onGone: () => void
}

/** The editor of one segment, and beside it what it means for the customers there are. */
export function SegmentDesk({ stored, etag, onMade, onGone }: Props) {
  const [draft, setDraft] = useState(stored)
  const [settled] = useDebouncedValue(draft.spec, 250)
  const { id } = stored.metadata
  const changed = settled.where !== stored.spec.where || (settled.actor ?? 'profile') !== (stored.spec.actor ?? 'profile')
  // What is stored is asked for by its id, so that the feed of its changes has it read again.
  const asked = id && !changed ? { id } : { where: settled.where, actor: settled.actor }
  const members = useInfiniteQuery(membersQuery(asked, 20))
  const fault = members.error instanceof Problem ? members.error.faults.find((f) => f.field.endsWith('where')) : undefined
  const written = settled.where.trim() !== ''
  return (
    <div className={classes.columns}>
      <div className={classes.side}>
        <SegmentEditor draft={draft} stored={stored} etag={etag} onEdit={setDraft} onMade={onMade} onGone={onGone} fault={written && fault ? readPlace(fault.reason) : undefined} />
        <SizeCard answer={written ? members.data?.pages[0] : undefined} busy={members.isFetching} stale={Boolean(members.error)} error={fault ? null : members.error} />
      </div>
      <div className={classes.side}>
        <ChangesFeed id={id} />
        {written && (members.data ?? members.isFetching) ? <Members list={members} account={(settled.actor ?? 'profile') === 'account'} /> : null}
      </div>
    </div>
  )
}
