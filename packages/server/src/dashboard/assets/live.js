/**
 * Live pages: when the stream tells of something that the page shows, the page is fetched again and its parts
 * (`data-part`, found by id) take the place of the old ones. So the server's templates are the only ones.
 *
 * A hidden page listens to nothing: browsers allow few connections to one server, and tabs are left open.
 */
const { live: types, about, soon } = document.body.dataset

/** Between two looks, however much happens. */
const PAUSE_MS = 1_000
/** What happens together is looked at together. */
const GATHER_MS = 200
const SOON_MS = 2_000
/** "3 min ago" has to become "4 min ago". */
const STALE_MS = 30_000
/** After the stream was refused, for too many are open, say. */
const REOPEN_MS = 15_000

/** What each part was last replaced by: what stays the same is left alone, with all that was done to it. */
const shownIn = new WeakMap()

let source = null
let timer = null
/** When the next look is planned, and when the last one began, by `performance.now()`. */
let planned = Number.POSITIVE_INFINITY
let began = 0
let looking = false

async function look() {
  planned = Number.POSITIVE_INFINITY
  if (looking) return lookIn(PAUSE_MS)
  looking = true
  began = performance.now()
  try {
    const response = await fetch(location.href, { headers: { 'X-Look-Again': '1' }, redirect: 'manual' })
    if (response.type === 'opaqueredirect') location.reload()
    else if (response.ok) replaceParts(new DOMParser().parseFromString(await response.text(), 'text/html'))
  } catch {
    // The server is away for a moment; the stream says when it is back.
  }
  looking = false
  lookIn(document.body.dataset.soon === undefined ? STALE_MS : SOON_MS)
}

/** An earlier look that is planned stays: where much happens, one message after the other would put it off for ever. */
function lookIn(ms) {
  const at = performance.now() + ms
  if (document.hidden || at >= planned) return
  clearTimeout(timer)
  planned = at
  timer = setTimeout(() => void look(), ms)
}

/** Something has happened, and more of it may follow at once. */
function lookShortly() {
  lookIn(Math.max(GATHER_MS, began + PAUSE_MS - performance.now()))
}

function replaceParts(fresh) {
  const isSoon = fresh.body.dataset.soon
  if (isSoon === undefined) delete document.body.dataset.soon
  else document.body.dataset.soon = isSoon
  for (const part of document.querySelectorAll('[data-part]')) {
    const next = fresh.getElementById(part.id)
    if (next === null || next.innerHTML === shownIn.get(part)) continue
    if (!isInUse(part)) replace(part, next)
  }
  document.dispatchEvent(new CustomEvent('parts-replaced'))
}

/** Somebody is typing in it, or has selected some of its text. */
function isInUse(part) {
  const { activeElement } = document
  if (part.contains(activeElement) && activeElement.matches('input:not([type=checkbox]), textarea, select')) return true
  const selection = getSelection()
  return selection !== null && !selection.isCollapsed && selection.containsNode(part, true)
}

/** What was ticked, typed, opened and focused stays so. */
function replace(part, next) {
  const typed = [...part.querySelectorAll('input[id]:not([type=checkbox])')].filter((field) => field.value !== field.defaultValue)
  const ticked = new Set([...part.querySelectorAll('input[type=checkbox]:checked')].map(({ value }) => value))
  const open = new Set([...part.querySelectorAll('details[open][id]')].map(({ id }) => id))
  const focused = part.contains(document.activeElement) ? placeOf(document.activeElement) : null
  const shown = next.innerHTML
  part.replaceChildren(...next.childNodes)
  shownIn.set(part, shown)
  for (const box of part.querySelectorAll('input[type=checkbox]')) if (ticked.has(box.value)) box.checked = true
  for (const { id, value } of typed) setValue(document.getElementById(id), value)
  for (const details of part.querySelectorAll('details[id]')) if (open.has(details.id)) details.open = true
  if (focused !== null) part.querySelector(focused)?.focus({ preventScroll: true })
}

function setValue(field, value) {
  if (field !== null) field.value = value
}

function placeOf(element) {
  if (element.id !== '') return `#${CSS.escape(element.id)}`
  if (element.hasAttribute('href')) return `a[href="${CSS.escape(element.getAttribute('href'))}"]`
  if (element.value) return `${element.localName}[value="${CSS.escape(element.value)}"]`
  return null
}

function concerns(message) {
  return about === undefined || message.data.includes(about)
}

function listen() {
  if (source !== null || document.hidden) return
  source = new EventSource(`/app/stream?types=${encodeURIComponent(types)}`)
  // What happened between the page and the stream was told to nobody.
  source.addEventListener('open', lookShortly)
  for (const type of types.split(',')) {
    source.addEventListener(type, (message) => {
      if (concerns(message)) lookShortly()
    })
  }
  source.addEventListener('error', () => {
    if (source?.readyState !== EventSource.CLOSED) return
    stop()
    setTimeout(listen, REOPEN_MS)
    lookShortly()
  })
}

function stop() {
  source?.close()
  source = null
}

if (types !== undefined) {
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) {
      stop()
      clearTimeout(timer)
      planned = Number.POSITIVE_INFINITY
    } else {
      listen()
      void look()
    }
  })
  addEventListener('pagehide', stop)
  addEventListener('pageshow', (event) => {
    if (event.persisted) listen()
  })
  listen()
  lookIn(soon === undefined ? STALE_MS : SOON_MS)
}
