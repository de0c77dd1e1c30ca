import { IconActivity, IconPencil, IconRipple } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { type Layer, layers } from './search'
import classes from './LayerSwitch.module.css'

const signs = { plan: IconPencil, live: IconActivity, flow: IconRipple }

interface Props {
  on: Set<Layer>
  /** The layers now on, joined by commas, as the URL holds them. */
  onChange: (on: string | undefined) => void
}

/** Turns the layers on and off: the drawing's details, the numbers, the traffic. */
export function LayerSwitch({ on, onChange }: Props) {
  const { t } = useTranslation('journey')
  return (
    <div role="group" aria-label={t('layer.label')} className={classes.group}>
      {layers.map((layer) => {
        const Sign = signs[layer]
        return (
          <button
            key={layer}
            type="button"
            className={classes.layer}
            aria-pressed={on.has(layer)}
            title={t(`layer.${layer}Hint`)}
            onClick={() => {
              const next = layers.filter((l) => (l === layer ? !on.has(l) : on.has(l))).join(',')
              onChange(next === 'live,flow' ? undefined : next)
            }}
          >
            <Sign size={15} aria-hidden="true" />
            {t(`layer.${layer}`)}
          </button>
        )
      })}
    </div>
  )
}
