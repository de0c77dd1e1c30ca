import { VisuallyHidden } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { ConformanceSign } from './ConformanceSign'
import { nameAt } from './conformanceView'
import type { ConformanceAnswer, TraceMove } from './types'
import classes from './Conformance.module.css'

interface Props {
  answer: ConformanceAnswer
  moves: TraceMove[]
  open: boolean
}

/** A trace laid over the plan, a chip a move. */
export function TraceChips({ answer, moves, open }: Props) {
  const { t } = useTranslation('insight')
  return (
    <ol className={classes.chips}>
      {moves.map((m, i) => (
        <li key={String(i)} className={classes.chip} data-kind={m.kind} data-failed={m.failed}>
          <ConformanceSign type={m.kind} size={12} />
          {m.kind === 'sync' ? null : <VisuallyHidden>{t(`conform.type.${m.kind}`)}: </VisuallyHidden>}
          {nameAt(answer, m.step, m.touchpoint)}
          {m.failed ? <><ConformanceSign type="failed" size={12} /><VisuallyHidden>{t('conform.type.failed')}</VisuallyHidden></> : null}
        </li>
      ))}
      {open ? <li className={classes.chip} data-kind="open"><IconDots size={12} aria-hidden="true" />{t('conform.open')}</li> : null}
    </ol>
  )
}
