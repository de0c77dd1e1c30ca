import { describe, expect, it } from 'vitest'
import { bytes } from './bytes'
import { pretty } from './reasons'
import { readDataSearch } from './search'
import { importLine, platforms, snippet } from './snippets'
import { join } from './useLiveEvents'
import type { LiveEvent } from './types'

it.each(platforms)('the %s snippet carries this server and the key', (platform) => {
  const text = snippet(platform, 'https://wend.example.com', 'wk_1')
  expect(text).toContain('https://wend.example.com')
  expect(text).toContain('wk_1')
})

it('the import line carries both too', () => {
  expect(importLine('http://h:1', 'wk_1')).toContain('--server http://h:1 --key wk_1')
})

describe('bytes', () => {
  it('have a unit', () => {
    expect(bytes(0, 'en')).toBe('0 byte')
    expect(bytes(1_234_567, 'en')).toBe('1.2 MB')
    expect(bytes(78_218_952_704, 'en')).toBe('78.2 GB')
  })
})

it('the URL keeps only what the room knows', () => {
  expect(readDataSearch({ tab: 'live', name: 'A', source: '', more: 1 })).toEqual({ tab: 'live', name: 'A' })
  expect(readDataSearch({ tab: 'else' })).toEqual({})
})

it('the newest event stands first, and old ones make room', () => {
  const event = (id: number) => ({ message_id: String(id) }) as LiveEvent
  expect(join([event(2), event(3)], [event(1)]).map((e) => e.message_id)).toEqual(['3', '2', '1'])
  expect(join([event(0)], Array.from({ length: 200 }, (_, i) => event(i + 1)))).toHaveLength(200)
})

it('sets JSON out, and leaves other text alone', () => {
  expect(pretty('{"a":1}')).toBe('{\n  "a": 1\n}')
  expect(pretty('{"a":')).toBe('{"a":')
})
