// What script adds. Every page works without it.
const frontend = document.querySelector('link[rel="modulepreload"][data-frontend]')
if (frontend) import(frontend.href).then(({ initAll }) => initAll())

// A message that has been read can be put away without asking the server.
document.addEventListener('click', (event) => {
  const link = event.target.closest('[data-hide]')
  if (!link) return
  event.preventDefault()
  const banner = link.closest('.' + link.dataset.hide)
  const heading = document.querySelector('h1')
  banner.remove()
  if (heading) {
    heading.setAttribute('tabindex', '-1')
    heading.focus()
  }
})

// Print buttons are in the page only where script can print.
for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false
  button.addEventListener('click', () => window.print())
}

// A key that leads to an input: "/" to the search box of the desk.
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
  if (event.target.closest('input, textarea, select, [contenteditable]')) return
  const wanted = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`)
  if (!wanted) return
  event.preventDefault()
  wanted.focus()
})

// A form that was filled in and not sent: the browser asks before the page is left.
for (const form of document.querySelectorAll('form[data-keep]')) {
  let changed = false
  form.addEventListener('input', () => { changed = true })
  form.addEventListener('submit', () => { changed = false })
  window.addEventListener('beforeunload', (event) => { if (changed) event.preventDefault() })
}

// "Exit this page", also by pressing Escape three times: nothing of the page is left in view while the next one loads,
// and the way back does not lead here.
const exit = document.querySelector('[data-exit]')
if (exit) {
  const leave = () => {
    document.title = ''
    document.body.hidden = true
    location.replace(exit.href)
  }
  let presses = 0
  let last = -Infinity
  exit.addEventListener('click', (event) => { event.preventDefault(); leave() })
  document.addEventListener('keydown', (event) => {
    if (event.repeat) return
    presses = event.key !== 'Escape' ? 0 : event.timeStamp - last < 2000 ? presses + 1 : 1
    last = event.timeStamp
    if (presses === 3) leave()
  })
}

// Counted only for those who agreed: the page's address, no query.
const count = document.body.dataset.count
if (count && navigator.sendBeacon) {
  navigator.sendBeacon(count, new URLSearchParams({ page: location.pathname }))
}

// Who else has a case open: asked while the page is looked at, said where it changes.
for (const there of document.querySelectorAll('[data-here]')) {
  const words = there.querySelector('[data-here-words]')
  const ask = async () => {
    if (document.hidden) return
    const answer = await fetch(there.dataset.here, {
      method: 'POST', headers: { 'X-CSRFToken': there.dataset.token }
    }).catch(() => null)
    if (!answer?.ok) return
    const { others, writing } = await answer.json().catch(() => ({ others: [], writing: [] }))
    const said = others.length ? `${others.join(', ')} ${others.length === 1 ? 'has' : 'have'} this open now.` : ''
    const begun = writing.length ? ` ${writing.join(', ')} ${writing.length === 1 ? 'has' : 'have'} begun a reply.` : ''
    if (words.textContent.trim() !== (said + begun).trim()) words.textContent = (said + begun).trim()
  }
  setInterval(ask, 30000)
}

// A reply that is being written is kept for its writer and seen by colleagues. Control and Return send it.
for (const form of document.querySelectorAll('form[data-unsent]')) {
  const box = form.elements.words
  const said = form.querySelector('[data-unsent-words]')
  let later, kept = box.value
  const keep = async () => {
    if (box.value === kept) return
    const sent = box.value
    const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value, words: sent })
    const answer = await fetch(form.dataset.unsent, { method: 'POST', body, redirect: 'manual' }).catch(() => null)
    if (answer?.status === 204) kept = sent
    said.textContent = answer?.status === 204 ? 'Kept, not sent.' : 'Not kept: the connection is away.'
  }
  box.addEventListener('input', () => { clearTimeout(later); later = setTimeout(keep, 1200) })
  form.addEventListener('submit', () => clearTimeout(later))
  box.addEventListener('keydown', (event) => {
    const send = form.querySelector('[data-send]')
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || !send) return
    event.preventDefault()
    form.requestSubmit(send)
  })
}

// What a page was asked to show stands further down: go there.
document.querySelector('[data-arrive]')?.focus()
