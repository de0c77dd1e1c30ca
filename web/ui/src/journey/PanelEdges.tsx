import { useTranslation } from 'react-i18next'
import type { LiveEdge } from '../api/types'
import { useFormat } from '../ui/useFormat'
import classes from './TouchpointPanel.module.css'

interface Props {
  id: string
  edges: LiveEdge[]
  titleOf: (id: string) => string
  onOpen: (id: string) => void
}

const most = 6

/** Where customers come from and where they go next, planned or not. */
export function PanelEdges({ id, edges, titleOf, onOpen }: Props) {
  const { t } = useTranslation('journey')
  const f = useFormat()
  const sides = [
    { key: 'in', list: edges.filter((e) => e.to === id), other: (e: LiveEdge) => e.from },
    { key: 'out', list: edges.filter((e) => e.from === id), other: (e: LiveEdge) => e.to },
  ] as const
  return sides.map(({ key, list, other }) =>
    list.length === 0 ? null : (
      <section key={key}>
        <h3 className={classes.section}>{t(`panel.${key}`)}</h3>
        <ul className={classes.edges}>
          {list.slice(0, most).map((e) => (
            <li key={other(e)}>
              <button type="button" className={classes.edge} onClick={() => { onOpen(other(e)) }}>
                <span>{titleOf(other(e))}</span>
                <b>{f.count(e.count)}</b>
                <span className={`${classes.small ?? ''} ${e.planned ? '' : (classes.off ?? '')}`}>{t(`edge.kind.${e.kind}`)}</span>
                <span className={classes.small}>{f.span(e.median_seconds)}</span>
              </button>
            </li>
          ))}
        </ul>
      </section>
    ),
  )
}
