import { Slider, VisuallyHidden } from '@mantine/core'
import { IconAlertTriangle, IconArrowRight, IconBuilding, IconClock, IconUser } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Live } from '../api/types'
import { useFormat } from '../ui/useFormat'
import type { Layer } from './search'
import classes from './MapPage.module.css'

interface Props {
  live: Live
  layers: Set<Layer>
  top: number
  onTop: (top: number) => void
}

/** What the signs on the map mean, and how many ribbons are drawn. */
export function MapKey({ live, layers, top, onTop }: Props) {
  const { t } = useTranslation('journey')
  const f = useFormat()
  const most = Math.min(120, Math.max(5, live.edges.length))
  const [value, setValue] = useState(top)
  const shown = live.edges.slice(0, value)
  const moves = live.edges.reduce((sum, e) => sum + e.count, 0)
  const share = moves > 0 ? shown.reduce((sum, e) => sum + e.count, 0) / moves : 0
  return (
    <div className={classes.under}>
      {layers.has('live') ? (
        <>
        {live.facts.length > 0 ? (
          <a className={classes.findings} href="#facts"><IconAlertTriangle size={14} aria-hidden="true" />{t('key.findings', { count: live.facts.length })}</a>
        ) : null}
        <span className={classes.key}>
          {live.actor === 'account' ? <IconBuilding size={13} aria-hidden="true" /> : <IconUser size={13} aria-hidden="true" />}
          {t(`unit.${live.actor}`, { count: 2 })}
        </span>
        <span className={classes.key}>
          <b>%<IconArrowRight size={11} aria-hidden="true" style={{ verticalAlign: -1 }} /></b> {t('key.onward')}
        </span>
        <span className={classes.key}><IconClock size={13} aria-hidden="true" /> {t('key.median')}</span>
        </>
      ) : null}
      {layers.has('flow') ? (
        <>
          <span className={classes.key}>
            <svg width={30} height={12} aria-hidden="true"><line x1={0} x2={30} y1={6} y2={6} stroke="var(--wd-ribbon)" strokeOpacity={0.35} strokeWidth={9} /></svg>
            {t('key.planned')}
          </span>
          <span className={classes.key}>
            <svg width={30} height={12} aria-hidden="true">
              <line x1={0} x2={24} y1={6} y2={6} stroke="var(--wd-ribbon-off)" strokeWidth={2.5} strokeDasharray="6 4" />
              <path d="M23,2L30,6L23,10Z" fill="var(--wd-ribbon-off)" />
            </svg>
            {t('key.unplanned')}
          </span>
          <span className={classes.key}>
            <VisuallyHidden id="ribbon-count">{t('key.ribbons')}</VisuallyHidden>
            <Slider
              w={120}
              size="xs"
              min={1}
              max={most}
              value={Math.min(value, most)}
              label={null}
              onChange={setValue}
              onChangeEnd={onTop}
              thumbProps={{ 'aria-labelledby': 'ribbon-count' }}
            />
            {t('key.top', { count: Math.min(value, live.edges.length), of: f.count(live.edges.length), share: f.share(share) })}
          </span>
        </>
      ) : null}
    </div>
  )
}
