// Runs wend.js in a small stand-in for a browser: node --test wend.test.js
const test = require('node:test')
const assert = require('node:assert')
const fs = require('node:fs')
const path = require('node:path')
const vm = require('node:vm')
const { webcrypto } = require('node:crypto')

const code = fs.readFileSync(path.join(__dirname, 'wend.js'), 'utf8')

// A browser with one tab. storage survives a reload; answers are what the server says, one a request, 200 after that.
function browser({ dataset = {}, storage = new Map(), href = 'https://shop.example.com/?utm_source=news&utm_campaign=spring&x=1', answers = [], early, forbidden = false } = {}) {
  const sent = [], beacons = [], timers = [], listeners = {}
  const location = new URL(href)
  const on = (type, f) => (listeners[type] = listeners[type] || []).push(f)
  const go = (state, title, to) => { location.href = new URL(to, location.href).href }
  const win = {
    location, Promise, URL, URLSearchParams, JSON, Date, Math, Object, Array, Uint8Array, Intl, crypto: webcrypto,
    screen: { width: 1280, height: 800 },
    navigator: { language: 'nb-NO', userAgent: 'test', sendBeacon: (url, body) => beacons.push({ url, ...JSON.parse(body) }) },
    history: { pushState: go, replaceState: go },
    addEventListener: on,
    setTimeout: (f, ms) => timers.push({ f, ms }),
    fetch: (url, o) => {
      sent.push({ url, ...o, ...JSON.parse(o.body) })
      const answer = answers.shift() || { status: 200 }
      if (answer.offline) return Promise.reject(new TypeError('Failed to fetch'))
      return Promise.resolve({ status: answer.status, headers: { get: () => answer.retry || null } })
    },
    wend: early
  }
  if (!forbidden) {
    win.localStorage = {
      getItem: k => (storage.has(k) ? storage.get(k) : null), setItem: (k, v) => storage.set(k, v), removeItem: k => storage.delete(k)
    }
  }
  const doc = {
    currentScript: { src: 'https://wend.example.com/wend.js', dataset: { key: 'KEY', ...dataset } },
    referrer: 'https://news.example.com/', title: 'Shop', visibilityState: 'visible', addEventListener: on
  }
  win.window = win
  win.document = doc
  vm.runInContext(code, vm.createContext(win))
  return {
    win, doc, storage, sent, beacons, timers,
    fire: (type, event = {}) => (listeners[type] || []).forEach(f => f({ type, ...event })),
    // tick runs the timers that are due within ms, and those they start; it returns the delays that remain.
    tick: async (ms = 1000, rounds = 20) => {
      for (let round = 0; round < rounds; round++) {
        for (const t of timers.splice(0)) t.ms <= ms ? t.f() : timers.push(t)
        await new Promise(resolve => setImmediate(resolve))
        if (!timers.some(t => t.ms <= ms)) break
      }
      return timers.map(t => t.ms)
    },
    events: () => sent.flatMap(s => s.batch)
  }
}

const names = events => events.map(e => e.event || e.type)
const element = (tagName, attributes) => {
  const el = {
    tagName, attributes: Object.entries(attributes).map(([name, value]) => ({ name, value })),
    getAttribute: n => attributes[n], closest: () => el
  }
  return el
}

