import {
  type Icon,
  IconChartHistogram,
  IconDatabase,
  IconHome,
  IconRoute,
  IconSettings,
  IconUsers,
} from '@tabler/icons-react'

/** The rooms there are, in the order of the rail. */
export const roomList = [
  { key: 'home', path: '/', icon: IconHome },
  { key: 'journeys', path: '/journeys', icon: IconRoute },
  { key: 'people', path: '/people', icon: IconUsers },
  { key: 'insights', path: '/insights', icon: IconChartHistogram },
  { key: 'data', path: '/data', icon: IconDatabase },
  { key: 'settings', path: '/settings', icon: IconSettings },
] as const satisfies readonly { key: string; path: string; icon: Icon }[]
