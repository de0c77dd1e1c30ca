import { useTranslation } from 'react-i18next'
import type { LiveTouchpoint, Score } from '../api/types'
import { useFormat } from '../ui/useFormat'

export interface ChipNote {
  kind: 'failures' | 'score' | 'time'
  text: string
}

/** Writes a score in its own unit with its margin: NPS +31 ± 7. */
export function useScoreText(): (score: Score) => string {
  const f = useFormat()
  return (score) => {
    switch (score.scale) {
      case 'nps':
        return `NPS ${f.decimal(score.value, 0, true)} ± ${f.decimal(score.margin, 0)}`
      case 'csat':
        return `CSAT ${f.share(score.value)} ± ${f.decimal(score.margin * 100, 0)}`
      case 'ces':
        return `CES ${f.decimal(score.value)} ± ${f.decimal(score.margin)}`
    }
  }
}

/** The one thing worth a third line in a box: failures, else the score, else the time to next. */
export function useChipNote(): (live: LiveTouchpoint) => ChipNote | undefined {
  const { t } = useTranslation('journey')
  const f = useFormat()
  const score = useScoreText()
  return (live) => {
    if (live.failures.n > 0) {
      return { kind: 'failures', text: t('box.fail', { share: f.share(live.failures.rate) }) }
    }
    if (live.score) return { kind: 'score', text: score(live.score) }
    if (live.median_seconds !== null) {
      return { kind: 'time', text: f.span(live.median_seconds) }
    }
    return undefined
  }
}
