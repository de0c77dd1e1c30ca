import { Group, Text, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'
import classes from './Page.module.css'

interface Props {
  title: string
  /** One sentence under the title: what the page answers. */
  lead?: string
  actions?: ReactNode
  children: ReactNode
}

/** The frame of a room: title, one sentence, actions to the right, content. Sets the window's title too. */
export function Page({ title, lead, actions, children }: Props) {
  useEffect(() => {
    document.title = `${title} · Wend`
  }, [title])
  return (
    <div className={classes.page}>
      <Group justify="space-between" align="flex-end" gap="md" className={classes.head}>
        <div className={classes.words}>
          <Title order={1} size="h2">{title}</Title>
          {lead ? <Text className="wd-quiet" size="sm" mt={4}>{lead}</Text> : null}
        </div>
        {actions ? <Group gap="xs">{actions}</Group> : null}
      </Group>
      {children}
    </div>
  )
}
