/** The preview of a new monitor follows what is typed; without scripts there is the button. */
const form = document.querySelector('form[data-preview]')
const WATCHED = ['full_domain', 'record_type', 'match', 'expected_value']
/** Long enough that a name is typed to its end: each look asks the DNS. */
const PAUSE_MS = 600

let timer = null
let latest = null

async function look() {
  latest?.abort()
  latest = new AbortController()
  const body = new URLSearchParams(new FormData(form))
  try {
    const response = await fetch('/app/monitors/preview', { method: 'POST', body, signal: latest.signal })
    if (!response.ok) return
    const fresh = new DOMParser().parseFromString(await response.text(), 'text/html').getElementById('preview')
    if (fresh !== null) document.getElementById('preview').replaceChildren(...fresh.childNodes)
  } catch {
    // Typed on meanwhile, or the server is away: the button is still there.
  }
}

form?.addEventListener('input', (event) => {
  if (!WATCHED.includes(event.target.name)) return
  clearTimeout(timer)
  timer = setTimeout(() => void look(), PAUSE_MS)
})
