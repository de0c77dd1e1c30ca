import { Button, Loader, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Failure } from '../ui/Failure'
import { useFormat } from '../ui/useFormat'
import { type Segment, overlapQuery } from './queries'
import classes from './Segment.module.css'

interface Props {
  segments: Segment[]
  onClear: () => void
}

/** Most combinations that are drawn; there may be 255. */
const most = 24

/**
 * Who is in several segments at once, as in an UpSet plot (Lex et al. 2014): a row per combination, marked in the
 * columns of its segments, with a bar as long as the people in exactly these.
 */
export function Overlap({ segments, onClear }: Props) {
  const { t } = useTranslation('segment')
  const f = useFormat()
  const people = segments.filter((s) => s.spec.actor !== 'account')
  const ask = useQuery(overlapQuery(people.map((s) => s.metadata.id)))
  const names = people.map((s) => s.metadata.title ?? s.metadata.id)
  const a = people.length >= 2 && ask.data?.segments.length === people.length ? ask.data : undefined
  const rows = a ? [...a.combinations.slice(0, most), { in: [] as number[], count: a.outside, share: a.of > 0 ? a.outside / a.of : 0 }] : []
  const widest = Math.max(1, ...rows.filter((r) => r.in.length > 0).map((r) => r.count))
  return (
    <section className={`wd-card ${classes.card ?? ''}`} aria-labelledby="overlap" aria-busy={ask.isFetching}>
      <div className={classes.bar}>
        <h2 id="overlap">{t('compare.title')}</h2>
        {people.length > 0 ? <Button size="compact-sm" variant="subtle" onClick={onClear}>{t('compare.clear')}</Button> : null}
      </div>
      {people.length < 2 ? <Text size="sm" className="wd-quiet">{t('compare.hint')}</Text> : null}
      {ask.error ? <Failure error={ask.error} onRetry={() => void ask.refetch()} /> : null}
      {people.length >= 2 && !a && !ask.error ? <Loader role="status" size="sm" aria-label={t('loading', { ns: 'shell' })} /> : null}
      {a ? (
        <>
          <div className={classes.scroll}>
            <table className={classes.upset}>
              <caption className={classes.hidden}>{t('compare.caption')}</caption>
              <thead>
                <tr>
                  {names.map((name, i) => (
                    <th key={name} scope="col" className={classes.set}><span title={name}>{name}</span><small className="wd-num">{f.short(a.segments[i]?.size ?? 0)}</small></th>
                  ))}
                  <th scope="col" className={classes.wide}>{t('compare.in')}</th>
                  <th scope="col" className={classes.figure}>{t('compare.count')}</th>
                  <th scope="col" className={classes.figure}>{t('compare.share')}</th>
                </tr>
              </thead>
              <tbody>
                {rows.map((r) => {
                  const outside = r.in.length === 0
                  const words = outside ? t('compare.outside') : r.in.map((i) => names[i]).join(' + ')
                  return (
                    <tr key={r.in.join()}>
                      {names.map((name, i) => {
                        const on = r.in.includes(i)
                        return <td key={name} className={classes.dotcell}><span className={on ? classes.dot : classes.hole} aria-hidden="true" /></td>
                      })}
                      <th scope="row" className={classes.wide} title={outside ? words : t('compare.and', { names: words })}>
                        <span className={classes.words}>{words}</span>
                        <span className={outside ? classes.none : classes.length} style={{ width: `${String(Math.min(100, (100 * r.count) / widest))}%` }} aria-hidden="true" />
                      </th>
                      <td className={`${classes.figure ?? ''} wd-num`}>{f.count(r.count)}</td>
                      <td className={`${classes.figure ?? ''} wd-num wd-quiet`}>{f.share(r.share)}</td>
                    </tr>
                  )
                })}
              </tbody>
            </table>
          </div>
          <Text size="xs" className="wd-quiet" mt="sm">{t('compare.meta', { of: f.count(a.of) })}</Text>
        </>
      ) : null}
    </section>
  )
}
