import { Anchor, Button, Group, Indicator, Popover, Select, Stack, Text, Textarea } from '@mantine/core'
import { IconFilter } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Persona } from '../api/types'
import type { MapSearch } from './search'

interface Props {
  personas: Persona[]
  search: MapSearch
  onSearch: (change: Partial<MapSearch>) => void
}

/** Whose journeys are looked at: a persona's real customers, or whoever an expression names. */
export function FilterButton({ personas, search, onSearch }: Props) {
  const { t } = useTranslation('journey')
  const [open, setOpen] = useState(false)
  const [text, setText] = useState(search.filter ?? '')
  const active = Boolean(search.persona ?? search.filter)
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" width={360} withArrow trapFocus returnFocus>
      <Indicator disabled={!active} color="indigo" size={9} offset={3}>
        <Popover.Target>
          <Button variant="default" size="sm" leftSection={<IconFilter size={16} />} aria-expanded={open} onClick={() => { setOpen(!open) }}>
            {t('filter.label')}
          </Button>
        </Popover.Target>
      </Indicator>
      <Popover.Dropdown>
        <Stack gap="sm">
          <Select
            label={t('filter.persona')}
            placeholder={t('filter.everyone')}
            clearable
            comboboxProps={{ withinPortal: false }}
            value={search.persona ?? null}
            data={personas.map((p) => ({ value: p.metadata.id, label: p.metadata.title ?? p.metadata.id }))}
            onChange={(value) => { onSearch({ persona: value ?? undefined }) }}
          />
          <form
            onSubmit={(e) => {
              e.preventDefault()
              onSearch({ filter: text.trim() || undefined })
            }}
          >
            <Textarea
              label={t('filter.cel')}
              description={<>{t('filter.celHint')} <Anchor href="https://cel.dev" target="_blank" rel="noreferrer" size="xs">CEL</Anchor></>}
              placeholder={'profile.traits.country == "NO"'}
              autosize
              minRows={2}
              value={text}
              onChange={(e) => { setText(e.currentTarget.value) }}
              styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12 } }}
            />
            <Group justify="space-between" mt="sm">
              <Button
                variant="subtle"
                size="xs"
                disabled={!active && text === ''}
                onClick={() => {
                  setText('')
                  onSearch({ filter: undefined, persona: undefined })
                }}
              >
                {t('filter.clear')}
              </Button>
              <Button type="submit" size="xs">{t('filter.apply')}</Button>
            </Group>
          </form>
          <Text size="xs" className="wd-quiet">{t('filter.note')}</Text>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}
