import { Button, Group, SegmentedControl, Stack, Text, Title, useMantineColorScheme } from '@mantine/core'
import { IconDeviceDesktop, IconLogout, IconMoon, IconSun } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useLogout } from '../shell/session'
import { Page } from '../ui/Page'
import { LanguageSelect } from './LanguageSelect'
import { LeftCard } from './LeftCard'

/** How Wend looks and speaks here, and the way out. */
export function SettingsPage() {
  const { t } = useTranslation('settings')
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const logout = useLogout()
  const schemes = [
    { value: 'auto', icon: IconDeviceDesktop },
    { value: 'light', icon: IconSun },
    { value: 'dark', icon: IconMoon },
  ] as const
  return (
    <Page title={t('title')} lead={t('lead')}>
      <Stack gap="md" maw={640}>
        <section className="wd-card">
          <Stack p="lg" gap="xs">
            <LanguageSelect />
            <Text size="sm" className="wd-quiet">{t('language.hint')}</Text>
          </Stack>
        </section>
        <section className="wd-card">
          <Stack p="lg" gap="xs" align="flex-start">
            <Title order={2} size="h5">{t('scheme.label')}</Title>
            <SegmentedControl
              aria-label={t('scheme.label')}
              value={colorScheme}
              onChange={(value) => { setColorScheme(value as typeof colorScheme) }}
              data={schemes.map(({ value, icon: Sign }) => ({
                value,
                label: <Group gap={8} wrap="nowrap"><Sign size={16} aria-hidden="true" />{t(`scheme.${value}`)}</Group>,
              }))}
            />
          </Stack>
        </section>
        <LeftCard />
        <section className="wd-card">
          <Stack p="lg" gap="xs" align="flex-start">
            <Title order={2} size="h5">{t('session.label')}</Title>
            <Text size="sm" className="wd-quiet">{t('session.text')}</Text>
            <Button variant="default" leftSection={<IconLogout size={16} />} loading={logout.isPending} onClick={() => { logout.mutate() }}>
              {t('session.out')}
            </Button>
          </Stack>
        </section>
      </Stack>
    </Page>
  )
}
