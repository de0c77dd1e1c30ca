import { type Locator, accessible, expect, login, settled, test } from '../support/test.ts'

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

test('attribution shares the conversions out by several models, and another model is one more column', async ({ page, demo }) => {
  await login(page, demo)
  await page.goto(`${demo.url}/insights`)
  await page.getByRole('main').getByRole('link', { name: 'Attribution' }).click()
  const table = page.getByRole('table', { name: 'Channels by model' })
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Which campaigns is Order Completed owed to?')
  await expect(table.getByRole('columnheader')).toHaveText(['Channel', 'First touch', 'Last non-direct', 'Linear', 'Markov'])
  await expect(table.getByRole('rowheader').filter({ hasText: 'direct' })).toBeVisible()
  await settled(page)

  // Every model's credits add up to the same conversions.
  const credits = async (column: number): Promise<number> => {
    const texts = await table.locator(`tbody td:nth-child(${String(column + 2)}) .wd-num`).allTextContents()
    return texts.map((text) => Number(text.replaceAll(',', ''))).reduce((a, b) => a + b, 0)
  }
  const all = await credits(0)
  expect(all).toBeGreaterThan(0)
  for (const column of [1, 2, 3]) expect(Math.abs((await credits(column)) - all)).toBeLessThan(0.5)

  const editor = page.getByRole('region', { name: 'The question' })
  await editor.getByLabel('Shapley', { exact: true }).check()
  await expect(table.getByRole('columnheader').last()).toHaveText('Shapley')
  await editor.getByLabel('Named by').selectOption('Touchpoints of a map')
  await editor.getByLabel('Map').selectOption({ index: 1 })
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Which touchpoints is Order Completed owed to?')
  await expect(table.getByRole('rowheader').first()).not.toHaveText('direct')
  await settled(page)
  await page.reload()
  await expect(table.getByRole('columnheader').last()).toHaveText('Shapley')
})

