import { Button, Checkbox, NativeSelect, NumberInput, SegmentedControl, TagsInput, TextInput } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { EventField } from './EventField'
import { faultOf } from './faults'
import { PropertyField } from './PropertyField'
import type { DriversQuestion } from './types'
import classes from './Insight.module.css'

interface Props {
  value: DriversQuestion
  error: Error | null
  onChange: (value: DriversQuestion) => void
}

/** What success is, and what is looked at before it. */
export function DriversEditor({ value, error, onChange }: Props) {
  const { t } = useTranslation('insight')
  const { funnel, score } = value
  const steps = funnel?.steps ?? []
  const step = (i: number, event: string | string[]): void => { onChange({ ...value, funnel: { ...funnel, steps: steps.map((s, k) => (k === i ? { ...s, event } : s)) } }) }
  const below = score?.at_most !== undefined
  const threshold = (n: number | undefined, atMost: boolean): void => {
    if (score) onChange({ ...value, score: { ...score, at_least: atMost ? undefined : n, at_most: atMost ? n : undefined } })
  }
  return (
    <>
      <div role="group" aria-label={t('drivers.of_what')}>
        <SegmentedControl
          fullWidth
          size="xs"
          value={score ? 'score' : 'funnel'}
          onChange={(v) => {
            const rest = { ...value, funnel: undefined, score: undefined, exposure: undefined }
            onChange(v === 'score' ? { ...rest, score: { event: '', property: '', at_least: 4 } } : { ...rest, funnel: { steps: [{ event: '' }, { event: '' }] } })
          }}
          data={[{ value: 'funnel', label: t('drivers.mode.funnel') }, { value: 'score', label: t('drivers.mode.score') }]}
        />
      </div>
      {score ? (
        <>
          <EventField label={t('drivers.answer')} value={score.event} error={faultOf(error, 'score.event')} onChange={(event) => { onChange({ ...value, score: { ...score, event } }) }} />
          <PropertyField numbers label={t('drivers.score')} value={score.property} error={faultOf(error, 'score.property')} onChange={(property) => { onChange({ ...value, score: { ...score, property } }) }} />
          <div className={classes.two}>
            <NativeSelect
              label={t('drivers.isSuccess')}
              value={below ? 'at_most' : 'at_least'}
              onChange={(e) => { threshold(score.at_least ?? score.at_most, e.currentTarget.value === 'at_most') }}
              data={[{ value: 'at_least', label: t('drivers.at_least') }, { value: 'at_most', label: t('drivers.at_most') }]}
            />
            <NumberInput
              label={t('drivers.threshold')}
              value={score.at_least ?? score.at_most ?? ''}
              error={faultOf(error, 'score.at_least')}
              onChange={(v) => { threshold(typeof v === 'number' ? v : undefined, below) }}
            />
          </div>
          <TextInput
            className={classes.mono}
            label={t('step.where')}
            placeholder={'properties.channel == "web"'}
            value={score.where ?? ''}
            error={faultOf(error, 'score.where')}
            onChange={(e) => { onChange({ ...value, score: { ...score, where: e.currentTarget.value || undefined } }) }}
          />
        </>
      ) : (
        <>
          {steps.map((s, i) => (
            <EventField
              key={String(i)}
              label={i === steps.length - 1 ? t('drivers.to') : i === steps.length - 2 ? t('drivers.from') : t('step.n', { n: i + 1 })}
              value={s.event}
              error={faultOf(error, `funnel.steps[${String(i)}]`)}
              onChange={(event) => { step(i, event) }}
            />
          ))}
          <Button.Group>
            <Button variant="default" size="xs" leftSection={<IconPlus size={14} />} disabled={steps.length >= 10} onClick={() => { onChange({ ...value, funnel: { ...funnel, steps: [{ event: '' }, ...steps] } }) }}>{t('drivers.addStep')}</Button>
            {steps.length > 2 ? <Button variant="default" size="xs" leftSection={<IconX size={14} />} onClick={() => { onChange({ ...value, funnel: { ...funnel, steps: steps.slice(1) } }) }}>{t('step.remove', { n: 1 })}</Button> : null}
          </Button.Group>
        </>
      )}
      <h2 className={classes.section}>{t('options')}</h2>
      <div className={classes.two}>
        {score ? null : (
          <TextInput
            label={t('window')}
            title={t('windowHint')}
            placeholder="7d"
            value={funnel?.window ?? ''}
            error={faultOf(error, 'funnel.window')}
            onChange={(e) => { onChange({ ...value, funnel: { ...funnel, steps, window: e.currentTarget.value.trim() || undefined } }) }}
          />
        )}
        <TextInput
          label={t('drivers.lookBack')}
          title={t('windowHint')}
          placeholder="30d"
          value={value.look_back ?? ''}
          error={faultOf(error, 'look_back')}
          onChange={(e) => { onChange({ ...value, look_back: e.currentTarget.value.trim() || undefined }) }}
        />
      </div>
      {score ? null : (
        <NativeSelect
          label={t('drivers.exposure.label')}
          description={t(`drivers.exposure.${value.exposure ?? 'matched'}.why`)}
          value={value.exposure ?? 'matched'}
          onChange={(e) => { onChange({ ...value, exposure: e.currentTarget.value === 'matched' ? undefined : (e.currentTarget.value as DriversQuestion['exposure']) }) }}
          data={(['matched', 'entry', 'window'] as const).map((x) => ({ value: x, label: t(`drivers.exposure.${x}.name`) }))}
        />
      )}
      <Checkbox label={t('drivers.counts')} checked={value.counts ?? false} onChange={(e) => { onChange({ ...value, counts: e.currentTarget.checked || undefined }) }} />
      <TagsInput
        label={t('drivers.leaveOut')}
        placeholder={value.leave_out?.length ? undefined : 'Checkout Started, properties.order_id'}
        value={value.leave_out ?? []}
        error={faultOf(error, 'leave_out')}
        acceptValueOnBlur
        onChange={(list) => { onChange({ ...value, leave_out: list.length > 0 ? list : undefined }) }}
      />
      <TextInput
        className={classes.mono}
        label={t('filter')}
        placeholder={'profile.traits.country == "NO"'}
        value={value.filter ?? ''}
        error={faultOf(error, 'filter')}
        onChange={(e) => { onChange({ ...value, filter: e.currentTarget.value || undefined }) }}
      />
    </>
  )
}
