import { Table } from '@mantine/core'
import type { Sheet } from './types'
import classes from './Insight.module.css'

interface Props {
  sheet: Sheet
  caption: string
}

/** An answer as a table: words to the left, figures to the right. */
export function SheetTable({ sheet, caption }: Props) {
  const figure = (i: number): boolean => sheet.rows.some((row) => typeof row[i]?.value === 'number')
  return (
    <div className={classes.scroll} tabIndex={0} role="region" aria-label={caption}>
      <Table verticalSpacing={6} horizontalSpacing="sm" fz="sm">
        <Table.Thead>
          <Table.Tr>{sheet.head.map((h, i) => <Table.Th key={h} ta={figure(i) ? 'right' : 'left'}>{h}</Table.Th>)}</Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sheet.rows.map((row, r) => (
            <Table.Tr key={String(r)}>
              {row.map((cell, i) => <Table.Td key={String(i)} ta={figure(i) ? 'right' : 'left'} className={figure(i) ? 'wd-num' : undefined}>{cell.text}</Table.Td>)}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}
