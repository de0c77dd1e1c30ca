// Prints what the map page loads and fails when its script is heavier than 400 kB gzipped.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const limit = 400_000
const dist = new URL('../../dist/', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'))
const page = ['index.html', 'src/journey/MapPage.tsx', 'src/i18n/pl/index.ts']

const files = new Set()
const add = (key) => {
  const chunk = manifest[key]
  if (!chunk || files.has(chunk.file)) return
  files.add(chunk.file)
  for (const css of chunk.css ?? []) files.add(css)
  for (const next of chunk.imports ?? []) add(next)
}
for (const key of page) {
  if (!manifest[key]) {
    console.error(`weight: no chunk for ${key} in the build's manifest`)
    process.exit(1)
  }
  add(key)
}

let script = 0
for (const file of [...files].sort()) {
  const size = gzipSync(readFileSync(new URL(file, dist))).length
  if (file.endsWith('.js')) script += size
  console.log(`${String(size).padStart(8)} B gzip  ${file}`)
}
console.log(`${String(script).padStart(8)} B gzip  script on the map page, of ${limit} allowed`)
if (script > limit) {
  console.error('weight: the map page loads too much script; load it when needed, or leave it out')
  process.exit(1)
}
