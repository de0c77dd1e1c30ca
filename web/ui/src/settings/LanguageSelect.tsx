import { type MantineSize, NativeSelect } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { type Language, languages, speak } from '../i18n/i18n'

/** Chooses the language of everything on screen; kept in this browser. */
export function LanguageSelect({ size = 'sm' }: { size?: MantineSize }) {
  const { t, i18n } = useTranslation('settings')
  return (
    <NativeSelect
      size={size}
      label={t('language.label')}
      value={i18n.language}
      data={Object.entries(languages).map(([value, label]) => ({ value, label }))}
      onChange={(e) => { void speak(e.currentTarget.value as Language) }}
    />
  )
}
