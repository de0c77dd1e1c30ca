import { Tooltip } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Curve, Point } from '../api/types'
import { useFormat } from '../ui/useFormat'
import { band, runs, smooth } from './curvePath'
import { CurveMark } from './CurveMark'
import classes from './Curves.module.css'

interface Props {
  curves: Curve[]
  /** Middle of each stage's column, pixels from the left. */
  centres: Map<string, number>
  width: number
  left: number
  titleOf: (stage: string) => string
}

const height = 148

/** How it feels over the stages: assumed, reported and observed, side by side and never blended. */
export function Curves({ curves, centres, width, left, titleOf }: Props) {
  const { t } = useTranslation('journey')
  const f = useFormat()
  // The scale is from -1 to 1; the drawing takes the part of it that is used, never less than a third.
  const far = Math.max(0.33, ...curves.flatMap((c) => c.points.flatMap((p) => [p.value, p.low, p.high].map((v) => Math.abs(v ?? 0)))))
  const y = (value: number): number => height / 2 - (value / far) * (height / 2 - 20)
  const said = (curve: Curve, p: Point): string => {
    const value = f.decimal(p.value ?? 0, 2, true)
    const range = p.low !== null && p.high !== null ? ` (${f.decimal(p.low, 2, true)} … ${f.decimal(p.high, 2, true)})` : ''
    const age = p.evidence.age_days !== null ? ` · ${f.ago(p.evidence.age_days * 86_400_000)}` : ''
    return `${titleOf(p.stage)} · ${t(`curve.${curve.kind}`)} ${value}${range} · ${t(`evidence.${p.evidence.grade}`, { count: p.evidence.n, n: f.count(p.evidence.n) })}${age}`
  }
  return (
    <div className={classes.plot} style={{ marginLeft: left, width: width - left, height }}>
      <svg width={width - left} height={height} className={classes.svg} aria-hidden="true">
        <line x1={0} x2={width - left} y1={height / 2} y2={height / 2} className={classes.zero} />
        {curves.map((curve) => {
          const xy = curve.points.map((p) => ({ p, x: (centres.get(p.stage) ?? 0) - left, y: y(p.value ?? 0) }))
          return (
            <g key={curve.kind + (curve.persona ?? '')} className={classes[curve.kind]}>
              {runs(xy, ({ p }) => p.low !== null && p.high !== null).map((run) => (
                <path key={run[0]?.p.stage} className={classes.band} d={band(run.map(({ p, x }) => ({ x, low: y(p.low ?? 0), high: y(p.high ?? 0) })))} />
              ))}
              {runs(xy, ({ p }) => p.value !== null).map((run) => (
                <path key={run[0]?.p.stage} className={classes.line} d={smooth(run)} />
              ))}
            </g>
          )
        })}
      </svg>
      <span className={classes.good} aria-hidden="true">{t('curve.good')}</span>
      <span className={classes.bad} aria-hidden="true">{t('curve.bad')}</span>
      {curves.flatMap((curve) =>
        curve.points
          .filter((p) => p.value !== null)
          .map((p) => (
            <Tooltip key={curve.kind + (curve.persona ?? '') + p.stage} label={said(curve, p)} multiline maw={300} withArrow>
              <span
                className={classes.point}
                style={{ left: (centres.get(p.stage) ?? 0) - left, top: y(p.value ?? 0), opacity: 0.45 + 0.55 * (p.evidence.grade === 'assumed' ? 1 : p.evidence.strength) }}
                role="img"
                tabIndex={0}
                aria-label={said(curve, p)}
              >
                <CurveMark kind={curve.kind} />
              </span>
            </Tooltip>
          )),
      )}
    </div>
  )
}
