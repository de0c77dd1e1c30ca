import { Button, Menu } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconChevronDown, IconDownload } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { fileName, save, toCSV, toPNG } from './export'
import type { Sheet } from './types'

interface Props {
  title: string
  sheet: Sheet
  drawing?: () => string | undefined
}

/** Takes an answer along: the table, the picture, or a link that reopens the question. */
export function ExportMenu({ title, sheet, drawing }: Props) {
  const { t } = useTranslation('insight')
  const name = fileName(title)
  const fail = (error: unknown): void => {
    notifications.show({ color: 'red', withBorder: true, message: error instanceof Error ? error.message : String(error) })
  }
  const picture = (write: (svg: string) => Promise<void> | void): void => {
    const svg = drawing?.()
    if (svg) Promise.resolve(write(svg)).catch(fail)
  }
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <Button size="xs" variant="default" leftSection={<IconDownload size={14} />} rightSection={<IconChevronDown size={12} />}>{t('export.label')}</Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => { save(`${name}.csv`, new Blob([toCSV(sheet)], { type: 'text/csv;charset=utf-8' })) }}>{t('export.csv')}</Menu.Item>
        <Menu.Item disabled={!drawing} onClick={() => { picture(async (svg) => { save(`${name}.png`, await toPNG(svg)) }) }}>{t('export.png')}</Menu.Item>
        <Menu.Item disabled={!drawing} onClick={() => { picture((svg) => { save(`${name}.svg`, new Blob([svg], { type: 'image/svg+xml' })) }) }}>{t('export.svg')}</Menu.Item>
        <Menu.Divider />
        <Menu.Item
          onClick={() => {
            navigator.clipboard
              .writeText(window.location.href)
              .then(() => { notifications.show({ color: 'teal', withBorder: true, message: t('export.copied') }) })
              .catch(fail)
          }}
        >
          {t('export.link')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
