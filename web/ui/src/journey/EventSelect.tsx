import { Autocomplete } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { api, must } from '../api/client'

interface Props {
  label: string
  description?: string
  value: string
  onChange: (event: string) => void
}

/** An event's name, helped by those that were seen. A name nobody has sent yet may be typed. */
export function EventSelect({ label, description, value, onChange }: Props) {
  const catalogue = useQuery({
    queryKey: ['catalogue'],
    staleTime: 60_000,
    queryFn: ({ signal }) => must(api.GET('/api/v1/catalogue', { signal })),
  })
  const names = [...new Set((catalogue.data?.events ?? []).filter((e) => e.kind === 'track' || e.kind === 'page' || e.kind === 'screen').map((e) => e.name))]
  return <Autocomplete label={label} description={description} value={value} onChange={onChange} data={names} limit={30} comboboxProps={{ shadow: 'md' }} />
}
