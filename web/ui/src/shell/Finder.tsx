import { Spotlight, type SpotlightActionGroupData } from '@mantine/spotlight'
import { IconBox, IconMoon, IconPlus, IconRoute, IconSearch, IconUser } from '@tabler/icons-react'
import { useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { roomList } from './rooms'
import { useFound } from './useFound'

/** ⌘K: one box that finds rooms, journeys, touchpoints, people and the few commands there are. */
export function Finder() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { setColorScheme } = useMantineColorScheme()
  const scheme = useComputedColorScheme('light')
  const [query, setQuery] = useState('')
  const [settled] = useDebouncedValue(query, 200)
  const found = useFound(settled)

  const actions: SpotlightActionGroupData[] = [
    {
      group: t('find.journeys'),
      actions: found.journeys.map((j) => ({
        id: `journey-${j.id}`,
        label: j.title,
        description: t('find.journey'),
        leftSection: <IconRoute size={20} stroke={1.7} />,
        onClick: () => void navigate({ to: '/journeys/$id', params: { id: j.id } }),
      })),
    },
    {
      group: t('find.touchpoints'),
      actions: found.touchpoints.map((p) => ({
        id: `touchpoint-${p.journey}-${p.id}`,
        label: p.title,
        description: p.where,
        leftSection: <IconBox size={20} stroke={1.7} />,
        onClick: () => void navigate({ to: '/journeys/$id', params: { id: p.journey }, search: { touchpoint: p.id } }),
      })),
    },
    {
      group: t('find.people'),
      actions: found.people.map((p) => ({
        id: `person-${p.id}`,
        label: p.name,
        description: p.hint,
        keywords: settled,
        leftSection: <IconUser size={20} stroke={1.7} />,
        onClick: () => void navigate({ to: '/people/$id', params: { id: p.id } }),
      })),
    },
    {
      group: t('find.rooms'),
      actions: roomList.map(({ key, path, icon: Sign }) => ({
        id: `room-${key}`,
        label: t(`room.${key}`),
        leftSection: <Sign size={20} stroke={1.7} />,
        onClick: () => void navigate({ to: path }),
      })),
    },
    {
      group: t('find.commands'),
      actions: [
        {
          id: 'new-journey',
          label: t('find.newJourney'),
          leftSection: <IconPlus size={20} stroke={1.7} />,
          onClick: () => void navigate({ to: '/journeys', search: { make: 'new' } }),
        },
        {
          id: 'scheme',
          label: scheme === 'dark' ? t('find.light') : t('find.dark'),
          leftSection: <IconMoon size={20} stroke={1.7} />,
          onClick: () => { setColorScheme(scheme === 'dark' ? 'light' : 'dark') },
        },
      ],
    },
  ]

  return (
    <Spotlight
      shortcut={['mod + K', '/']}
      actions={actions.filter((g) => g.actions.length > 0)}
      query={query}
      onQueryChange={setQuery}
      limit={24}
      nothingFound={t('find.nothing')}
      searchProps={{ leftSection: <IconSearch size={20} stroke={1.7} />, placeholder: t('find.placeholder'), 'aria-label': t('find.placeholder') }}
    />
  )
}
