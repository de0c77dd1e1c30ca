import { createTheme, type MantineColorsTuple } from '@mantine/core'

// Two accents: indigo for what can be acted on and for traffic, teal for what was observed.
const indigo: MantineColorsTuple = [
  '#eef0fd', '#dfe2fb', '#bfc5f6', '#9da6f1', '#7d88ea', '#6371e2', '#4453d6', '#3a48bf', '#313da3', '#262f80',
]
const teal: MantineColorsTuple = [
  '#e6f6f4', '#cdece9', '#9edad4', '#6bc8be', '#3db5a9', '#1ea396', '#0f8f83', '#0b7a70', '#09665e', '#064a44',
]
const dark: MantineColorsTuple = [
  '#dfe5ee', '#b4bfcd', '#93a0b1', '#5d6b7d', '#2f3a49', '#263140', '#1a2330', '#121923', '#0d131b', '#090d13',
]

export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: 6,
  colors: { indigo, teal, dark },
  fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, monospace",
  headings: { fontWeight: '650', fontFamily: "'Inter Variable', system-ui, sans-serif" },
  defaultRadius: 'md',
  cursorType: 'pointer',
  autoContrast: true,
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  radius: { sm: '6px', md: '8px', lg: '12px' },
  focusRing: 'auto',
})
