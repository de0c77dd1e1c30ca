import { accessible, box, expect, login, noSideways, settled, test } from '../support/test.ts'
import { type Page } from '../support/test.ts'
import { type Wend } from '../support/wend.ts'

// A walk through every room, wide and on a phone, light and dark: axe finds nothing, nothing scrolls sideways, and the
// pictures are left in artifacts/ for people to look at.

const query = (q: object): string => encodeURIComponent(JSON.stringify(q))
const funnel = { steps: [{ event: 'Product Viewed' }, { event: 'Product Added' }, { event: 'Order Completed' }], window: '30d' }
const trend = { series: [{ event: 'Order Completed' }], interval: 'week' }

interface Stop {
  name: string
  path: string
  /** What must be there before the page is judged. */
  ready: (page: Page) => Promise<void>
}

const heading = (name: string | RegExp) => async (page: Page): Promise<void> => {
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible()
}

const stops: Stop[] = [
  { name: 'home', path: '/', ready: async (page) => { await expect(page.getByRole('heading', { name: /What changed/ })).toBeVisible() } },
  { name: 'atlas', path: '/journeys', ready: heading('Journeys') },
  { name: 'map', path: '/journeys/order-and-receive', ready: async (page) => { await expect(box(page, 'Product page')).toContainText('people') } },
  { name: 'map-plan', path: '/journeys/order-and-receive?layers=plan,live,flow', ready: async (page) => { await expect(box(page, 'Product page')).toContainText('people') } },
  { name: 'map-panel', path: '/journeys/order-and-receive?touchpoint=product-page', ready: async (page) => { await expect(page.getByText('Where they go next')).toBeVisible() } },
  { name: 'insights', path: '/insights', ready: heading('Insights') },
  { name: 'funnel', path: `/insights?question=funnel&query=${query(funnel)}`, ready: async (page) => { await expect(page.getByRole('list', { name: 'Funnel, step by step' })).toBeVisible() } },
  { name: 'attribution', path: '/insights?question=attribution', ready: async (page) => { await expect(page.getByRole('table', { name: 'Channels by model' })).toBeVisible() } },
  { name: 'paths', path: '/insights?question=paths', ready: async (page) => { await expect(page.getByRole('img', { name: /^Paths, step by step/ }).locator('svg')).toBeVisible() } },
  { name: 'trend', path: `/insights?question=trend&query=${query(trend)}`, ready: async (page) => { await expect(page.getByRole('img', { name: 'Lines over time' }).locator('svg')).toBeVisible() } },
  { name: 'conformance', path: '/insights?question=conformance&last=90', ready: async (page) => { await expect(page.getByRole('region', { name: 'The most frequent ways' })).toBeVisible() } },
  { name: 'drivers', path: '/insights?question=drivers', ready: async (page) => { await expect(page.getByRole('list', { name: /^Goes with/ }).first()).toBeVisible() } },
  { name: 'first-contact', path: '/insights?question=first_contact', ready: async (page) => { await expect(page.getByRole('region', { name: 'Device' }).first()).toBeVisible() } },
  { name: 'retention', path: '/insights?question=retention&last=90', ready: async (page) => { await expect(page.getByRole('table', { name: 'How many come back, each cohort by itself' })).toBeVisible() } },
  { name: 'lifecycle', path: '/insights?question=lifecycle&last=90', ready: async (page) => { await expect(page.getByRole('img', { name: 'New, again, back and away, period by period' }).locator('svg')).toBeVisible() } },
  { name: 'stickiness', path: '/insights?question=stickiness', ready: async (page) => { await expect(page.getByRole('img', { name: 'How many were active in so many periods' }).locator('svg')).toBeVisible() } },
  { name: 'people', path: '/people', ready: heading('People') },
  { name: 'profile', path: '/people/PERSON', ready: heading(/./) },
  ...['sources', 'live', 'rejected', 'imports', 'catalogue', 'health'].map((tab) => ({
    name: `data-${tab}`,
    path: `/data?tab=${tab}`,
    ready: async (page: Page) => { await expect(page.getByRole('tab', { selected: true })).toHaveText(new RegExp(tab, 'i')) },
  })),
  { name: 'settings', path: '/settings', ready: heading('Settings') },
]

/** Somebody of the demo who ordered. */
async function customer(demo: Wend): Promise<string> {
  const { people } = await demo.call<{ people: { id: string; traits: { email?: string } }[] }>('GET', '/api/v1/profiles?limit=200')
  const found = people.find((p) => p.traits.email) ?? people[0]
  if (!found) throw new Error('nobody in the demo')
  return found.id
}

for (const width of [1440, 390]) {
  for (const scheme of ['light', 'dark'] as const) {
    test(`every room at ${String(width)} px, ${scheme}`, async ({ page, demo }) => {
      test.setTimeout(480_000)
      await page.setViewportSize({ width, height: width < 500 ? 844 : 900 })
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
      await login(page, demo)
      const person = await customer(demo)
      for (const stop of stops) {
        await page.goto(demo.url + stop.path.replace('PERSON', person))
        await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', scheme)
        await stop.ready(page)
        await settled(page)
        const what = `${stop.name} at ${String(width)} px, ${scheme}`
        await page.screenshot({ path: `artifacts/${stop.name}-${String(width)}-${scheme}.png`, fullPage: true })
        await accessible(page, what)
        await noSideways(page, what)
      }
    })
  }
}
