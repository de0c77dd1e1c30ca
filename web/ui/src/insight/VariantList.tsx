import { UnstyledButton } from '@mantine/core'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../ui/useFormat'
import { ActorLink } from './ActorLink'
import { TraceChips } from './TraceChips'
import type { ConformanceAnswer } from './types'
import classes from './Conformance.module.css'

/** The most frequent ways, each laid over the plan; opened, it tells who went it last. */
export function VariantList({ answer }: { answer: ConformanceAnswer }) {
  const { t } = useTranslation('insight')
  const f = useFormat()
  const [open, setOpen] = useState<number>()
  const rest = answer.variant_count - answer.variants.length
  return (
    <section aria-label={t('conform.variants')}>
      <h2 className={classes.title}>{t('conform.variants')}</h2>
      <ol className={classes.variants}>
        {answer.variants.map((v, i) => (
          <li key={String(i)}>
            <UnstyledButton className={classes.variantHead} aria-expanded={open === i} onClick={() => { setOpen(open === i ? undefined : i) }}>
              {open === i ? <IconChevronDown size={14} aria-hidden="true" /> : <IconChevronRight size={14} aria-hidden="true" />}
              <span className="wd-num"><b>{f.count(v.count)}</b> · {f.share(v.share.rate)}</span>
              <span className={classes.hint}>{t('conform.fits', { fitness: f.decimal(v.fitness, 2) })}{v.clean ? ` · ${t('conform.isClean')}` : ''}</span>
            </UnstyledButton>
            <TraceChips answer={answer} moves={v.moves} open={v.open} />
            {open === i ? (
              <ul className={classes.people}>
                {v.examples.map((x) => (
                  <li key={x.actor + x.last}><ActorLink id={x.actor} actor={answer.actor} /> <span className={classes.hint}>{t('conform.last', { when: f.moment(x.last) })}</span></li>
                ))}
              </ul>
            ) : null}
          </li>
        ))}
      </ol>
      {rest > 0 ? <p className={classes.hint}>{t('conform.rest', { count: rest, n: f.count(rest) })}</p> : null}
    </section>
  )
}
