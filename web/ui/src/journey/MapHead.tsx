import { Anchor, Badge, Button, Group, SegmentedControl } from '@mantine/core'
import { IconArrowsDiff } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Journey, Persona } from '../api/types'
import { RangePicker } from '../ui/RangePicker'
import { FilterButton } from './FilterButton'
import { conformanceDays } from '../insight/search'
import { LayerSwitch } from './LayerSwitch'
import { type MapSearch, layersOf } from './search'
import classes from './MapPage.module.css'

interface Props {
  journey: Journey
  version?: number
  parent?: Journey
  personas: Persona[]
  search: MapSearch
  onSearch: (change: Partial<MapSearch>) => void
}

/** The map's title and its controls; each of them lives in the URL. */
export function MapHead({ journey, version, parent, personas, search, onSearch }: Props) {
  const { t } = useTranslation('journey')
  const status = journey.spec.status ?? 'unmapped'
  const own = journey.spec.actor ?? 'profile'
  return (
    <header className={classes.head}>
      <div className={classes.words}>
        <nav aria-label={t('map.where')} className={classes.crumbs}>
          <Anchor component={Link} to="/journeys" size="sm" c="dimmed">{t('title')}</Anchor>
          {parent ? (
            <>
              <span aria-hidden="true">/</span>
              <Anchor component={Link} to="/journeys/$id" params={{ id: parent.metadata.id } as never} size="sm" c="dimmed">{parent.metadata.title ?? parent.metadata.id}</Anchor>
            </>
          ) : null}
        </nav>
        <Group gap="xs" align="center" wrap="nowrap">
          <h1 className={classes.title}>{journey.metadata.title ?? journey.metadata.id}</h1>
          <Badge variant="light" color={status === 'live' ? 'teal' : 'gray'} radius="sm" tt="none" fw={600} className={classes.badge}>
            {version ? `v${String(version)} · ` : null}{t(`status.${status}`)}
          </Badge>
        </Group>
      </div>
      <div className={classes.controls}>
        <LayerSwitch on={layersOf(search)} onChange={(on) => { onSearch({ layers: on }) }} />
        <RangePicker value={search} onChange={(range) => { onSearch({ last: undefined, from: undefined, to: undefined, ...range }) }} />
        <div role="group" aria-label={t('actor.label', { ns: 'shell' })}>
          <SegmentedControl
            size="sm"
            value={search.actor ?? own}
            onChange={(value) => { onSearch({ actor: value === own ? undefined : (value as 'profile' | 'account') }) }}
            data={[
              { value: 'profile', label: t('actor.profile', { ns: 'shell' }) },
              { value: 'account', label: t('actor.account', { ns: 'shell' }) },
            ]}
          />
        </div>
        <Button
          component={Link}
          to="/insights"
          search={{ question: 'conformance', last: search.last ?? (search.from ? undefined : conformanceDays), from: search.from, to: search.to, query: { journey: journey.metadata.id, version, persona: search.persona, actor: search.actor, filter: search.filter } } as never}
          variant="default"
          size="sm"
          leftSection={<IconArrowsDiff size={16} />}
        >
          {t('map.conform')}
        </Button>
        <FilterButton personas={personas.filter((p) => (journey.spec.personas ?? []).includes(p.metadata.id))} search={search} onSearch={onSearch} />
      </div>
    </header>
  )
}
