import { Analytics } from '@segment/analytics-node'
import { expect, login, soon, test } from '../support/test.ts'
import { writeKey } from '../support/wend.ts'

test("the debugger shows an SDK's event within a second", async ({ page, empty }) => {
  await login(page, empty)
  await page.goto(`${empty.url}/data?tab=live`)
  await expect(page.getByRole('status').filter({ hasText: 'Listening' })).toBeVisible()
  const analytics = new Analytics({ writeKey, host: empty.url, flushAt: 1 })
  const row = page.getByRole('button', { name: /Debugger Watched/ })
  const sent = Date.now()
  analytics.track({ event: 'Debugger Watched', userId: 'debug-user-1', properties: { colour: 'teal' } })
  await soon(() => row.count(), 1, 'the event is in the debugger', 1000, sent)
  await expect(row).toContainText('debug-user-1')
  await row.click()
  await expect(row).toHaveAttribute('aria-expanded', 'true')
  await expect(page.getByText('properties.colour')).toBeVisible()
  await analytics.closeAndFlush()

  // Paused, events wait; then they show.
  await page.getByRole('button', { name: 'Pause' }).click()
  await empty.track('While Paused', 'debug-user-1')
  await expect(page.getByRole('status').filter({ hasText: 'Paused; 1 waiting' })).toBeVisible()
  await expect(page.getByRole('button', { name: /While Paused/ })).toHaveCount(0)
  await page.getByRole('button', { name: 'Go on' }).click()
  await expect(page.getByRole('button', { name: /While Paused/ })).toBeVisible()
})