test('a journey is held against what people did, and a deviation leads to people', async ({ page, demo }) => {
  await login(page, demo)
  await page.goto(`${demo.url}/journeys/order-and-receive`)
  await page.getByRole('link', { name: 'Plan and actual' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('How well do people follow “I find and order what my workshop needs”?')
  const plan = page.getByRole('region', { name: 'The plan, and where people leave it' })
  await expect(plan.getByText('Fill the cart')).toBeVisible()
  await settled(page)
  await accessible(page, 'conformance')

  // The figures are the API's.
  const answer = await demo.call<{ traces: number; clean: { n: number; of: number } }>('POST', '/api/v1/query/conformance', {
    journey: 'order-and-receive',
    from: new Date(Date.now() - 90 * 86_400_000).toISOString(),
    to: new Date().toISOString(),
  })
  expect(answer.clean.of).toBe(answer.traces)
  expect(answer.traces).toBeGreaterThan(100)

  // A deviation leads to who shows it, and from there to a profile.
  await plan.getByRole('button', { name: /^Missing: Product pages/ }).click()
  const panel = page.getByRole('region', { name: 'Missing: Product pages' })
  await expect(panel).toContainText('after')
  await settled(page)
  await accessible(page, 'a deviation')
  await panel.getByRole('link').first().click()
  await expect(page).toHaveURL(/\/people\/[0-9a-f]{16}/)
})

test('a drop-off names its people and leads to what they did instead', async ({ page, demo }) => {
  await login(page, demo)
  const steps = [{ event: 'Product Viewed' }, { event: 'Product Added' }, { event: 'Order Completed' }]
  await page.goto(`${demo.url}/insights?question=funnel&query=${encodeURIComponent(JSON.stringify({ steps }))}`)
  const funnel = page.getByRole('list', { name: 'Funnel, step by step' })
  await expect(funnel).toContainText('3. Order Completed')
  await settled(page)
  const drop = funnel.getByRole('button', { name: /did not go on/ }).first()
  const lost = Number(/^[\d,]+/.exec((await drop.textContent()) ?? '')?.[0].replaceAll(',', ''))
  expect(lost).toBeGreaterThan(0)
  await drop.click()
  const people = page.getByRole('dialog')
  await expect(people).toContainText(`${lost.toLocaleString('en')} people, the latest first`)
  await expect(people.getByRole('listitem').first()).toBeVisible()

  // The paths are of as many, and begin with the step that they made.
  await people.getByRole('link', { name: 'What did they do instead?' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText('who did not get to Product Added')
  await expect(page.getByText(`${lost.toLocaleString('en')} paths`)).toBeVisible()
  await page.getByText('Table', { exact: true }).click()
  await expect(page.getByRole('row').nth(1)).toContainText('Product Viewed')
})

test('a funnel tells how long it took and how it goes over time; a link reopens each', async ({ page, demo }) => {
  await login(page, demo)
  const steps = [{ event: 'Product Viewed' }, { event: 'Product Added' }]
  await page.goto(`${demo.url}/insights?question=funnel&query=${encodeURIComponent(JSON.stringify({ steps }))}`)
  await page.getByText('Time it took', { exact: true }).click()
  await expect(page.getByRole('region', { name: 'How long it took' })).toBeVisible()
  await expect(page.getByRole('main')).toContainText(/got there: median/)
  await page.getByText('Over time', { exact: true }).click()
  await expect(page.getByRole('region', { name: 'Share that came through, by when they began' })).toBeVisible()
  await settled(page)
  await page.reload()
  await expect(page.getByRole('region', { name: 'Share that came through, by when they began' })).toBeVisible()
  await page.getByText('Table', { exact: true }).click()
  await expect(page.getByRole('columnheader', { name: 'Share that came through' })).toBeVisible()
})

test('a trend of a formula stands beside the time before', async ({ page, demo }) => {
  await login(page, demo)
  const query = { series: [{ event: 'Order Completed', measure: 'actors' }, { event: 'Product Viewed', measure: 'actors' }], formula: 'A / B', compare: 'previous' }
  await page.goto(`${demo.url}/insights?question=trend&last=28&view=table&query=${encodeURIComponent(JSON.stringify(query))}`)
  await expect(page.getByRole('columnheader', { name: 'A / B, before' })).toBeVisible()
  await expect(page.getByRole('row', { name: /^Change/ })).toContainText('%')
  const editor = page.getByRole('region', { name: 'The question' })
  await editor.getByLabel('Formula').fill('A × 100 / B')
  await expect(page.getByRole('columnheader', { name: 'A × 100 / B, before' })).toBeVisible()
})

test('drivers are ranked with their odds, steps on the way apart, and one opens as a funnel', async ({ page, demo }) => {
  await login(page, demo)
  await page.goto(`${demo.url}/insights`)
  await page.getByRole('main').getByRole('link', { name: 'Drivers' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('What goes with getting from Product Viewed to Order Completed within 7 days?')
  const good = page.getByRole('list', { name: /^Goes with/ }).first() // in a shop of few people it may be either
  await expect(good.getByRole('listitem').first()).toContainText(/\d+% \([\d,]+ of [\d,]+\) with it/)
  await expect(good.getByRole('img', { name: /^[\d.,> ]+ \(.+ – .+\)$/ }).first()).toBeVisible()
  await expect(good).not.toContainText('Checkout Started')
  await page.getByText(/^Steps on the way/).click()
  await expect(page.getByRole('list', { name: /^On the way/ })).toContainText('Checkout Started')

  await good.getByRole('link', { name: 'as a funnel' }).first().click()
  await expect(page.getByRole('list', { name: 'Funnel, step by step' })).toContainText('Product Viewed')
})

test('first contact shows how first visits end, by device', async ({ page, demo }) => {
  await login(page, demo)
  await page.goto(`${demo.url}/insights?question=first_contact`)
  const devices = page.getByRole('region', { name: 'Device' }).first()
  await expect(devices.getByRole('row', { name: /mobile/ })).toContainText(/\d+% \(\d+\)/)
  await expect(page.getByText(/^[\d,]+ of [\d,]+ first visits failed/)).toBeVisible()
  const clicks = page.getByLabel('With at most (clicks)')
  await clicks.fill('1')
  await expect(page.getByRole('heading', { level: 1 })).toContainText('before click 2')
  await settled(page)
  await page.getByText('Table', { exact: true }).click()
  await expect(page.getByRole('row').nth(1)).toContainText('All')
})
