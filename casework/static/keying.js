// The keying desk: from field to field by keyboard, and every field kept as soon as it is left. Works on what the page
// has without script: the same inputs and marks are sent whole by its buttons.
const form = document.querySelector('form[data-keying], form[data-settling]')
const keeping = form?.dataset.keying
const rows = form ? [...form.querySelectorAll('[data-field]')] : []
const status = form?.querySelector('[data-status]')
const said = new Map(rows.map((row) => [row, written(row)]))
const waiting = new Set()
let sending = false
let bad = false

function written(row) {
  const sent = new URLSearchParams()
  for (const input of row.querySelectorAll('input, textarea, select')) {
    if ((input.type === 'checkbox' || input.type === 'radio') && !input.checked) continue
    sent.append(input.name, input.value)
  }
  return sent.toString()
}

const answered = (row) => [...row.querySelectorAll('[data-answer]')].some((input) =>
  input.type === 'checkbox' || input.type === 'radio' ? input.checked : input.value.trim()) ||
  row.querySelector('[data-mark="unreadable"]:checked, [data-mark="missing"]:checked') !== null

function count() {
  const done = rows.filter(answered)
  for (const row of rows) row.classList.toggle('cw-key__row--said', answered(row))
  const bar = form.querySelector('[data-progress]')
  if (bar) bar.value = done.length
  const number = form.querySelector('[data-count]')
  if (number) number.textContent = done.length
}

// One after the other, so that what was typed last is what stays.
async function send() {
  if (sending || !waiting.size) return
  sending = true
  const [row] = waiting
  waiting.delete(row)
  const content = written(row)
  const body = new URLSearchParams(content)
  body.append('field', row.dataset.field)
  body.append('token', form.elements.token.value)
  body.append('csrf_token', form.elements.csrf_token.value)
  let wait = 0
  try {
    const answer = await fetch(keeping, { method: 'POST', body, redirect: 'manual', keepalive: true })
    if (answer.ok) {
      said.set(row, content)
      if (!waiting.size) say('Kept.')
    } else {
      const { why } = await answer.json().catch(() => ({ why: 'Not kept. Press “Keep what I typed”.' }))
      say(why, true)
    }
  } catch {
    waiting.add(row)
    wait = 3000
    say('Not kept yet: the connection is away.', true)
  }
  sending = false
  setTimeout(send, wait)
}

// That all is well is for the eye; what is wrong is said aloud.
function say(words, wrong = false) {
  if (!status) return
  bad = wrong
  if (wrong) status.setAttribute('role', 'alert')
  else status.removeAttribute('role')
  status.textContent = words
  status.classList.toggle('cw-key__bad', wrong)
}

function keep(row) {
  count()
  if (!keeping || !row || written(row) === said.get(row)) return
  waiting.add(row)
  if (!bad) say('Keeping …')
  send()
}

function answers(row) {
  const all = [...row.querySelectorAll('[data-answer]')]
  const ticks = all.filter((input) => input.type === 'checkbox' || input.type === 'radio')
  return ticks.length ? [ticks.find((input) => input.checked) ?? ticks[0]] : all
}

// Where something else than the two readings is chosen, it is keyed there.
function instead(row) {
  const place = row.querySelector('[data-instead]')
  if (!place) return null
  place.hidden = !row.querySelector('[data-other]:checked')
  return place.hidden ? null : place.querySelector('[data-answer]')
}

function go(from, step) {
  const row = from.closest('[data-field]')
  const place = step > 0 && from.matches('[type="radio"][name$="-pick"]') ? instead(row) : null
  if (place) return arrive(place)
  const inside = answers(row)
  const there = inside.indexOf(from)
  let target = inside.length > 1 && there >= 0 ? inside[there + step] : null
  if (!target) {
    const next = rows[rows.indexOf(row) + step]
    target = next ? answers(next).at(step > 0 ? 0 : -1) : step > 0 ? form.querySelector('[data-finish]') : null
  }
  if (target) arrive(target)
}

function arrive(target) {
  target.focus({ preventScroll: true })
  ;(target.closest('[data-field]') ?? target).scrollIntoView({ block: 'center' })
  if (target.select && target.value) target.select()
}

function mark(row, name, move) {
  const box = row.querySelector(`[data-mark="${name}"]`)
  if (!box) return
  box.checked = move ? true : !box.checked
  box.dispatchEvent(new Event('change', { bubbles: true }))
  if (move) go(answers(row).at(-1), 1)
}

