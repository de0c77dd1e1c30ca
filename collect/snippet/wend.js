// wend.js: what people do on a website, sent to a Wend server. Documented in docs/ingest.md.
//   <script async src="https://wend.example.com/wend.js" data-key="WRITE_KEY"></script>
(function (win, doc) {
  'use strict'
  var script = doc.currentScript || doc.querySelector('script[src*="/wend.js"][data-key]')
  if (!script || (win.wend && win.wend.loaded)) return
  var data = script.dataset
  var url = (data.host || new URL(script.src).origin).replace(/\/+$/, '') + '/v1/batch'
  var nav = win.navigator, location = win.location
  var early = Array.isArray(win.wend) ? win.wend : []

  // Storage may be forbidden: then everything lives as long as the page. Nothing is stored without consent.
  var memory = {}
  function get(key) {
    try {
      var text = win.localStorage.getItem('wend_' + key)
      if (text !== null) return JSON.parse(text)
    } catch (e) {}
    return memory[key]
  }
  function set(key, value) {
    memory[key] = value
    try {
      if (value === undefined) win.localStorage.removeItem('wend_' + key)
      else if (key === 'consent' || allowed()) win.localStorage.setItem('wend_' + key, JSON.stringify(value))
    } catch (e) {}
  }
  function allowed() {
    var c = get('consent')
    return c === undefined ? data.consent !== 'required' : c
  }
  function uuid() {
    var b = win.crypto.getRandomValues(new Uint8Array(16)), s = ''
    b[6] = (b[6] & 15) | 64
    b[8] = (b[8] & 63) | 128
    for (var i = 0; i < 16; i++) s += (i > 3 && i < 11 && i % 2 === 0 ? '-' : '') + (b[i] + 256).toString(16).slice(1)
    return s
  }
  function anonymous() {
    var id = get('anonymous')
    if (!id) set('anonymous', (id = uuid()))
    return id
  }

  // The page and where its visitor came from. A campaign stays for as long as the page is loaded.
  var campaign, referrer = doc.referrer, here
  new URLSearchParams(location.search).forEach(function (value, key) {
    if (/^utm_./.test(key)) (campaign = campaign || {})[key === 'utm_campaign' ? 'name' : key.slice(4)] = value
  })
  function page() {
    return { path: location.pathname, search: location.search, url: location.href, title: doc.title, referrer: referrer }
  }

  // What waits to be sent, kept in storage until the server has it. Ids are stable, so sending twice does no harm.
  var held = [], timer, delay = 0, busy
  function add(type, more) {
    if (get('consent') === false) return
    var context = {
      library: { name: 'wend.js', version: '1' }, page: page(), locale: nav.language, userAgent: nav.userAgent, channel: 'web',
      screen: { width: win.screen.width, height: win.screen.height }, campaign: campaign, groupId: get('group')
    }
    try { context.timezone = Intl.DateTimeFormat().resolvedOptions().timeZone } catch (e) {}
    var message = Object.assign({
      type: type, messageId: uuid(), originalTimestamp: new Date().toISOString(), userId: get('user'), context: context
    }, more)
    if (allowed()) keep([message])
    else if (held.length < 250) held.push(message)
  }
  function keep(messages) {
    messages.forEach(function (m) { m.anonymousId = m.anonymousId || anonymous() })
    set('queue', (get('queue') || []).concat(messages).slice(-250))
    later(delay || 200)
  }
  function later(ms) {
    if (!timer) timer = setTimeout(function () { timer = 0; send() }, ms)
  }
  // next is the first messages that make up a body of at most so many characters.
  function next(most) {
    var queue = get('queue') || [], n = 0, size = 200
    while (n < queue.length && n < 100 && (size += JSON.stringify(queue[n]).length + 1) < most) n++
    return queue.slice(0, n || (most > 1e5 ? 1 : 0))
  }
  function body(messages) {
    return JSON.stringify({ writeKey: data.key, sentAt: new Date().toISOString(), batch: messages })
  }
  function drop(messages) {
    var gone = {}
    messages.forEach(function (m) { gone[m.messageId] = 1 })
    set('queue', (get('queue') || []).filter(function (m) { return !gone[m.messageId] }))
  }
  function send() {
    if (busy || !allowed()) return
    var messages = next(1.2e5)
    if (!messages.length) return
    busy = true
    // Text needs no preflight request.
    win.fetch(url, { method: 'POST', body: body(messages), headers: { 'Content-Type': 'text/plain' }, credentials: 'omit' }).then(function (r) {
      if (r.status === 429 || r.status >= 500) return again(r.headers.get('Retry-After'))
      drop(messages)
      busy = false
      delay = 0
      send()
    }, again)
  }
  function again(seconds) {
    busy = false
    delay = Math.min(delay * 2 || 1000, 3e5)
    later(Math.max(delay * (0.5 + Math.random()), +seconds * 1000 || 0))
  }
  function leave() {
    var messages = allowed() && nav.sendBeacon ? next(3e4) : []
    if (messages.length) nav.sendBeacon(url, body(messages))
  }

  var wend = {
    loaded: true,
    page: function (name, properties) {
      add('page', { name: name, properties: Object.assign(page(), properties) })
    },
    track: function (event, properties) {
      add('track', { event: event, properties: properties || {} })
    },
    identify: function (user, traits) {
      if (user && typeof user === 'object') { traits = user; user = get('user') }
      if (user) {
        if (get('user') && get('user') !== '' + user) wend.reset()
        set('user', '' + user)
      }
      add('identify', { traits: traits || {} })
    },
    group: function (group, traits) {
      set('group', '' + group)
      add('group', { groupId: '' + group, traits: traits || {} })
    },
    // reset forgets who this is: call it on logout.
    reset: function () {
      ['user', 'group', 'anonymous'].forEach(function (key) { set(key) })
    },
    // consent stores yes or no; without an argument it tells, undefined if nobody was asked.
    consent: function (yes) {
      if (yes === undefined) return get('consent')
      set('consent', !!yes)
      if (yes) {
        ['user', 'group'].forEach(function (key) { set(key, memory[key]) })
        keep(held)
      } else {
        wend.reset()
        set('queue')
      }
      held = []
    },
    push: function (call) { return wend[call[0]].apply(wend, call.slice(1)) }
  }
  win.wend = wend

  // Pages, those of single-page applications too.
  function arrived() {
    var now = location.pathname + location.search
    if (now === here || data.pages === 'off') return
    if (here !== undefined) referrer = location.origin + here
    here = now
    setTimeout(function () { wend.page() }, 0) // after the application has set its title
  }
  ['pushState', 'replaceState'].forEach(function (name) {
    var original = win.history[name]
    win.history[name] = function () {
      var result = original.apply(this, arguments)
      arrived()
      return result
    }
  })
  win.addEventListener('popstate', arrived)
  win.addEventListener('pageshow', function (e) { if (e.persisted && data.pages !== 'off') wend.page() })

  // Elements with data-wend-event: a click on them, or for a form its being sent.
  function acted(e) {
    var el = e.target && e.target.closest && e.target.closest('[data-wend-event]')
    if (!el || (el.tagName === 'FORM') !== (e.type === 'submit')) return
    var properties = {}
    for (var i = 0; i < el.attributes.length; i++) {
      var m = /^data-wend-(.+)$/.exec(el.attributes[i].name), value = el.attributes[i].value
      if (!m || m[1] === 'event') continue
      var key = m[1].replace(/-/g, '_')
      properties[key] = /(^|_)(id|sku|code)$/.test(key) || !/^-?(0|[1-9]\d{0,14})(\.\d+)?$/.test(value) ? value : +value
    }
    wend.track(el.getAttribute('data-wend-event'), properties)
  }
  doc.addEventListener('click', acted, true)
  doc.addEventListener('submit', acted, true)

  win.addEventListener('pagehide', leave)
  doc.addEventListener('visibilitychange', function () { if (doc.visibilityState === 'hidden') leave() })
  win.addEventListener('online', function () { delay = 0; send() })

  early.forEach(wend.push)
  arrived()
  later(200) // what an earlier visit could not send
})(window, document)
