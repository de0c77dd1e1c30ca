import { Checkbox, NumberInput, Stack, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { isSplit, splits } from './contact'
import { EventField } from './EventField'
import { faultOf } from './faults'
import { PropertyField } from './PropertyField'
import type { ContactQuestion } from './types'
import classes from './Insight.module.css'

interface Props {
  value: ContactQuestion
  /** What counts as engaged when nothing is said, as the server tells. */
  usual: string[]
  error: Error | null
  onChange: (value: ContactQuestion) => void
}

/** What makes a first visit fail, and what it is split by. */
export function ContactEditor({ value, usual, error, onChange }: Props) {
  const { t } = useTranslation('insight')
  const by = value.by ?? [...splits]
  const own = by.find((b) => !isSplit(b))
  const put = (list: string[]): void => { onChange({ ...value, by: list.join() === splits.join() || list.length === 0 ? undefined : list }) }
  const [first] = value.engaged ?? []
  return (
    <>
      <h2 className={classes.section}>{t('contact.fails')}</h2>
      <div className={classes.two}>
        <NumberInput
          label={t('contact.clicks')}
          min={1}
          max={100}
          value={value.clicks ?? 3}
          error={faultOf(error, 'clicks')}
          onChange={(v) => { onChange({ ...value, clicks: typeof v === 'number' && v >= 1 && v !== 3 ? Math.round(v) : undefined }) }}
        />
        <TextInput
          label={t('contact.within')}
          title={t('windowHint')}
          placeholder="7s"
          value={value.within ?? ''}
          error={faultOf(error, 'within')}
          onChange={(e) => { onChange({ ...value, within: e.currentTarget.value.trim() || undefined }) }}
        />
      </div>
      <EventField
        label={t('contact.engaged')}
        placeholder={t('contact.usual')}
        value={first?.event ?? ''}
        error={faultOf(error, 'engaged')}
        onChange={(event) => { onChange({ ...value, engaged: event.length > 0 ? [{ ...first, event }] : undefined }) }}
      />
      {!first && usual.length > 0 ? <p className="wd-quiet" style={{ margin: 0, fontSize: 12, lineHeight: '18px' }}>{t('contact.usualList', { list: usual.join(', ') })}</p> : null}
      <h2 className={classes.section}>{t('breakdown')}</h2>
      <Stack gap={8}>
        {splits.map((s) => (
          <Checkbox key={s} label={t(`contact.by.${s}`)} checked={by.includes(s)} onChange={(e) => { put(e.currentTarget.checked ? [...splits.filter((x) => x === s || by.includes(x)), ...(own ? [own] : [])] : by.filter((x) => x !== s)) }} />
        ))}
      </Stack>
      <PropertyField
        label={t('contact.ownSplit')}
        placeholder="context.locale"
        value={own ?? ''}
        error={faultOf(error, 'by')}
        onChange={(path) => { put([...by.filter(isSplit), ...(path ? [path] : [])]) }}
      />
      <h2 className={classes.section}>{t('options')}</h2>
      <TextInput
        label={t('contact.gap')}
        title={t('windowHint')}
        placeholder="30m"
        value={value.session_gap ?? ''}
        error={faultOf(error, 'session_gap')}
        onChange={(e) => { onChange({ ...value, session_gap: e.currentTarget.value.trim() || undefined }) }}
      />
      <TextInput
        className={classes.mono}
        label={t('filter')}
        placeholder={'context.channel == "web"'}
        value={value.filter ?? ''}
        error={faultOf(error, 'filter')}
        onChange={(e) => { onChange({ ...value, filter: e.currentTarget.value || undefined }) }}
      />
    </>
  )
}
