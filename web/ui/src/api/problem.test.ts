import { expect, it } from 'vitest'
import { readProblem } from './problem'

it('reads the detail and each fault with its place', () => {
  const p = readProblem(400, { title: 'Bad Request', detail: 'filter: 1:3 is odd', errors: [{ location: 'query.filter', message: '1:3 is odd' }] })
  expect([p.status, p.message, p.faults]).toEqual([400, 'filter: 1:3 is odd', [{ field: 'query.filter', reason: '1:3 is odd' }]])
})
it('makes do with any other body', () => {
  expect(readProblem(502, '<html>').message).toBe('HTTP 502')
  expect(readProblem(503, { title: 'Service Unavailable' }).message).toBe('Service Unavailable')
})
