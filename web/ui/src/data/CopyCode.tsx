import { Button, CopyButton } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import classes from './Data.module.css'

interface Props {
  text: string
  label: string
}

/** Lines to take along, with a button that does. */
export function CopyCode({ text, label }: Props) {
  const { t } = useTranslation('data')
  return (
    <div className={classes.stack} style={{ gap: 8 }}>
      <pre className={classes.code} tabIndex={0} aria-label={label}>{text}</pre>
      <CopyButton value={text} timeout={2000}>
        {({ copied, copy }) => (
          <Button size="xs" variant="default" w="fit-content" onClick={copy} leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}>
            <span role="status">{copied ? t('copied') : t('copy')}</span>
          </Button>
        )}
      </CopyButton>
    </div>
  )
}
