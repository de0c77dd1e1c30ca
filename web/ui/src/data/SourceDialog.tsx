import { Alert, Button, Group, Modal, NativeSelect, Stack, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, must } from '../api/client'
import { faultOf } from '../insight/faults'
import type { Source } from './types'

interface Props {
  onClose: () => void
  onMade: (id: string) => void
}

const kinds = ['web', 'server', 'mobile', 'import', 'other'] as const

/** Makes a source; the server makes its key. */
export function SourceDialog({ onClose, onMade }: Props) {
  const { t } = useTranslation('data')
  const client = useQueryClient()
  const [name, setName] = useState('')
  const [kind, setKind] = useState<NonNullable<Source['kind']>>('web')
  const make = useMutation({
    mutationFn: () => must(api.POST('/api/v1/sources', { body: { name: name.trim(), kind } })),
    onSuccess: async (made) => {
      await client.invalidateQueries({ queryKey: ['sources'] })
      onMade(made.id ?? '')
    },
  })
  const beside = faultOf(make.error, 'name')
  return (
    <Modal opened onClose={onClose} title={t('source.new')} closeButtonProps={{ 'aria-label': t('close', { ns: 'shell' }) }}>
      <form onSubmit={(e) => { e.preventDefault(); make.mutate() }}>
        <Stack gap="sm">
          <TextInput label={t('source.name')} description={t('source.nameHint')} required data-autofocus value={name} error={beside} onChange={(e) => { setName(e.currentTarget.value) }} />
          <NativeSelect label={t('source.kind')} value={kind} onChange={(e) => { setKind(e.currentTarget.value as typeof kind) }} data={kinds.map((k) => ({ value: k, label: t(`source.kinds.${k}`) }))} />
          {make.error && !beside ? <Alert color="red" role="alert">{make.error.message}</Alert> : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>{t('cancel', { ns: 'shell' })}</Button>
            <Button type="submit" loading={make.isPending}>{t('source.create')}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
