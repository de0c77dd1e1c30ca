import { expect, it } from 'vitest'
import { fileName, toCSV } from './export'

const cell = (value: string | number | null) => ({ value, text: '' })

it('writes RFC 4180', () => {
  expect(toCSV({ head: ['a', 'b,c'], rows: [[cell('say "x"'), cell(1.5)], [cell(null), cell('two\nlines')]] })).toBe('a,"b,c"\r\n"say ""x""",1.5\r\n,"two\nlines"\r\n')
})

it('does not hand a spreadsheet a formula', () => {
  expect(toCSV({ head: ['a'], rows: [[cell('=1+1')], [cell(-3)]] })).toBe("a\r\n'=1+1\r\n-3\r\n")
})

it('makes a file name of any title', () => {
  expect(fileName('Hvor mange går fra A til B?')).toBe('hvor-mange-gar-fra-a-til-b')
  expect(fileName('???')).toBe('wend')
})
