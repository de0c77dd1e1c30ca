// Makes src/api/schema.gen.ts, the types of every request and answer, from openapi.json, which the server writes
// (`wend openapi > web/ui/openapi.json`). Both are generated and not kept in git.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import openapiTS, { astToString } from 'openapi-typescript'

const from = new URL('../openapi.json', import.meta.url)
const to = new URL('../src/api/schema.gen.ts', import.meta.url)
if (!existsSync(from)) {
  console.error('web/ui/openapi.json is missing: write it with `wend openapi > web/ui/openapi.json` (make ui does).')
  process.exit(1)
}
const text = astToString(await openapiTS(from))
if (!existsSync(to) || readFileSync(to, 'utf8') !== text) writeFileSync(to, text)
