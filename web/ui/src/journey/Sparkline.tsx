import { spark } from './curvePath'

interface Props {
  values: number[]
  width: number
  height: number
}

/** The shape of a series, without scale: its figures stand beside it. */
export function Sparkline({ values, width, height }: Props) {
  const { line, area } = spark(values, width, height)
  if (!line) return null
  return (
    <svg width={width} height={height} viewBox={`0 0 ${String(width)} ${String(height)}`} preserveAspectRatio="none" aria-hidden="true" style={{ display: 'block', flex: 'none', maxWidth: '100%' }}>
      <path d={area} fill="currentColor" fillOpacity={0.1} />
      <path d={line} fill="none" stroke="currentColor" strokeWidth={1.4} vectorEffect="non-scaling-stroke" strokeLinejoin="round" />
    </svg>
  )
}