test('a page call on load, with campaign, referrer and context', async () => {
  const b = browser()
  await b.tick()
  assert.strictEqual(b.sent.length, 1)
  const { url, writeKey, sentAt, batch, headers } = b.sent[0]
  assert.strictEqual(url, 'https://wend.example.com/v1/batch')
  assert.strictEqual(writeKey, 'KEY')
  assert.strictEqual(headers['Content-Type'], 'text/plain')
  assert.ok(sentAt && batch[0].originalTimestamp)
  assert.strictEqual(batch[0].type, 'page')
  assert.match(batch[0].messageId, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  assert.deepStrictEqual(batch[0].context.campaign, { source: 'news', name: 'spring' })
  assert.strictEqual(batch[0].properties.referrer, 'https://news.example.com/')
  assert.strictEqual(batch[0].properties.path, '/')
  assert.strictEqual(batch[0].context.locale, 'nb-NO')
  assert.strictEqual(batch[0].anonymousId, JSON.parse(b.storage.get('wend_anonymous')))
  assert.deepStrictEqual(JSON.parse(b.storage.get('wend_queue')), [])
})

test('calls queued before the script came are made', async () => {
  const b = browser({ early: [['identify', 'u-1', { plan: 'pro' }], ['track', 'Early', { a: 1 }]] })
  await b.tick()
  assert.deepStrictEqual(names(b.events()), ['identify', 'Early', 'page'])
  assert.ok(b.events().every(e => e.userId === 'u-1'))
})

test('single-page navigation makes page calls, a hash or the same address does not', async () => {
  const b = browser()
  await b.tick()
  b.win.history.pushState(null, '', '/cart')
  await b.tick()
  b.win.history.pushState(null, '', '/cart')
  b.win.history.replaceState(null, '', '/cart#total')
  await b.tick()
  const pages = b.events().filter(e => e.type === 'page')
  assert.deepStrictEqual(pages.map(e => e.properties.path), ['/', '/cart'])
  assert.match(pages[1].properties.referrer, /^https:\/\/shop\.example\.com\/\?utm_source/)
  assert.deepStrictEqual(pages[1].context.campaign, { source: 'news', name: 'spring' })
  b.fire('pageshow', { persisted: true })
  await b.tick()
  assert.strictEqual(b.events().filter(e => e.type === 'page').length, 3)
})

test('clicks and forms by attribute', async () => {
  const b = browser({ dataset: { pages: 'off' } })
  const button = element('BUTTON', { class: 'x', 'data-wend-event': 'Product Added', 'data-wend-product-id': '0042', 'data-wend-sku': '17', 'data-wend-price': '12.5', 'data-wend-zip': '0150' })
  b.fire('click', { target: button })
  b.fire('submit', { target: button })
  const form = element('FORM', { 'data-wend-event': 'Quote Asked' })
  b.fire('click', { target: form })
  b.fire('submit', { target: form })
  b.fire('click', { target: { closest: () => null } })
  await b.tick()
  assert.deepStrictEqual(names(b.events()), ['Product Added', 'Quote Asked'])
  assert.deepStrictEqual(b.events()[0].properties, { product_id: '0042', sku: '17', price: 12.5, zip: '0150' })
})

test('identify, group and reset', async () => {
  const b = browser({ dataset: { pages: 'off' } })
  b.win.wend.track('Before')
  b.win.wend.identify(7, { email: 'ada@example.com' })
  b.win.wend.group('g-1', { name: 'Acme' })
  b.win.wend.track('After')
  b.win.wend.identify({ plan: 'pro' })
  b.win.wend.reset()
  b.win.wend.track('Later')
  b.win.wend.identify('u-2')
  b.win.wend.identify('u-3')
  await b.tick()
  const [before, identify, group, after, again, later, second, third] = b.events()
  assert.strictEqual(before.userId, undefined)
  assert.deepStrictEqual([identify.userId, identify.traits.email], ['7', 'ada@example.com'])
  assert.deepStrictEqual([group.groupId, group.traits.name], ['g-1', 'Acme'])
  assert.deepStrictEqual([after.userId, after.context.groupId], ['7', 'g-1'])
  assert.deepStrictEqual([again.userId, again.traits], ['7', { plan: 'pro' }])
  assert.strictEqual(before.anonymousId, again.anonymousId)
  assert.notStrictEqual(before.anonymousId, later.anonymousId)
  assert.deepStrictEqual([later.userId, later.context.groupId], [undefined, undefined])
  assert.notStrictEqual(second.anonymousId, third.anonymousId) // another person on the same device
})

test('nothing is sent or stored before consent', async () => {
  const b = browser({ dataset: { consent: 'required' } })
  b.win.wend.identify('u-1')
  b.win.wend.track('Early')
  await b.tick()
  b.fire('pagehide')
  assert.deepStrictEqual([b.sent.length, b.beacons.length, b.storage.size], [0, 0, 0])
  assert.strictEqual(b.win.wend.consent(), undefined)
  b.win.wend.consent(true)
  await b.tick()
  assert.deepStrictEqual(names(b.events()), ['identify', 'Early', 'page'])
  assert.strictEqual(JSON.parse(b.storage.get('wend_user')), 'u-1')

  const next = browser({ dataset: { consent: 'required' }, storage: b.storage })
  await next.tick()
  assert.deepStrictEqual(names(next.events()), ['page'])
  assert.strictEqual(next.events()[0].userId, 'u-1')
})

test('opting out stops, forgets and is remembered', async () => {
  const b = browser({ answers: [{ offline: true }] })
  await b.tick(300)
  assert.strictEqual(JSON.parse(b.storage.get('wend_queue')).length, 1)
  b.win.wend.consent(false)
  b.win.wend.track('After')
  await b.tick(1e6)
  assert.strictEqual(b.sent.length, 1)
  assert.deepStrictEqual([...b.storage], [['wend_consent', 'false']])
  const next = browser({ storage: b.storage })
  await next.tick()
  assert.strictEqual(next.sent.length, 0)
})

test('retries keep message ids, back off and heed Retry-After', async () => {
  const b = browser({ answers: [{ status: 503 }, { status: 429, retry: '30' }, { offline: true }] })
  let [ms] = await b.tick(300)
  assert.ok(ms >= 500 && ms <= 1500, `first wait is ${ms}`)
  ;[ms] = await b.tick(1500, 1)
  assert.strictEqual(ms, 30000)
  ;[ms] = await b.tick(30000, 1)
  assert.strictEqual(b.sent.length, 3)
  assert.ok(ms >= 2000 && ms <= 6000, `third wait is ${ms}`)
  await b.tick(6000)
  assert.strictEqual(b.sent.length, 4)
  assert.strictEqual(new Set(b.events().map(e => e.messageId)).size, 1)
  assert.deepStrictEqual(JSON.parse(b.storage.get('wend_queue')), [])
})

test('what could not be sent is sent by the next visit', async () => {
  const b = browser({ answers: [{ offline: true }] })
  await b.tick(300)
  const next = browser({ storage: b.storage })
  await next.tick()
  assert.strictEqual(next.events()[0].messageId, b.events()[0].messageId)
  assert.strictEqual(next.events().length, 2)
})

test('a refused batch is not sent for ever', async () => {
  const b = browser({ answers: [{ status: 400 }] })
  await b.tick()
  assert.deepStrictEqual([b.sent.length, b.timers.length], [1, 0])
})

test('leaving sends a beacon, and keeps the events until an answer', async () => {
  const b = browser()
  await b.tick()
  b.win.wend.track('Last')
  b.fire('pagehide')
  assert.deepStrictEqual(names(b.beacons[0].batch), ['Last'])
  assert.strictEqual(b.beacons[0].writeKey, 'KEY')
  assert.strictEqual(JSON.parse(b.storage.get('wend_queue')).length, 1)
})

test('large queues go in several bodies and are bounded', async () => {
  const b = browser({ dataset: { pages: 'off' } })
  for (let i = 0; i < 300; i++) b.win.wend.track('E' + i, { text: 'x'.repeat(1000) })
  await b.tick()
  assert.strictEqual(b.events().length, 250)
  assert.strictEqual(b.events()[0].event, 'E50')
  assert.ok(b.sent.every(s => s.body.length < 130000 && s.batch.length <= 100))
})

test('forbidden storage is survived', async () => {
  const b = browser({ forbidden: true })
  b.win.wend.identify('u')
  await b.tick()
  assert.strictEqual(b.events().length, 2)
  assert.strictEqual(b.events()[0].anonymousId, b.events()[1].anonymousId)
})
