import { Group, TagsInput, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../ui/useFormat'
import { catalogueQuery } from './queries'

interface Props {
  label: string
  /** A name, several of which any counts, or '*' for all. */
  value: string | string[]
  onChange: (event: string | string[]) => void
  error?: string
  placeholder?: string
  /** The label is only read aloud: what stands around says it. */
  quiet?: boolean
}

/** Which event: those that were seen, with how often. A name that nobody has sent yet may be typed. */
export function EventField({ label, value, onChange, error, placeholder, quiet }: Props) {
  const { t } = useTranslation('insight')
  const f = useFormat()
  const [open, setOpen] = useState(false)
  const catalogue = useQuery(catalogueQuery())
  const counts = new Map<string, number>()
  for (const e of catalogue.data?.events ?? []) {
    if (e.kind === 'track' || e.kind === 'page' || e.kind === 'screen') counts.set(e.name, (counts.get(e.name) ?? 0) + e.count)
  }
  const list = Array.isArray(value) ? value : value ? [value] : []
  return (
    <TagsInput
      label={quiet ? undefined : label}
      aria-label={quiet ? label : undefined}
      size="sm"
      value={list}
      error={error}
      placeholder={list.length === 0 ? (placeholder ?? t('step.pick')) : undefined}
      data={[...counts.keys(), '*']}
      limit={60}
      acceptValueOnBlur
      selectFirstOptionOnChange
      dropdownOpened={open}
      onDropdownOpen={() => { setOpen(true) }}
      onDropdownClose={() => { setOpen(false) }}
      onSearchChange={(typed) => { if (typed) setOpen(true) }}
      comboboxProps={{ shadow: 'md' }}
      renderOption={({ option }) => (
        <Group justify="space-between" gap="xs" wrap="nowrap" w="100%">
          <Text size="sm" truncate>{option.value === '*' ? `* ${t('step.any')}` : option.value}</Text>
          {option.value === '*' ? null : <Text size="xs" className="wd-quiet wd-num">{f.count(counts.get(option.value) ?? 0)}</Text>}
        </Group>
      )}
      onChange={(names) => {
        setOpen(false)
        onChange(names.length > 1 ? names : (names[0] ?? ''))
      }}
    />
  )
}
