import { Table } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../ui/useFormat'
import { isSplit } from './contact'
import type { ContactAnswer, ContactValue } from './types'
import drivers from './Drivers.module.css'
import classes from './Insight.module.css'

/** How first visits ended: all of them, then by landing page, campaign, search term, device. */
export function ContactSplits({ answer: a }: { answer: ContactAnswer }) {
  const { t } = useTranslation('insight')
  const f = useFormat()
  const counts = { n: f.count(a.all.failed.n), of: f.count(a.all.visits), low: f.share(a.all.failed.low), high: f.share(a.all.failed.high) }
  const share = (r: { n: number; rate: number }): string => `${f.share(r.rate)} (${f.count(r.n)})`
  const title = (v: ContactValue): string => (v.other ? t('other') : v.value === '' ? t('contact.unknown') : v.value)
  const verdict = (v: ContactValue) => {
    if (v.direction !== 'better' && v.direction !== 'worse') return null
    return <span className={drivers.verdict} data-way={v.direction}>{v.direction === 'worse' ? '▲' : '▼'} {t('contact.against', { points: f.points(v.rest?.value ?? 0) })}</span>
  }
  return (
    <>
      <div className={drivers.big}>{f.share(a.all.failed.rate)}</div>
      <p className={drivers.head}>{t('contact.all', counts)}</p>
      <p className={drivers.note}>
        {t('contact.parts', { few: share(a.all.few_clicks), short: share(a.all.short), engaged: share(a.all.engaged) })}
        {a.open > 0 ? ` ${t('contact.open', { n: f.count(a.open) })}` : ''}
      </p>
      {a.splits.map((s) => (
        <div key={s.by} className={drivers.more}>
          <div className={classes.scroll} tabIndex={0} role="region" aria-label={isSplit(s.by) ? t(`contact.by.${s.by}`) : s.by}>
            <Table className={drivers.visits} verticalSpacing={6} horizontalSpacing={6} fz={13} layout="fixed">
              <colgroup>{[19, 9, 26, 14, 11, 10, 11].map((w, i) => <col key={String(i)} style={{ width: `${String(w)}%` }} />)}</colgroup>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{isSplit(s.by) ? t(`contact.by.${s.by}`) : s.by}</Table.Th>
                  <Table.Th ta="right">{t('contact.col.visits')}</Table.Th>
                  <Table.Th>{t('contact.col.failed')}</Table.Th>
                  <Table.Th>{t('contact.col.against')}</Table.Th>
                  <Table.Th ta="right">{t('contact.col.few')}</Table.Th>
                  <Table.Th ta="right">{t('contact.col.short')}</Table.Th>
                  <Table.Th ta="right">{t('contact.col.engaged')}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody className="wd-num">
                {s.values.map((v) => (
                  <Table.Tr key={v.other ? '\0' : v.value}>
                    <Table.Td style={{ overflowWrap: 'anywhere' }}>{title(v)}</Table.Td>
                    <Table.Td ta="right">{f.count(v.visits)}</Table.Td>
                    <Table.Td className={drivers.failed} title={t('contact.interval', { low: f.share(v.failed.low), high: f.share(v.failed.high) })}>
                      <div className={drivers.bar} aria-hidden="true">
                        <span className={drivers.fill} style={{ width: `${String(100 * v.failed.rate)}%` }} />
                        <span className={drivers.interval} style={{ left: `${String(100 * v.failed.low)}%`, width: `${String(100 * (v.failed.high - v.failed.low))}%` }} />
                      </div>
                      <span>{share(v.failed)}</span>
                    </Table.Td>
                    <Table.Td>{verdict(v)}</Table.Td>
                    <Table.Td ta="right" style={{ whiteSpace: 'nowrap' }}>{share(v.few_clicks)}</Table.Td>
                    <Table.Td ta="right" style={{ whiteSpace: 'nowrap' }}>{share(v.short)}</Table.Td>
                    <Table.Td ta="right" style={{ whiteSpace: 'nowrap' }}>{share(v.engaged)}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </div>
        </div>
      ))}
    </>
  )
}
