import RudderAnalytics from '@rudderstack/rudder-sdk-node'
import { Analytics } from '@segment/analytics-node'
import { shopSite } from '../support/site.ts'
import { type Page, box, expect, login, peopleOn, soon, test } from '../support/test.ts'
import { type Wend, writeKey } from '../support/wend.ts'

// Unmodified SDKs, set up as docs/ingest.md says. Each test looks at an open map while its SDK sends.

const events = {
  'segment-node': 'Segment Node Arrived',
  'rudder-node': 'Rudder Node Arrived',
  'segment-web': 'Segment Web Arrived',
  'wend-js': 'Wend Snippet Arrived',
}

async function openMap(page: Page, wend: Wend): Promise<void> {
  const { items } = await wend.call<{ items: { document: { metadata: { id: string } } }[] }>('GET', '/api/v1/journeys')
  if (!items.some((i) => i.document.metadata.id === 'sdks')) await wend.drawJourney('sdks', 'Events of every SDK', events)
  await login(page, wend)
  await page.goto(`${wend.url}/journeys/sdks`)
  for (const title of Object.values(events)) await expect(box(page, title)).toBeVisible()
}

/** Holds that one person is on the box within a second of `sent`, and that the event is on that person's timeline. */
async function arrived(page: Page, wend: Wend, event: string, who: string, sent: number): Promise<void> {
  await soon(() => peopleOn(box(page, event)), 1, `${event} is on the open map`, 1000, sent)
  await expect.poll(() => wend.timelineOf(who)).toContain(event)
}

test('@segment/analytics-node', async ({ page, empty }) => {
  await openMap(page, empty)
  const failed: unknown[] = []
  const analytics = new Analytics({ writeKey, host: empty.url, flushAt: 1 })
  analytics.on('error', (e) => failed.push(e))
  const sent = Date.now()
  analytics.track({ event: events['segment-node'], userId: 'node-user-1', properties: { total: 27.5 } })
  await arrived(page, empty, events['segment-node'], 'node-user-1', sent)
  analytics.identify({ userId: 'node-user-1', traits: { email: 'node@shop.example' } })
  await analytics.closeAndFlush()
  expect(failed).toEqual([])
  await expect.poll(() => empty.timelineOf('node@shop.example')).toContain('Identify')
})

test('@rudderstack/rudder-sdk-node', async ({ page, empty }) => {
  await openMap(page, empty)
  const analytics = new RudderAnalytics(writeKey, { dataPlaneUrl: empty.url, flushAt: 1 })
  const sent = Date.now()
  const done = new Promise<void>((resolve, reject) => {
    analytics.track({ event: events['rudder-node'], userId: 'rudder-user-1', properties: { total: 12 } }, (error?: Error) => { if (error) reject(error); else resolve() })
  })
  await arrived(page, empty, events['rudder-node'], 'rudder-user-1', sent)
  await done
})

test('@segment/analytics-next in Chromium', async ({ page, empty, watch }) => {
  await openMap(page, empty)
  const shop = await shopSite({ '/': '<script src="/sdk/index.js"></script>' })
  const visit = await page.context().newPage()
  watch.over(visit)
  await visit.goto(shop.url)
  await visit.evaluate(
    async ([key, url]) => {
      const { AnalyticsBrowser } = (window as unknown as { AnalyticsNext: { AnalyticsBrowser: { load: (o: object) => unknown } } }).AnalyticsNext
      Object.assign(window, { shop: await (AnalyticsBrowser.load({ writeKey: key, cdnURL: url }) as Promise<unknown>) })
    },
    [writeKey, empty.url],
  )
  const sent = Date.now()
  await visit.evaluate((event) => {
    void (window as unknown as { shop: [{ track: (e: string, p: object) => Promise<unknown>; identify: (id: string, t: object) => Promise<unknown> }] }).shop[0].track(event, { total: 3 })
  }, events['segment-web'])
  const box0 = box(page, events['segment-web'])
  await soon(() => peopleOn(box0), 1, 'the event is on the open map', 1000, sent)
  await visit.evaluate(async () => {
    await (window as unknown as { shop: [{ identify: (id: string, t: object) => Promise<unknown> }] }).shop[0].identify('web-user-1', { email: 'web@shop.example' })
  })
  // The anonymous visit belongs to who logged in later.
  await expect.poll(() => empty.timelineOf('web-user-1')).toContain(events['segment-web'])
  await visit.close()
  await shop.stop()
})

test('wend.js in Chromium', async ({ page, empty, watch }) => {
  await openMap(page, empty)
  const shop = await shopSite({ '/': `<script async src="${empty.url}/wend.js" data-key="${writeKey}"></script>` })
  const visit = await page.context().newPage()
  watch.over(visit)
  await visit.goto(shop.url)
  await visit.waitForFunction(() => typeof (window as unknown as { wend?: { track?: unknown } }).wend?.track === 'function')
  const sent = Date.now()
  await visit.evaluate((event) => { (window as unknown as { wend: { track: (e: string, p: object) => void } }).wend.track(event, { total: 5 }) }, events['wend-js'])
  await soon(() => peopleOn(box(page, events['wend-js'])), 1, 'the event is on the open map', 1000, sent)
  await visit.evaluate(() => { (window as unknown as { wend: { identify: (id: string, t: object) => void } }).wend.identify('snippet-user-1', { email: 'snippet@shop.example' }) })
  await expect.poll(() => empty.timelineOf('snippet-user-1')).toContain(events['wend-js'])
  expect(await empty.timelineOf('snippet-user-1')).toContain('Page Viewed')
  await visit.close()
  await shop.stop()
})
