import { availableParallelism, loadavg } from 'node:os'
import { AxeBuilder } from '@axe-core/playwright'
import { type Locator, type Page, expect, test as base } from '@playwright/test'
import { apiKey, Wend } from './wend.ts'

export { expect, type Locator, type Page }

/** What a page did that it should not: errors on the console, requests that failed or left this machine. */
export class Watch {
  readonly faults: string[] = []

  over(page: Page): void {
    page.on('console', (m) => { if (m.type() === 'error') this.faults.push(`console: ${m.text()} (${m.location().url})`) })
    page.on('pageerror', (e) => { this.faults.push(`exception: ${e.stack ?? e.message}`) })
    page.on('request', (r) => {
      const url = new URL(r.url())
      if (url.protocol.startsWith('http') && url.hostname !== '127.0.0.1') this.faults.push(`external: ${r.url()}`)
    })
    page.on('response', (r) => { if (r.status() >= 400) this.faults.push(`${String(r.status())}: ${r.url()}`) })
    // What the page itself gives up (a question that was changed, a feed of a page that was left) has not failed.
    page.on('requestfailed', (r) => {
      const why = r.failure()?.errorText ?? ''
      if (why !== 'net::ERR_ABORTED') this.faults.push(`failed: ${r.url()} ${why}`)
    })
  }
}

interface PerTest {
  watch: Watch
  /** A page logged in to the demo or the empty server, whichever its address names first. */
  page: Page
}

interface PerWorker {
  /** The demo shop with 400 people. */
  demo: Wend
  /** A new server without data. */
  empty: Wend
}

export const test = base.extend<PerTest, PerWorker>({
  demo: [
    async ({}, use) => {
      const wend = await Wend.start('demo', '--profiles', '400')
      await use(wend)
      await wend.stop()
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  empty: [
    async ({}, use) => {
      const wend = await Wend.start('serve')
      await use(wend)
      await wend.stop()
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  watch: async ({}, use) => {
    const watch = new Watch()
    await use(watch)
    expect(watch.faults, 'what the pages did that they should not').toEqual([])
  },
  page: async ({ page, watch }, use) => {
    watch.over(page)
    await use(page)
  },
})

/** Gives the browser of a page a session. */
export async function login(page: Page, wend: Wend): Promise<void> {
  const res = await page.context().request.post(`${wend.url}/api/v1/session`, { data: { token: apiKey } })
  expect(res.ok(), await res.text()).toBe(true)
}

/** The box of a touchpoint on an open map. */
export function box(page: Page, title: string): Locator {
  return page.getByRole('main').getByRole('button', { name: title }).and(page.locator('[aria-expanded]'))
}

/** How many people a box or a stage shows; 0 where it says that there are no events. */
export async function peopleOn(it: Locator): Promise<number> {
  const text = (await it.textContent()) ?? ''
  const found = /(\d[\d,]*)\s+(?:people|person)/.exec(text)
  return found?.[1] ? Number(found[1].replaceAll(',', '')) : 0
}

/**
 * How much slower than alone this machine runs us now, 1 or more: the time on the clock of 50 ms of computing, or how
 * many want each of its cores. A limit in milliseconds means a machine that has time for us; it is stretched by this.
 */
export function slowness(): number {
  const began = process.hrtime.bigint()
  const before = process.cpuUsage()
  let used = 0
  while (used < 50_000) {
    const { user, system } = process.cpuUsage(before)
    used = user + system
  }
  return Math.max(1, (loadavg()[0] ?? 0) / availableParallelism(), Number(process.hrtime.bigint() - began) / 1000 / used)
}

/** Holds that something is so within this many milliseconds of `since`, looking often. */
export async function soon<T>(read: () => Promise<T>, want: T, what: string, ms = 1000, since = Date.now()): Promise<void> {
  let slow = slowness()
  await expect.poll(read, { message: what, timeout: 30_000, intervals: [20] }).toEqual(want)
  const took = Date.now() - since
  if (took > ms * slow) slow = Math.max(slow, slowness())
  test.info().annotations.push({ type: 'time', description: `${what}: ${String(took)} ms, machine ${slow.toFixed(1)} times slower than alone` })
  expect(took / slow, `${what}: ms, on a machine with time (really ${String(took)} ms, ${slow.toFixed(1)} times slower)`).toBeLessThan(ms)
}

/** Waits until nothing on the page loads any more. */
export async function settled(page: Page): Promise<void> {
  await expect(page.getByRole('main')).toBeVisible()
  await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0)
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0)
}

/** Holds the page against axe's rules of WCAG 2.2 A and AA and good practice. */
export async function accessible(page: Page, what: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze()
  const said = violations.map((v) => `${v.id}: ${v.help}\n${v.nodes.slice(0, 5).map((n) => `    ${n.target.join(' ')} — ${n.failureSummary ?? ''}`).join('\n')}`)
  expect.soft(said.join('\n'), `axe on ${what}`).toBe('')
}

/** Holds that the page is not wider than the window. */
export async function noSideways(page: Page, what: string): Promise<void> {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  expect.soft(wide, `${what} can be scrolled sideways`).toBeLessThanOrEqual(0)
}
