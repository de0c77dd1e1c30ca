import { Button, Group, Menu, Popover, Stack, TextInput } from '@mantine/core'
import { IconCalendar, IconCheck, IconChevronDown } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type RangeSearch, defaultDays } from './range'
import { useFormat } from './useFormat'

interface Props {
  value: RangeSearch
  onChange: (range: RangeSearch) => void
}

const choices = [7, 28, 90]

/** Which days a page looks at: the last 7, 28 or 90, or two days of one's own. */
export function RangePicker({ value, onChange }: Props) {
  const { t } = useTranslation()
  const f = useFormat()
  const [own, setOwn] = useState(false)
  const [from, setFrom] = useState(value.from ?? '')
  const [to, setTo] = useState(value.to ?? '')
  const custom = value.from && value.to
  const days = value.last ?? defaultDays
  const label = custom ? f.dates(value.from ?? '', value.to ?? '') : t('range.last', { count: days })

  return (
    <Popover opened={own} onChange={setOwn} position="bottom-end" withArrow trapFocus returnFocus withRoles={false}>
      <Popover.Target>
        <span>
          <Menu position="bottom-end">
            <Menu.Target>
              <Button variant="default" size="sm" leftSection={<IconCalendar size={16} />} rightSection={<IconChevronDown size={14} />}>
                {label}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {choices.map((n) => (
                <Menu.Item
                  key={n}
                  rightSection={!custom && n === days ? <IconCheck size={14} /> : null}
                  onClick={() => { onChange({ last: n }) }}
                >
                  {t('range.last', { count: n })}
                </Menu.Item>
              ))}
              <Menu.Divider />
              <Menu.Item rightSection={custom ? <IconCheck size={14} /> : null} onClick={() => { setOwn(true) }}>
                {t('range.own')}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </span>
      </Popover.Target>
      <Popover.Dropdown role="dialog" aria-label={t('range.own')}>
        <form
          onSubmit={(e) => {
            e.preventDefault()
            if (from && to && from <= to) {
              onChange({ from, to })
              setOwn(false)
            }
          }}
        >
          <Stack gap="xs">
            <Group gap="xs">
              <TextInput type="date" label={t('range.from')} value={from} max={to || undefined} required onChange={(e) => { setFrom(e.currentTarget.value) }} />
              <TextInput type="date" label={t('range.to')} value={to} min={from || undefined} required onChange={(e) => { setTo(e.currentTarget.value) }} />
            </Group>
            <Button type="submit" size="sm">{t('range.show')}</Button>
          </Stack>
        </form>
      </Popover.Dropdown>
    </Popover>
  )
}
