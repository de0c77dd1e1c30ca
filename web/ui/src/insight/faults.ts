import { Problem } from '../api/problem'

/** What the server says about one field of the body: 'steps[1].where', 'window'. */
export function faultOf(error: Error | null, field: string): string | undefined {
  if (!(error instanceof Problem)) return undefined
  const own = error.faults.find((x) => {
    const at = x.field.replace(/^body\./, '').replace(/\.(\d+)(?=\.|$)/g, '[$1]')
    return at === field || at.startsWith(`${field}.`) || at.startsWith(`${field}[`)
  })
  return own?.reason
}

/** Whether each fault has a field beside which it is shown; if not, the answer's place shows the error whole. */
export function allPlaced(error: Error | null, fields: string[]): boolean {
  if (!(error instanceof Problem) || error.faults.length === 0) return false
  return error.faults.every((x) => fields.some((f) => faultOf(new Problem(error.status, '', [x]), f) !== undefined))
}
