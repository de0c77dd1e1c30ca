import { describe, expect, it } from 'vitest'
import da from './da/index'
import en from './en/index'
import nb from './nb/index'
import pl from './pl/index'
import sv from './sv/index'

type Leaf = Record<string, string>

function leaves(tree: object, path = ''): Leaf {
  return Object.entries(tree).reduce<Leaf>((out, [key, value]) => {
    const at = path ? `${path}.${key}` : key
    return typeof value === 'string' ? { ...out, [at]: value } : { ...out, ...leaves(value as object, at) }
  }, {})
}

// Plural forms differ between languages: Polish needs few and many where English has one and other.
const plural = /_(zero|one|two|few|many|other)$/
const stems = (leaf: Leaf): string[] => [...new Set(Object.keys(leaf).map((key) => key.replace(plural, '')))].sort()
const holes = (text: string): string[] => [...text.matchAll(/\{\{\s*(\w+)/g)].map((m) => m[1] ?? '').sort()

const english = leaves(en)

describe.each(Object.entries({ nb, sv, da, pl }))('%s', (code, bundle) => {
  const own = leaves(bundle)

  it('has every key of English and no other', () => {
    expect(stems(own)).toEqual(stems(english))
  })

  it('has every plural form that the language needs', () => {
    const needed = new Intl.PluralRules(code).resolvedOptions().pluralCategories
    for (const key of Object.keys(english).filter((k) => k.endsWith('_other'))) {
      const stem = key.replace(plural, '')
      for (const form of needed) expect(own, `${stem}_${form}`).toHaveProperty([`${stem}_${form}`])
    }
  })

  it('fills the same holes', () => {
    for (const [key, text] of Object.entries(own)) {
      if (!plural.test(key)) {
        expect(holes(text), key).toEqual(holes(english[key] ?? ''))
        continue
      }
      const stem = key.replace(plural, '')
      const wanted = Object.keys(english).filter((k) => k.replace(plural, '') === stem).flatMap((k) => holes(english[k] ?? ''))
      for (const hole of holes(text)) expect(wanted, `${key}: ${hole}`).toContain(hole)
    }
  })

  it('leaves no text empty', () => {
    for (const [key, text] of Object.entries(own)) expect(text.trim(), key).not.toBe('')
  })
})
