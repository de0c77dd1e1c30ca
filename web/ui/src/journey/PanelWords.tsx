import { Badge } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Box } from './plan'
import classes from './TouchpointPanel.module.css'

/** What the plan says of a touchpoint: its kind, and what the customer needs, asks and feels there. */
export function PanelWords({ box }: { box: Box }) {
  const { t } = useTranslation('journey')
  const spec = box.touchpoint?.spec
  if (!spec) return null
  const tags = [
    spec.kind ? t(`taxonomy.kind.${spec.kind}`) : '',
    spec.medium ? t(`taxonomy.medium.${spec.medium}`) : '',
    spec.presence ? t(`taxonomy.presence.${spec.presence}`) : '',
    spec.influence ? t(`taxonomy.influence.${spec.influence}`) : '',
    spec.sphere ? t(`taxonomy.sphere.${spec.sphere}`) : '',
    spec.moment_of_truth ? t('taxonomy.moment') : '',
    spec.department ?? '',
    ...(spec.systems ?? []),
  ].filter(Boolean)
  const views = spec.views ?? []
  const fields = ['need', 'question', 'feeling', 'information'] as const
  return (
    <div>
      {tags.length > 0 ? <div className={classes.tags}>{tags.map((tag) => <Badge key={tag} variant="default" radius="sm" tt="none" fw={500}>{tag}</Badge>)}</div> : null}
      {views.map((v, i) =>
        fields.filter((field) => v[field]).map((field) => (
          <p key={`${String(i)}-${field}`} className={classes.said} style={{ marginTop: 8 }}>
            <b>{t(`view.${field}`)}{v.persona ? ` · ${v.persona}` : ''}</b> {v[field]}
          </p>
        )),
      )}
    </div>
  )
}
