import { Button, Group, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'

interface Props {
  /** The names there are, most frequent first. */
  events: string[]
  onPick: (where: string) => void
}

/** Conditions to begin with, made with events that there are. */
export function Examples({ events, onPick }: Props) {
  const { t } = useTranslation('segment')
  const named = (want: string, otherwise: number): string => JSON.stringify(events.includes(want) ? want : (events[otherwise] ?? want))
  const order = named('Order Completed', 0)
  const before = named('Checkout Started', 1)
  const examples = [
    ['often', `count(${order}, within("30d")) >= 2`],
    ['spent', `sum(${order}, properties.total, within("90d")) > 1000`],
    ['lapsed', `did(${order}) && last(${order}).time < ago("60d")`],
    ['dropped', `sequence(${before}, not(${order}), within("2d"), during("14d"))`],
    ['never', `!did(${order})`],
    ['trait', 'traits.country == "NO"'],
  ] as const
  return (
    <div>
      <Text size="xs" className="wd-quiet" mb={6}>{t('examples.title')}</Text>
      <Group gap={6}>
        {examples.map(([key, where]) => <Button key={key} size="compact-xs" variant="light" onClick={() => { onPick(where) }}>{t(`examples.${key}`)}</Button>)}
      </Group>
      <Text size="xs" className="wd-quiet" mt={8}>{t('examples.more')}</Text>
    </div>
  )
}
