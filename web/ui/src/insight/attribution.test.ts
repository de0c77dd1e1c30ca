import { describe, expect, it } from 'vitest'
import type { Journey, Touchpoint } from '../api/types'
import { firstModels, readAttribution, readyAttribution, suggestAttribution, touchKind, touchpointsOf, withKind } from './attributionBody'
import { attributionDrawing } from './attributionDrawing'

const total = { path: 'properties.total', kinds: { number: 4 } }

describe('a first question', () => {
  it('is the order by campaign, where visits bear one', () => {
    expect(suggestAttribution({ events: ['Order Completed', 'Page Viewed'], properties: [total, { path: 'context.campaign.source', kinds: { string: 1 } }] })).toEqual({
      conversion: { event: 'Order Completed' }, value: 'properties.total', channel: 'context.campaign.source', touches: [{ event: 'Page Viewed' }], unknown: 'direct',
    })
  })

  it('is by channel where there are no campaigns, and none where nothing is won', () => {
    expect(suggestAttribution({ events: ['Signed Up'], properties: [{ path: 'properties.total', kinds: { string: 1 } }] })).toEqual({ conversion: { event: 'Signed Up' } })
    expect(suggestAttribution({ events: ['Page Viewed'], properties: [total] })).toBeUndefined()
  })
})

describe('a question from a URL', () => {
  it('becomes one that the form can show', () => {
    expect(readAttribution(undefined)).toEqual({ conversion: { event: '' }, models: firstModels })
    expect(readAttribution({ conversion: 'x', models: ['shapley', 'wrong', 'first'] })).toEqual({ conversion: { event: '' }, models: ['first', 'shapley'] })
  })

  it('waits for a conversion, and for the touchpoints of a map', () => {
    const q = readAttribution({ conversion: { event: 'Buy', where: '' } })
    expect(readyAttribution(readAttribution({})).body).toBeUndefined()
    expect(readyAttribution(q).body).toEqual({ conversion: { event: 'Buy' }, models: firstModels })
    expect(readyAttribution(withKind(q, 'touchpoint')).body).toBeUndefined()
    expect(readyAttribution({ ...withKind(q, 'touchpoint'), touchpoints: [{ id: 'a', match: [] }] }).body?.touchpoints).toHaveLength(1)
    expect(readyAttribution({ ...q, touches: [{ event: '' }] }).body?.touches).toBeUndefined()
  })

  it('keeps what names a touch apart', () => {
    const q = readAttribution({ conversion: { event: 'Buy' } })
    for (const kind of ['campaign', 'channel', 'touchpoint', 'property'] as const) expect(touchKind(withKind(q, kind))).toBe(kind)
    expect(withKind(withKind(q, 'campaign'), 'touchpoint')).toMatchObject({ unknown: undefined, touches: undefined })
  })
})

it('names touchpoints by themselves or by their channel, in map order, without those that cannot be seen', () => {
  const journey = { metadata: { id: 'j' }, spec: { stages: [{ id: 's', steps: [{ id: 'x', touchpoints: ['b', 'a', 'b', 'dark', 'gone'] }] }] } } as unknown as Journey
  const library = [
    { metadata: { id: 'a', title: 'Ad' }, spec: { channel: 'Ads', match: [{ event: 'A' }] } },
    { metadata: { id: 'b' }, spec: { match: [{ event: 'B' }] } },
    { metadata: { id: 'dark' }, spec: { channel: 'Ads' } },
  ] as unknown as Touchpoint[]
  expect(touchpointsOf(journey, library, 'title').map((m) => m.id)).toEqual(['b', 'Ad'])
  expect(touchpointsOf(journey, library, 'channel').map((m) => m.id)).toEqual(['b', 'Ads'])
})

it('draws a bar for every model of every channel, none of them too long, and escapes names', () => {
  const model = { label: 'First', figures: '1 · 10%', share: 0.1, low: 0.05, high: 0.2 }
  const svg = attributionDrawing('Title', [{ label: 'a<b', models: [model, { ...model, share: -0.2, low: null, high: null }] }], 0.2)
  const doc = new DOMParser().parseFromString(svg, 'image/svg+xml')
  const bars = [...doc.querySelectorAll('rect[height="12"]')].map((r) => Number(r.getAttribute('width')))
  expect(bars).toEqual([480, 240, 480, 1])
  expect(doc.querySelectorAll('rect[height="2"]')).toHaveLength(1)
  expect(svg).toContain('a&lt;b')
})
