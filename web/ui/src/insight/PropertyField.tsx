import { Autocomplete, Group, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { catalogueQuery } from './queries'

interface Props {
  label: string
  value: string
  onChange: (path: string) => void
  placeholder?: string
  error?: string
  /** Only paths that were seen with numbers. */
  numbers?: boolean
}

/** A property's path, helped by those that were seen, with samples of what they hold. */
export function PropertyField({ label, value, onChange, placeholder, error, numbers }: Props) {
  const catalogue = useQuery(catalogueQuery())
  const known = (catalogue.data?.properties ?? []).filter((p) => !numbers || p.kinds.number)
  const samples = new Map(known.map((p) => [p.path, p.samples.slice(0, 3).join(', ')]))
  return (
    <Autocomplete
      label={label}
      size="sm"
      value={value}
      error={error}
      placeholder={placeholder}
      data={[...samples.keys()]}
      limit={60}
      clearable
      comboboxProps={{ shadow: 'md' }}
      renderOption={({ option }) => (
        <Group justify="space-between" gap="xs" wrap="nowrap" w="100%">
          <Text size="sm">{option.value}</Text>
          <Text size="xs" className="wd-quiet" truncate maw={140}>{samples.get(option.value)}</Text>
        </Group>
      )}
      onChange={onChange}
    />
  )
}
