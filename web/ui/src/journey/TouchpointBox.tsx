import { VisuallyHidden } from '@mantine/core'
import { IconAlertTriangle, IconArrowRight, IconBuilding, IconClock, IconEyeOff, IconMoodSmile, IconTrendingDown, IconUser } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../ui/useFormat'
import type { Rect } from './layout'
import type { Mood } from './mood'
import type { Box } from './plan'
import { Sparkline } from './Sparkline'
import { useChipNote } from './useChipNote'
import classes from './TouchpointBox.module.css'

interface Props {
  box: Box
  rect: Rect
  mood: Mood
  actor: 'profile' | 'account'
  /** Show the numbers; without them the box is the drawing alone. */
  live: boolean
  open: boolean
  faded: boolean
  onOpen: (id: string) => void
  onHover: (id: string | null) => void
}

/** One touchpoint on the map with its live chip. */
export function TouchpointBox({ box, rect, mood, actor, live, open, faded, onOpen, onHover }: Props) {
  const { t } = useTranslation('journey')
  const f = useFormat()
  const note = useChipNote()
  const ref = useRef<HTMLButtonElement>(null)
  const people = box.live?.people
  const before = useRef(people)
  useEffect(() => {
    if (before.current !== undefined && people !== undefined && people !== before.current) {
      ref.current?.animate([{ boxShadow: '0 0 0 3px var(--wd-obs)' }, { boxShadow: '0 0 0 3px transparent' }], { duration: 1200, easing: 'ease-out' })
    }
    before.current = people
  }, [people])

  const numbers = live ? box.live : undefined
  const shown = numbers && mood !== 'silent' && mood !== 'dark' ? numbers : undefined
  const said = shown ? note(shown) : undefined
  const Who = actor === 'account' ? IconBuilding : IconUser
  const NoteSign = said?.kind === 'failures' ? IconAlertTriangle : said?.kind === 'score' ? IconMoodSmile : IconClock
  return (
    <button
      ref={ref}
      type="button"
      className={classes.box}
      style={{ transform: `translate(${String(rect.x)}px, ${String(rect.y)}px)`, width: rect.w, height: rect.h }}
      data-mood={live ? mood : 'plain'}
      data-open={open}
      data-faded={faded}
      aria-expanded={open}
      onClick={() => { onOpen(box.id) }}
      onMouseEnter={() => { onHover(box.id) }}
      onMouseLeave={() => { onHover(null) }}
      onFocus={() => { onHover(box.id) }}
      onBlur={() => { onHover(null) }}
    >
      <span className={classes.row}>
        <span className={classes.title}>{box.title}</span>
        {live && mood === 'bad' ? <IconAlertTriangle className={classes.sign} size={14} aria-hidden="true" /> : null}
        {live && mood === 'worse' ? <IconTrendingDown className={classes.sign} size={14} aria-hidden="true" /> : null}
        {shown && shown.onward.of > 0 ? (
          <span className={classes.onward}>{f.share(shown.onward.rate)}<IconArrowRight size={12} aria-hidden="true" /><VisuallyHidden>{t('key.onward')}</VisuallyHidden></span>
        ) : null}
      </span>
      {shown ? (
        <span className={classes.row}>
          <span className={classes.people}><Who size={12} aria-hidden="true" />{f.count(shown.people)}<VisuallyHidden> {t(`unit.${actor}`, { count: shown.people })}</VisuallyHidden></span>
          <span className={classes.note} data-kind={said?.kind}>
            {said ? <><NoteSign size={12} aria-hidden="true" /><span>{said.text}</span>{said.kind === 'time' ? <VisuallyHidden>{t('key.median')}</VisuallyHidden> : null}</> : null}
          </span>
          {said?.kind === 'score' && rect.w < 190 ? null : <span className={classes.spark}><Sparkline values={shown.series} width={said?.kind === 'time' ? 48 : 28} height={18} /></span>}
        </span>
      ) : live ? (
        <span className={classes.none}><IconEyeOff size={12} aria-hidden="true" />{t(mood === 'dark' ? 'box.dark' : 'box.silent')}</span>
      ) : (
        <span className={classes.none}>{box.stepTitle}</span>
      )}
    </button>
  )
}
