import { Anchor, Loader } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Failure } from '../ui/Failure'
import { Page } from '../ui/Page'
import { type Segment, segmentQuery } from './queries'
import { segmentRoute } from './routes'
import { SegmentDesk } from './SegmentDesk'

/** One segment: its condition, its size while the condition is written, its members, and who comes and goes. */
export function SegmentPage() {
  const { t } = useTranslation('segment')
  const navigate = useNavigate()
  const { id } = segmentRoute.useParams()
  const fresh = id === 'new'
  const stored = useQuery(segmentQuery(fresh ? '' : id))
  const blank: Segment = { apiVersion: 'wend/v1', kind: 'Segment', metadata: { id: '' }, spec: { where: '' } }
  const doc = fresh ? blank : stored.data?.doc.document
  return (
    <Page title={fresh ? t('edit.untitled') : (doc?.metadata.title ?? id)} lead={doc?.metadata.description}>
      <Anchor component={Link} to="/people/segments" search={{} as never} size="sm" style={{ position: 'relative', top: -12 }}>← {t('back')}</Anchor>
      {!fresh && stored.isPending ? <div><Loader role="status" aria-label={t('loading', { ns: 'shell' })} /></div> : null}
      {stored.error && !fresh ? <Failure error={stored.error} onRetry={() => void stored.refetch()} /> : null}
      {doc ? (
        <SegmentDesk
          key={id}
          stored={doc}
          etag={fresh ? '' : (stored.data?.etag ?? '')}
          onMade={(made) => { void navigate({ to: '/people/segments/$id', params: { id: made } as never, replace: true }) }}
          onGone={() => { void navigate({ to: '/people/segments', search: {} as never }) }}
        />
      ) : null}
    </Page>
  )
}
