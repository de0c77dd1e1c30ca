import type en from './en/index'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'shell'
    resources: typeof en
    returnNull: false
  }
}
