import { Button, Group, Text } from '@mantine/core'
import { IconDownload, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Person } from '../api/types'
import { EraseDialog } from './EraseDialog'
import classes from './People.module.css'

/** What a person may ask for: a copy of their data, and to be forgotten. */
export function PersonalData({ person }: { person: Person }) {
  const { t } = useTranslation('people')
  const [erasing, setErasing] = useState(false)
  return (
    <section className={`wd-card ${classes.card ?? ''}`}>
      <h2>{t('personal.title')}</h2>
      <Text size="xs" className="wd-quiet" mb="sm">{t('personal.exportHint')}</Text>
      <Group gap="xs">
        <Button component="a" href={`/api/v1/profiles/${person.id}/export`} download size="xs" variant="default" leftSection={<IconDownload size={16} />}>{t('personal.export')}</Button>
        <Button size="xs" variant="subtle" color="red" leftSection={<IconTrash size={16} />} onClick={() => { setErasing(true) }}>{t('personal.erase')}</Button>
      </Group>
      {erasing ? <EraseDialog person={person} onClose={() => { setErasing(false) }} /> : null}
    </section>
  )
}
