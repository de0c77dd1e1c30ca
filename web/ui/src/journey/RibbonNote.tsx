import { useTranslation } from 'react-i18next'
import { useFormat } from '../ui/useFormat'
import type { Ribbon } from './ribbons'
import classes from './RibbonNote.module.css'

interface Props {
  ribbon: Ribbon
  titleOf: (id: string) => string
  actor: 'profile' | 'account'
  /** Width of the map: the note stays inside it. */
  within: number
}

/** What the ribbon under the pointer stands for. */
export function RibbonNote({ ribbon, titleOf, actor, within }: Props) {
  const { t } = useTranslation('journey')
  const f = useFormat()
  const { edge, at } = ribbon
  return (
    <div className={classes.note} style={{ left: Math.min(Math.max(at.x, 150), within - 150), top: at.y }} role="status">
      <b>{titleOf(edge.from)} → {titleOf(edge.to)}</b>
      <span>{t('edge.moves', { count: edge.count, moves: f.count(edge.count), people: f.count(edge.people), unit: t(`unit.${actor}`, { count: edge.people }) })}</span>
      <span>{t('edge.share', { share: f.share(edge.share), from: titleOf(edge.from) })} · {t('edge.median', { span: f.span(edge.median_seconds) })}</span>
      <span data-planned={edge.planned} className={classes.kind}>{t(`edge.kind.${edge.kind}`)}</span>
    </div>
  )
}
