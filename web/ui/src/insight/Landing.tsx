import { ActionIcon, Anchor, Badge, Button, Loader, Text, ThemeIcon, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api, must } from '../api/client'
import { Failure } from '../ui/Failure'
import { Page } from '../ui/Page'
import { useFormat } from '../ui/useFormat'
import { kinds } from './kinds'
import { viewsQuery } from './queries'
import { type Question, openSaved, questions } from './search'
import type { SavedView } from './types'
import classes from './Insight.module.css'

/** Where questions begin: the kinds there are, and those that somebody saved. */
export function Landing() {
  const { t } = useTranslation('insight')
  const f = useFormat()
  const client = useQueryClient()
  const views = useQuery(viewsQuery())
  const fail = (error: Error): void => { notifications.show({ color: 'red', withBorder: true, message: error.message }) }
  const fresh = (): Promise<void> => client.invalidateQueries({ queryKey: ['views'] })
  const restore = useMutation({
    mutationFn: (id: string) => must(api.POST('/api/v1/views/{id}/restore', { params: { path: { id } } })),
    onSuccess: fresh,
    onError: fail,
  })
  const remove = useMutation({
    mutationFn: (v: SavedView) =>
      must<unknown>(api.DELETE('/api/v1/views/{id}', { params: { path: { id: v.id ?? '' }, header: { 'If-Match': `"${String(v.revision ?? 0)}"` } } })),
    onError: fail,
    onSuccess: async (_, v) => {
      await fresh()
      const id = notifications.show({
        withBorder: true,
        autoClose: 10_000,
        message: (
          <>
            {t('deleted', { title: v.title })}{' '}
            <Button size="compact-sm" variant="light" onClick={() => { notifications.hide(id); restore.mutate(v.id ?? '') }}>{t('undo', { ns: 'shell' })}</Button>
          </>
        ),
      })
    },
  })
  const saved = (views.data?.items ?? []).filter((v): v is SavedView & { question: Question } => (questions as readonly string[]).includes(v.question))
  return (
    <Page title={t('title')} lead={t('lead')}>
      <Title order={2} size="h4" mb="sm">{t('begin')}</Title>
      <ul className={classes.cards}>
        {questions.map((q) => {
          const Sign = kinds[q].sign
          return (
            <li key={q} className={`wd-card ${classes.card ?? ''}`}>
              <ThemeIcon size={36} variant="light" radius="md"><Sign size={20} stroke={1.7} aria-hidden="true" /></ThemeIcon>
              <h3><Link to="/insights" search={{ question: q, last: kinds[q].last }}>{t(`kind.${q}`)}</Link></h3>
              <p>{t(`what.${q}`)}</p>
            </li>
          )
        })}
      </ul>
      <Title order={2} size="h4" mb="sm">{t('saved')}</Title>
      {views.isPending ? <Loader role="status" aria-label={t('loading', { ns: 'shell' })} /> : null}
      {views.error ? <Failure error={views.error} onRetry={() => void views.refetch()} /> : null}
      {views.data && saved.length === 0 ? <Text className="wd-quiet" size="sm">{t('noneSaved')}</Text> : null}
      {saved.length > 0 ? (
        <ul className={`wd-card ${classes.saved ?? ''}`}>
          {saved.map((v) => (
            <li key={v.id}>
              <Badge variant="light" radius="sm" tt="none" fw={600} miw={72}>{t(`kind.${v.question}`)}</Badge>
              <span>
                <Anchor component={Link} to="/insights" search={openSaved(v.question, v.query) as never} size="sm" fw={600}>{v.title}</Anchor>
                {v.updated_at ? <Text size="xs" className="wd-quiet">{t('savedOn', { date: f.moment(v.updated_at) })}</Text> : null}
              </span>
              <ActionIcon variant="subtle" color="gray" aria-label={t('delete', { title: v.title })} onClick={() => { remove.mutate(v) }}><IconTrash size={16} /></ActionIcon>
            </li>
          ))}
        </ul>
      ) : null}
    </Page>
  )
}
