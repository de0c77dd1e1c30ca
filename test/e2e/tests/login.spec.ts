import { expect, test } from '../support/test.ts'
import { apiKey } from '../support/wend.ts'

test('an invitation logs in, and its token does not stay in the address', async ({ page, empty }) => {
  await page.goto(`${empty.url}/#/join?token=${apiKey}`)
  await expect(page.getByRole('heading', { level: 1, name: 'Home' })).toBeVisible()
  await expect(page).not.toHaveURL(/token/)
  await page.reload()
  await expect(page.getByRole('heading', { level: 1, name: 'Home' })).toBeVisible()
})

test('a wrong token is told, the right one lets in', async ({ page, empty, watch }) => {
  await page.goto(empty.url)
  await page.getByLabel('Access token').fill('not-the-token')
  await page.getByRole('button', { name: 'Log in' }).click()
  await expect(page.getByRole('alert')).toContainText('does not know this token')
  // The 401s are the answers asked for; browsers write them on the console. Nothing else may be there.
  expect(watch.faults.filter((f) => !f.includes('/api/v1/session'))).toEqual([])
  watch.faults.length = 0
  await page.getByLabel('Access token').fill(apiKey)
  await page.getByRole('button', { name: 'Log in' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Home' })).toBeVisible()
  await page.goto(`${empty.url}/settings`)
  await page.getByRole('button', { name: 'Log out' }).click()
  await expect(page.getByLabel('Access token')).toBeVisible()
  expect(watch.faults.filter((f) => !f.includes('/api/v1/s'))).toEqual([])
  watch.faults.length = 0
})
