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
