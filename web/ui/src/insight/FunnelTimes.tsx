import { Loader, NativeSelect } from '@mantine/core'
import { type RefObject, Suspense, lazy, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../ui/useFormat'
import { timesOption } from './timesOption'
import type { FunnelAnswer } from './types'
import classes from './Funnel.module.css'

const Chart = lazy(() => import('./Chart'))

interface Props {
  data: FunnelAnswer
  drawingRef: RefObject<(() => string) | null>
}

/** How long it took: over all, or from one step to the next. */
export function FunnelTimes({ data, drawingRef }: Props) {
  const { t } = useTranslation('insight')
  const f = useFormat()
  const [step, setStep] = useState(0)
  const one = step > 0 ? data.steps[step] : undefined
  const bars = one ? one.times : data.overall?.times
  const { median_seconds: median, mean_seconds: mean } = one ?? data.overall ?? { median_seconds: null, mean_seconds: null }
  const name = (i: number): string => `${String(i + 1)}. ${data.steps[i]?.name ?? ''}`
  const option = useMemo(() => () => timesOption(bars ?? [], f.span, f.count), [bars, f])
  return (
    <>
      <div className={classes.pick}>
        <NativeSelect
          label={t('more.times.from')}
          value={String(step)}
          onChange={(e) => { setStep(Number(e.currentTarget.value)) }}
          data={[
            { value: '0', label: t('more.times.overall', { from: name(0), to: name(data.steps.length - 1) }) },
            ...data.steps.slice(1).map((_, i) => ({ value: String(i + 1), label: t('more.times.step', { step: name(i + 1) }) })),
          ]}
        />
        <p className="wd-quiet wd-num">
          {median === null || mean === null ? t('more.times.nobody') : t('more.times.facts', { n: f.count((one ?? data.overall)?.count ?? 0), median: f.span(median), mean: f.span(mean) })}
        </p>
      </div>
      {bars && bars.length > 0 ? (
        <Suspense fallback={<Loader role="status" aria-label={t('loading', { ns: 'shell' })} />}>
          <Chart option={option} height={340} label={t('more.times.chart')} drawingRef={drawingRef} />
        </Suspense>
      ) : null}
    </>
  )
}
