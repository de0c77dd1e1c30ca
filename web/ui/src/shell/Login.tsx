import { Alert, Button, Center, Group, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem } from '../api/problem'
import { LanguageSelect } from '../settings/LanguageSelect'
import { Mark } from './Mark'
import { useLogin } from './session'

/** Asks for the access token that the server printed at its first start. */
export function Login() {
  const { t } = useTranslation()
  const login = useLogin()
  const [token, setToken] = useState('')
  const wrong = login.error instanceof Problem && login.error.status === 401
  return (
    <Center component="main" mih="100vh" p="md">
      <Paper withBorder radius="lg" p="xl" w="100%" maw={440}>
        <form
          onSubmit={(e) => {
            e.preventDefault()
            login.mutate(token.trim())
          }}
        >
          <Stack gap="md">
            <Group gap="xs">
              <Mark />
              <Title order={1} size="h3">Wend</Title>
            </Group>
            <Text>{t('login.what')}</Text>
            <PasswordInput
              label={t('login.token')}
              description={t('login.hint')}
              value={token}
              onChange={(e) => { setToken(e.currentTarget.value) }}
              required
              autoFocus
              autoComplete="current-password"
            />
            {login.error ? <Alert color="red" role="alert">{wrong ? t('login.wrong') : login.error.message}</Alert> : null}
            <Button type="submit" loading={login.isPending}>{t('login.enter')}</Button>
            <LanguageSelect size="xs" />
          </Stack>
        </form>
      </Paper>
    </Center>
  )
}
