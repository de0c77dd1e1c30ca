import { Alert, Button, Group, UnstyledButton } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, must } from '../api/client'
import { useFormat } from '../ui/useFormat'
import { CopyCode } from './CopyCode'
import { isReason, pretty } from './reasons'
import type { Rejection } from './types'
import classes from './Data.module.css'

const grace = 6000

/** One event that was turned away: the reason, what was sent, another try. Dismissing waits, so that it can be undone. */
export function RejectedRow({ rejection, source }: { rejection: Rejection; source: string }) {
  const { t } = useTranslation('data')
  const f = useFormat()
  const client = useQueryClient()
  const [open, setOpen] = useState(false)
  const [going, setGoing] = useState(false)
  const params = { path: { id: rejection.id } }
  const refresh = (): Promise<void> => client.invalidateQueries({ queryKey: ['rejections'] })
  const retry = useMutation({
    mutationFn: () => must<unknown>(api.POST('/api/v1/rejections/{id}/retry', { params })),
    onSuccess: async () => {
      notifications.show({ color: 'teal', withBorder: true, message: t('rejected.retried') })
      await refresh()
    },
  })
  const dismiss = (): void => {
    setGoing(true)
    const timer = window.setTimeout(() => {
      must<unknown>(api.DELETE('/api/v1/rejections/{id}', { params })).then(refresh).catch((error: unknown) => {
        setGoing(false)
        notifications.show({ color: 'red', withBorder: true, message: error instanceof Error ? error.message : String(error) })
      })
    }, grace)
    const id = notifications.show({
      withBorder: true,
      autoClose: grace,
      message: (
        <Group justify="space-between">
          {t('rejected.going')}
          <Button size="compact-sm" variant="light" onClick={() => { window.clearTimeout(timer); setGoing(false); notifications.hide(id) }}>{t('undo', { ns: 'shell' })}</Button>
        </Group>
      ),
    })
  }
  if (going) return null
  return (
    <li>
      <UnstyledButton className={classes.row} aria-expanded={open} onClick={() => { setOpen(!open) }}>
        <span className="wd-num wd-quiet">{f.moment(rejection.received_at)}</span>
        <b>{isReason(rejection.reason) ? t(`rejected.why.${rejection.reason}`) : rejection.reason}</b>
        <span className="wd-quiet">{rejection.name ?? rejection.kind ?? ''}</span>
        <span className={classes.small}>{source}</span>
      </UnstyledButton>
      {open ? (
        <div className={`${classes.inside ?? ''} ${classes.stack ?? ''}`}>
          <span className="wd-quiet">{rejection.detail}</span>
          <CopyCode label={t('rejected.raw')} text={pretty(rejection.raw)} />
          {retry.error ? <Alert color="red" role="alert">{retry.error.message}</Alert> : null}
          <Group gap="xs">
            <Button size="xs" loading={retry.isPending} onClick={() => { retry.mutate() }}>{t('rejected.retry')}</Button>
            <Button size="xs" variant="default" onClick={dismiss}>{t('rejected.dismiss')}</Button>
          </Group>
        </div>
      ) : null}
    </li>
  )
}
