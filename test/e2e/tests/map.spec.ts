import { box, expect, login, peopleOn, soon, test } from '../support/test.ts'

test('a first visit to the demo shows a living map, and a touchpoint opens', async ({ page, demo }) => {
  const began = Date.now()
  await page.goto(demo.url)
  await expect(page).toHaveURL(/\/journeys\/order-and-receive/)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('I find and order what my workshop needs')

  // Stages with their people, in the order of the plan.
  const stages = page.getByRole('main').getByRole('heading', { level: 2 })
  for (const title of ['Awareness', 'Consideration', 'Decision', 'Retention', 'Advocacy']) {
    await expect(stages.filter({ hasText: title })).toBeVisible()
  }
  await soon(async () => (await peopleOn(box(page, 'Product page'))) > 20, true, 'the numbers are there after the address', 3000, began)

  // Touchpoints with theirs: most of the drawn ones are reached.
  const boxes = page.locator('main button[aria-expanded]').filter({ hasText: /people|person/ })
  expect(await boxes.count()).toBeGreaterThan(12)

  // Ribbons, planned and not, no two widths alike would be chance: the widest is wider than the thinnest.
  const planned = page.locator('main g[data-planned="true"] path:first-child')
  await expect(page.locator('main g[data-planned="false"]').first()).toBeAttached()
  const widths = await planned.evaluateAll((list) => list.map((p) => Number(p.getAttribute('stroke-width'))))
  expect(widths.length).toBeGreaterThan(5)
  expect(Math.max(...widths)).toBeGreaterThan(2 * Math.min(...widths))

  await box(page, 'Product page').click()
  const panel = page.getByRole('complementary', { name: 'Product page' })
  await expect(panel.getByText('Consideration · Look')).toBeVisible()
  await expect(panel.getByText('Go on to a later stage', { exact: true })).toBeVisible()
  await expect(panel.getByText(/95 % interval/).first()).toBeVisible()
  await expect(panel.getByText('Where they go next')).toBeVisible()
  await panel.getByRole('tab', { name: 'Events and people' }).click()
  await expect(panel.locator('code').first()).toContainText('Product Viewed')
  await expect(panel.getByRole('link').first()).toBeVisible()
  await panel.getByRole('button', { name: 'Close' }).click()
  await expect(panel).toHaveCount(0)
})

test('a new touchpoint counts its events on the open map, without a reload', async ({ page, demo }) => {
  const event = `Workshop Visited ${String(Date.now())}`
  await login(page, demo)
  await page.goto(`${demo.url}/journeys/order-and-receive?layers=plan,live,flow`)
  await page.getByRole('button', { name: 'Add a touchpoint' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add a touchpoint' })
  await dialog.getByLabel('At the step').selectOption({ label: 'Look' })
  await dialog.getByLabel('Name').fill('Workshop visit')
  await dialog.getByLabel('Channel').fill('Shops & reps')
  await dialog.getByLabel('Event that reaches it').fill(event)
  await page.keyboard.press('Escape') // closes the list of known events, not the dialog
  await dialog.getByRole('button', { name: 'Put on the map' }).click()
  await expect(dialog).toHaveCount(0)
  const own = box(page, 'Workshop visit')
  await expect(own).toContainText('no events in this range')

  await page.evaluate(() => { document.documentElement.dataset.sameDocument = 'yes' })
  await demo.track(event, 'visitor-1')
  await soon(() => peopleOn(own), 1, 'the first visitor is on the map', 2000)
  await demo.track(event, 'visitor-1')
  await demo.track(event, 'visitor-2')
  await soon(() => peopleOn(own), 2, 'the second visitor is on the map', 2000)
  expect(await page.evaluate(() => document.documentElement.dataset.sameDocument), 'the page was not loaded again').toBe('yes')
})
