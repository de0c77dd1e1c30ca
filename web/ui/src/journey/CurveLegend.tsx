import { useTranslation } from 'react-i18next'
import type { Curve } from '../api/types'
import { useFormat } from '../ui/useFormat'
import { CurveMark } from './CurveMark'
import classes from './Curves.module.css'

/** What the three curves are and how much stands behind each. */
export function CurveLegend({ curves }: { curves: Curve[] }) {
  const { t } = useTranslation('journey')
  const f = useFormat()
  return (
    <ul className={classes.legend}>
      {(['assumed', 'reported', 'observed'] as const).map((kind) => {
        const own = curves.filter((c) => c.kind === kind)
        const n = own.reduce((sum, c) => sum + c.points.reduce((s, p) => s + p.evidence.n, 0), 0)
        const known = own.some((c) => c.points.some((p) => p.value !== null))
        return (
          <li key={kind}>
            <CurveMark kind={kind} />
            <span>{t(`curve.${kind}`)} · {known ? t(`curve.by.${kind}`, { count: n, n: f.short(n) }) : t('curve.none')}</span>
          </li>
        )
      })}
    </ul>
  )
}
