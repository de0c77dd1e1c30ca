import { accessible, box, expect, login, noSideways, peopleOn, soon, test } from '../support/test.ts'

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true })

test('the map works on a phone', async ({ page, demo }) => {
  await login(page, demo)
  await page.goto(`${demo.url}/journeys/order-and-receive`)
  const stages = page.getByRole('list', { name: 'Stages' })
  await expect(stages).toBeVisible()
  const product = box(page, 'Product page')
  await soon(async () => (await peopleOn(product)) > 20, true, 'the numbers are there', 3000)
  await noSideways(page, 'the map')

  // What a finger has to hit is at least 24 px, and a touchpoint is wide enough to read.
  const size = await product.boundingBox()
  expect(size?.height).toBeGreaterThanOrEqual(44)
  expect(size?.width).toBeGreaterThan(250)
  await product.tap()
  const drawer = page.getByRole('dialog')
  await expect(drawer.getByText('Go on to a later stage', { exact: true })).toBeVisible()
  await noSideways(page, 'the open touchpoint')
  await accessible(page, 'the open touchpoint on a phone')
  await drawer.getByRole('tab', { name: 'Events and people' }).tap()
  await expect(drawer.getByRole('link').first()).toBeVisible()
  await drawer.getByRole('button', { name: 'Close' }).tap()
  await expect(drawer).toHaveCount(0)

  // The rooms are at the bottom, within reach.
  const rooms = page.getByRole('navigation', { name: 'Rooms' })
  expect((await rooms.boundingBox())?.y).toBeGreaterThan(700)
  await rooms.getByRole('link', { name: 'People' }).tap()
  await expect(page.getByRole('heading', { level: 1, name: 'People' })).toBeVisible()
  await noSideways(page, 'People')
})
