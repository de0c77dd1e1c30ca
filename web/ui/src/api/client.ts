import createClient from 'openapi-fetch'
import { readProblem } from './problem'
import type { paths } from './schema.gen'

/** The server's API, typed from its OpenAPI document. Use it through `must` inside a query or mutation. */
export const api = createClient<paths>({ credentials: 'same-origin' })

interface Reply<T> {
  data?: T
  error?: unknown
  response: Response
}

/** The body of a good answer; a Problem is thrown for any other. */
export async function must<T>(call: Promise<Reply<T>>): Promise<NonNullable<T>> {
  const { data, error, response } = await call
  if (!response.ok) throw readProblem(response.status, error)
  return data as NonNullable<T>
}

/** The same, with the ETag that a later write must bring in If-Match. */
export async function mustTagged<T>(call: Promise<Reply<T>>): Promise<{ doc: NonNullable<T>; etag: string }> {
  const reply = await call
  const doc = await must(Promise.resolve(reply))
  return { doc, etag: reply.response.headers.get('etag') ?? '' }
}
