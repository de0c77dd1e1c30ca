import { type Locator, expect, login, settled, test } from '../support/test.ts'

/** The count of each step of a drawn funnel. */
async function counts(funnel: Locator): Promise<number[]> {
  const texts = await funnel.locator('.wd-num').allTextContents()
  return texts.map((text) => Number(text.replaceAll(',', '')))
}

test('a funnel is asked, a step changed, and the numbers change at once', async ({ page, demo }) => {
  await login(page, demo)
  await page.goto(`${demo.url}/insights`)
  await page.getByRole('main').getByRole('link', { name: 'Funnel' }).click()
  const editor = page.getByRole('region', { name: 'The question' })
  const events = editor.getByLabel('Event', { exact: true }).and(page.locator('input'))
  const funnel = page.getByRole('list', { name: 'Funnel, step by step' })

  // It begins with the steps that the shop sends.
  await expect(funnel.getByRole('listitem')).toHaveCount(4)
  await expect(funnel).toContainText('4. Order Completed')
  await settled(page)
  const before = await counts(funnel)
  expect(before[0]).toBeGreaterThan(before[1] ?? 0)
  expect(before[3]).toBeGreaterThan(0)

  // The second step becomes another event.
  await events.nth(1).press('Backspace')
  await expect(funnel.getByRole('listitem')).toHaveCount(3)
  await events.nth(1).fill('Products Compared')
  await page.getByRole('option', { name: 'Products Compared' }).click()
  await expect(funnel).toContainText('2. Products Compared')
  await settled(page)
  const after = await counts(funnel)
  expect(after[0]).toBe(before[0])
  expect(after[1]).not.toBe(before[1])
  await expect(page.getByRole('heading', { level: 1 })).toContainText('from Product Viewed to Order Completed')

  // The numbers are those of the API, and a link reopens the question.
  const { steps } = await demo.call<{ steps: { count: number }[] }>('POST', '/api/v1/query/funnel', {
    steps: [{ event: 'Product Viewed' }, { event: 'Products Compared' }],
    from: new Date(Date.now() - 28 * 86_400_000).toISOString(),
    to: new Date().toISOString(),
  })
  // Days begin at midnight in the room and the shop goes on meanwhile, so a few people more or less.
  expect(Math.abs((steps[0]?.count ?? 0) - (after[0] ?? 0))).toBeLessThan(0.1 * (after[0] ?? 0))
  await page.reload()
  await expect(funnel).toContainText('2. Products Compared')
})

test('paths are drawn as a Sankey of steps and the ways between them', async ({ page, demo }) => {
  await login(page, demo)
  await page.goto(`${demo.url}/insights?question=paths`)
  const drawing = page.getByRole('img', { name: 'Paths, step by step from left to right' }).locator('svg')
  await expect(drawing).toBeVisible()
  // A path for every node and every way, and the name of each node.
  expect(await drawing.locator('path').count()).toBeGreaterThan(20)
  expect(await drawing.locator('text').filter({ hasText: 'Product Viewed' }).count()).toBeGreaterThan(0)

  const editor = page.getByRole('region', { name: 'The question' })
  const start = editor.getByLabel('Starts with').and(page.locator('input'))
  await start.fill('Product Added')
  await start.press('Enter')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('What happens after Product Added?')
  await settled(page)
  await page.getByText('Table', { exact: true }).click()
  const rows = page.getByRole('row')
  await expect(rows.nth(1)).toContainText('Product Added')
  expect(await rows.count()).toBeGreaterThan(4)
})
