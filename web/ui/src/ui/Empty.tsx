import { Stack, Text, ThemeIcon, Title } from '@mantine/core'
import type { Icon } from '@tabler/icons-react'
import type { ReactNode } from 'react'

interface Props {
  icon: Icon
  title: string
  /** What would stand here and why it is worth having. */
  text: string
  /** The next thing to do. */
  children?: ReactNode
}

/** What a place says when it has nothing to show: what it is for and the next action. */
export function Empty({ icon: Sign, title, text, children }: Props) {
  return (
    <Stack align="center" gap="sm" py={64} px="md" className="wd-card" ta="center">
      <ThemeIcon size={48} radius="xl" variant="light">
        <Sign size={26} stroke={1.6} />
      </ThemeIcon>
      <Title order={2} size="h4">{title}</Title>
      <Text className="wd-quiet" maw={520}>{text}</Text>
      {children}
    </Stack>
  )
}
