import { expect, login, settled, test } from '../support/test.ts'

test('who comes back: the grid has the counts of the API, and a split its own curves', async ({ page, demo }) => {
  await login(page, demo)
  await page.goto(`${demo.url}/insights`)
  await page.getByRole('main').getByRole('link', { name: 'Retention' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('How many people come back after Order Completed, by week?')
  const grid = page.getByRole('table', { name: 'How many come back, each cohort by itself' })
  await expect(grid).toBeVisible()
  await settled(page)
  const second = grid.getByRole('row').nth(2).getByRole('cell')
  const [size, later] = await second.allTextContents()

  const { cohorts } = await demo.call<{ cohorts: { size: number; values: number[]; complete: number }[] }>('POST', '/api/v1/query/retention', {
    start: { event: 'Order Completed' },
    from: new Date(Date.now() - 90 * 86_400_000).toISOString(),
    to: new Date().toISOString(),
  })
  const whole = cohorts.filter((c) => c.size > 0)[1]
  expect(Number(size)).toBe(whole?.size)
  expect(later).toContain('%')
  expect(later?.endsWith(String(whole?.values[1]))).toBe(true)
  // What has not ended is told apart.
  await expect(grid.getByText('~').first()).toBeVisible()

  const editor = page.getByRole('region', { name: 'The question' })
  await editor.getByLabel('Counted in').selectOption('first_time')
  await expect(page.getByRole('heading', { level: 1 })).toContainText('after their first Order Completed')
  await editor.getByLabel('Split by').fill('profile.traits.persona')
  const craftsmen = page.getByRole('region', { name: 'How many come back, by value' }).getByRole('cell', { name: 'craftsman' })
  await expect(craftsmen).toBeVisible()
  await page.waitForURL(/persona/)
  await page.reload()
  await expect(craftsmen).toBeVisible()
})

test('lifecycle and stickiness are drawn, and shown as tables that add up', async ({ page, demo }) => {
  await login(page, demo)
  await page.goto(`${demo.url}/insights?question=lifecycle&last=90`)
  await expect(page.getByRole('img', { name: 'New, again, back and away, period by period' }).locator('svg')).toBeVisible()
  await page.getByText('Table', { exact: true }).click()
  const cells = await page.getByRole('row').nth(3).getByRole('cell').allTextContents()
  const [active, fresh, again, back, away] = cells.slice(1, 6).map((x) => Number(x.replaceAll(',', '').replace('−', '-')))
  expect(active).toBe((fresh ?? 0) + (again ?? 0) + (back ?? 0))
  expect(away).toBeLessThan(0)

  await page.goto(`${demo.url}/insights?question=stickiness`)
  await expect(page.getByRole('img', { name: 'How many were active in so many periods' }).locator('svg')).toBeVisible()
  await expect(page.getByRole('listitem').filter({ hasText: 'days on average' })).toBeVisible()
})
