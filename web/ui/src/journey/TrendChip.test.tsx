import { MantineProvider } from '@mantine/core'
import { cleanup, render, screen } from '@testing-library/react'
import { afterEach, beforeAll, expect, it } from 'vitest'
import type { Change } from '../api/types'
import { start } from '../i18n/i18n'
import { TrendChip } from './TrendChip'

beforeAll(() => start('en'))
afterEach(cleanup)

function show(change: Change | null, unit: 'points' | 'relative' = 'relative'): void {
  render(<MantineProvider><TrendChip change={change} unit={unit} /></MantineProvider>)
}
const change = (direction: Change['direction'], value: number): Change => ({ before: 1, now: 2, value, low: value - 0.01, high: value + 0.01, direction })

it('shows a change that is one, with its sign', () => {
  show(change('worse', -0.068))
  expect(screen.getByText('-6.8%')).toBeTruthy()
})
it('says no change and not a figure when the interval holds 0', () => {
  show(change('no_change', 0.031))
  expect(screen.getByText('no change')).toBeTruthy()
  expect(screen.queryByText(/3\.1/)).toBeNull()
})
it('writes a change of a share in points', () => {
  show(change('better', 0.02), 'points')
  expect(screen.getByText(/\+2 pts/)).toBeTruthy()
})
it('is silent when there is nothing to compare', () => {
  show(change('not_enough', 0))
  show(null)
  expect(document.querySelector('[data-direction]')).toBeNull()
})
