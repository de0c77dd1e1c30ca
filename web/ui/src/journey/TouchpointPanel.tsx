import { ActionIcon, Drawer, Tabs } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Live } from '../api/types'
import type { Box } from './plan'
import { PanelEdges } from './PanelEdges'
import { PanelEdit } from './PanelEdit'
import { PanelNumbers } from './PanelNumbers'
import { PanelSamples } from './PanelSamples'
import { PanelWords } from './PanelWords'
import type { MapSearch } from './search'
import classes from './TouchpointPanel.module.css'

interface Props {
  box: Box
  live?: Live
  actor: 'profile' | 'account'
  titleOf: (id: string) => string
  narrow: boolean
  search: MapSearch
  onOpen: (id: string) => void
  onClose: () => void
}

/** One touchpoint in full, beside the map: what it is, its numbers, its traffic, its people, and its definition. */
export function TouchpointPanel({ box, live, actor, titleOf, narrow, search, onOpen, onClose }: Props) {
  const { t } = useTranslation('journey')
  const body = (
    <Tabs defaultValue="numbers" keepMounted={false}>
      <Tabs.List px="md">
        <Tabs.Tab value="numbers">{t('panel.numbers')}</Tabs.Tab>
        <Tabs.Tab value="samples">{t('panel.samples')}</Tabs.Tab>
        <Tabs.Tab value="edit">{t('panel.edit')}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="numbers" className={classes.body}>
        <PanelWords box={box} />
        {box.live && live ? <PanelNumbers point={box.live} actor={actor} currency={live.currency} /> : null}
        {live ? <PanelEdges id={box.id} edges={live.edges} titleOf={titleOf} onOpen={onOpen} /> : null}
      </Tabs.Panel>
      <Tabs.Panel value="samples" className={classes.body}>
        <PanelSamples box={box} search={search} />
      </Tabs.Panel>
      <Tabs.Panel value="edit" className={classes.body}>
        <PanelEdit id={box.id} />
      </Tabs.Panel>
    </Tabs>
  )
  const where = `${titleOf(box.stage)} · ${box.stepTitle} · ${box.channel}`
  if (narrow) {
    return (
      <Drawer opened onClose={onClose} position="bottom" size="85%" title={<><b>{box.title}</b><div className={classes.where}>{where}</div></>} padding={0} classNames={{ header: classes.drawerHead }} closeButtonProps={{ 'aria-label': t('close', { ns: 'shell' }) }}>
        {body}
      </Drawer>
    )
  }
  return (
    <aside className={classes.panel} aria-label={box.title} onKeyDown={(e) => { if (e.key === 'Escape') onClose() }}>
      <header className={classes.head}>
        <div>
          <h2 className={classes.title}>{box.title}</h2>
          <div className={classes.where}>{where}</div>
        </div>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('close', { ns: 'shell' })} onClick={onClose} autoFocus>
          <IconX size={18} />
        </ActionIcon>
      </header>
      {body}
    </aside>
  )
}
