import { Table, UnstyledButton } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../ui/useFormat'
import type { FunnelAnswer, Who } from './types'
import classes from './Funnel.module.css'

interface Props {
  data: FunnelAnswer
  /** The property that splits. */
  by: string
  title: (value: string) => string
  onWho: (who: Who) => void
}

/** The funnel of each value: count and share of the first step; a click shows the people. */
export function FunnelSplit({ data, by, title, onWho }: Props) {
  const { t } = useTranslation('insight')
  const f = useFormat()
  return (
    <div className={classes.split} tabIndex={0} role="region" aria-label={t('breakdown')}>
      <Table verticalSpacing={6} horizontalSpacing="sm" fz="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{by}</Table.Th>
            {data.steps.map((s, i) => <Table.Th key={String(i)} ta="right">{i + 1}. {s.name}</Table.Th>)}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {data.series?.map((s) => (
            <Table.Tr key={`${s.other ? 'other' : 'value'}:${s.value}`}>
              <Table.Td>{s.other ? t('other') : title(s.value)}</Table.Td>
              {s.steps.map((step, i) => {
                const text = i === 0 ? f.count(step.count) : `${f.count(step.count)} · ${f.share(step.from_first)}`
                return (
                  <Table.Td key={String(i)} ta="right" className="wd-num">
                    {s.other || step.count === 0 ? text : (
                      <UnstyledButton className={classes.link} aria-label={`${title(s.value)}, ${t('more.who.show', { step: step.name, n: text })}`} onClick={() => { onWho({ step: i + 1, value: s.value }) }}>{text}</UnstyledButton>
                    )}
                  </Table.Td>
                )
              })}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}
