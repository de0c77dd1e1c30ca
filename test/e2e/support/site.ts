import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { createServer as createSite } from 'node:http'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** A shop's own web server: pages with what we put in their heads, and Segment's browser SDK under /sdk/ as npm holds it. */
export async function shopSite(heads: Record<string, string>): Promise<{ url: string; stop: () => Promise<void> }> {
  const sdk = join(dirname(createRequire(import.meta.url).resolve('@segment/analytics-next/package.json')), 'dist/umd')
  const server = createSite((req, res) => {
    const path = new URL(req.url ?? '/', 'http://shop').pathname
    const head = heads[path]
    if (head !== undefined) {
      res.setHeader('content-type', 'text/html; charset=utf-8')
      res.end(`<!doctype html><html lang="en"><head><title>Shop ${path}</title><link rel="icon" href="data:,">${head}</head><body><h1>Shop</h1></body></html>`)
      return
    }
    const file = /^\/sdk\/([\w.-]+\.js)$/.exec(path)?.[1]
    if (!file) {
      res.statusCode = 404
      res.end()
      return
    }
    readFile(join(sdk, file)).then(
      (text) => { res.setHeader('content-type', 'text/javascript'); res.end(text) },
      () => { res.statusCode = 404; res.end() },
    )
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => { server.close(resolve) })
    },
  }
}
