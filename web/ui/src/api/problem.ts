/** What the server says when it will not: RFC 9457, with the field and reason of each fault. */
export class Problem extends Error {
  readonly status: number
  readonly faults: { field: string; reason: string }[]

  constructor(status: number, message: string, faults: { field: string; reason: string }[] = []) {
    super(message)
    this.name = 'Problem'
    this.status = status
    this.faults = faults
  }
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

/** Reads a problem+json body; anything else becomes a problem with the status alone. */
export function readProblem(status: number, body: unknown): Problem {
  const doc = record(body)
  const faults = Array.isArray(doc.errors)
    ? doc.errors.map((e) => {
        const fault = record(e)
        return { field: String(fault.location ?? fault.field ?? ''), reason: String(fault.message ?? fault.reason ?? '') }
      })
    : []
  return new Problem(status, String(doc.detail ?? doc.title ?? doc.message ?? `HTTP ${String(status)}`), faults)
}