// Paper that lay askew, or was printed smaller, is not quite where it should be: show more around the field, and back.
function widen(row) {
  const piece = row.querySelector('svg')
  if (!piece) return
  const narrow = piece.dataset.narrow ?? [piece.getAttribute('viewBox'), piece.getAttribute('width'), piece.getAttribute('height')].join(';')
  const [box, width, height] = narrow.split(';')
  const [, top, , high] = box.split(' ').map(Number)
  const wide = piece.getAttribute('viewBox') === box
  const from = Math.max(0, top - 35)
  const tall = Math.min(297, top + high + 35) - from
  piece.dataset.narrow = narrow
  piece.setAttribute('viewBox', wide ? `0 ${from} 210 ${tall}` : box)
  piece.setAttribute('width', wide ? 924 : width)
  piece.setAttribute('height', wide ? Math.round(tall * 4.4) : height)
  row.scrollIntoView({ block: 'center' })
}

function pressed(event) {
  const row = event.target.closest('[data-field]')
  if (event.isComposing) return
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault()
    form.requestSubmit(form.querySelector('[data-finish]'))
    return
  }
  if (!row || event.ctrlKey || event.metaKey || event.altKey) return
  const choice = event.target.type === 'radio' || event.target.type === 'checkbox'
  if (event.key === 'Enter' && (event.target.tagName !== 'TEXTAREA' || event.shiftKey)) {
    event.preventDefault()
    go(event.target.matches('[data-answer]') ? event.target : answers(row).at(-1), event.shiftKey ? -1 : 1)
  } else if (event.key === 'F8' || event.key === 'F9') {
    event.preventDefault()
    mark(row, event.key === 'F8' ? 'unreadable' : 'missing', true)
  } else if (event.key === 'F6') {
    event.preventDefault()
    widen(row)
  } else if (event.key === 'F7') {
    event.preventDefault()
    mark(row, 'summary', false)
  } else if (choice && event.target.matches('[data-answer]') && /^[1-9]$/.test(event.key)) {
    const wanted = row.querySelectorAll('[data-answer]')[Number(event.key) - 1]
    if (!wanted) return
    event.preventDefault()
    wanted.click()
    wanted.focus()
  }
}

function changed(event) {
  const row = event.target.closest('[data-field]')
  if (!row) return
  if (event.target.matches('[data-mark]') && event.target.checked) {
    for (const other of row.querySelectorAll('[data-mark]')) if (other !== event.target) other.checked = false
  }
  if (event.target.matches('[data-answer]')) {
    const gone = row.querySelector('[data-mark="missing"]:checked')
    if (gone && answered(row)) gone.checked = false
  }
  instead(row)
  keep(row)
}

if (form) {
  for (const row of rows) instead(row)
  const hint = form.querySelector('[data-keys]')
  if (hint) hint.hidden = false
  let later
  form.addEventListener('keydown', pressed)
  form.addEventListener('change', changed)
  // A long text is kept while it is typed.
  form.addEventListener('input', (event) => {
    clearTimeout(later)
    const row = event.target.closest('[data-field]')
    later = setTimeout(() => keep(row), 1000)
  })
  form.addEventListener('focusout', (event) => {
    const row = event.target.closest('[data-field]')
    if (row && !row.contains(event.relatedTarget)) keep(row)
  })
  let leaving = false
  form.addEventListener('submit', () => { leaving = true; clearTimeout(later); waiting.clear() })
  window.addEventListener('beforeunload', (event) => { if (!leaving && (waiting.size || sending)) event.preventDefault() })
  const first = rows.find((row) => !answered(row))
  if (first && !document.querySelector('.govuk-error-summary')) arrive(answers(first)[0])
}

// The pages of a letter in somebody's own words: larger and smaller.
for (const pages of document.querySelectorAll('[data-zoom]')) {
  const steps = [100, 140, 200, 280]
  const press = (by) => {
    const at = Math.max(0, Math.min(steps.length - 1, steps.indexOf(Number(pages.dataset.zoom)) + by))
    pages.dataset.zoom = steps[at]
  }
  for (const button of document.querySelectorAll('[data-zoom-by]')) {
    button.hidden = false
    button.addEventListener('click', () => press(Number(button.dataset.zoomBy)))
  }
}
