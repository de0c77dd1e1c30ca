import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'

export const languages = {
  en: 'English',
  nb: 'Norsk bokmål',
  sv: 'Svenska',
  da: 'Dansk',
  pl: 'Polski',
} as const
export type Language = keyof typeof languages

export const rooms = ['shell', 'home', 'journey', 'insight', 'people', 'segment', 'data', 'settings'] as const

type Bundle = Record<(typeof rooms)[number], Record<string, unknown>>

// Each language is one chunk; only the chosen one is loaded. That every language has every key is a test.
const load: Record<Language, () => Promise<{ default: Bundle }>> = {
  en: () => import('./en/index'),
  nb: () => import('./nb/index'),
  sv: () => import('./sv/index'),
  da: () => import('./da/index'),
  pl: () => import('./pl/index'),
}

const storage = 'wend-language'

function isLanguage(code: string): code is Language {
  return code in languages
}

/** The language somebody chose here, else the browser's first that we have, else English. */
export function preferred(): Language {
  const kept = window.localStorage.getItem(storage)
  if (kept && isLanguage(kept)) return kept
  for (const tag of navigator.languages) {
    const code = tag.toLowerCase().split('-')[0] ?? ''
    if (isLanguage(code)) return code
    if (code === 'no' || code === 'nn') return 'nb'
  }
  return 'en'
}

async function add(code: Language): Promise<void> {
  const { default: bundle } = await load[code]()
  for (const room of rooms) i18next.addResourceBundle(code, room, bundle[room], true, true)
}

/** Loads a language and shows it everywhere. */
export async function speak(code: Language): Promise<void> {
  if (!i18next.hasResourceBundle(code, 'shell')) await add(code)
  await i18next.changeLanguage(code)
  window.localStorage.setItem(storage, code)
  document.documentElement.lang = code
}

export async function start(code: Language): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: code,
    resources: {},
    ns: [...rooms],
    defaultNS: 'shell',
    interpolation: { escapeValue: false },
    returnNull: false,
  })
  await add(code)
  await i18next.changeLanguage(code)
  document.documentElement.lang = code
}
