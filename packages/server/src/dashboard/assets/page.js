/** Small help on every page. Everything else works without it. */

/** `data-copy="id"`: a button that copies the text of another element. Browsers let only safe pages do so. */
function showCopyButtons() {
  if (navigator.clipboard === undefined) return
  for (const button of document.querySelectorAll('button[data-copy]')) button.hidden = false
}

showCopyButtons()
document.addEventListener('parts-replaced', showCopyButtons)
document.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-copy]')
  if (button !== null) void copy(button)
})

async function copy(button) {
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copy)?.textContent ?? '')
  const label = button.textContent
  button.textContent = 'Copied'
  setTimeout(() => {
    button.textContent = label
  }, 1500)
}

/** `data-submit`: a form that is sent as soon as a choice in it changes. `data-all="name"`: a checkbox that ticks all of that name. */
document.addEventListener('change', (event) => {
  const { target } = event
  if (target.matches('form[data-submit] :is(select, input[type=checkbox])')) target.form.requestSubmit()
  const { all } = target.dataset
  if (all === undefined) return
  for (const box of document.querySelectorAll(`input[type=checkbox][name="${CSS.escape(all)}"]`)) {
    box.checked = target.checked
  }
})

// Where the navigation is longer than the screen is wide, it shows where one is.
const here = document.querySelector('.top nav [aria-current]')
const nav = here?.closest('nav')
if (nav) nav.scrollLeft = here.offsetLeft - nav.offsetLeft - (nav.clientWidth - here.offsetWidth) / 2

// A form that was refused says why where the keyboard is.
document.querySelector('.problem[role=alert]')?.focus()
