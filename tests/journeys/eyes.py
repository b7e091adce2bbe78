"""Looks at every page that a journey meets: what axe says, sideways scroll, faults of script and policy, title, heading."""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import os
import re
import struct
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
# Set this to a folder to keep a picture of every page that is met.
PICTURES = os.environ.get("JOURNEYS_PICTURES", "")
# What was met in this run of the tests, by all its workers, eight bytes a piece; gone when one of them ends.
MET = Path(tempfile.gettempdir()) / f"casework-pages-met-{os.environ.get('PYTEST_XDIST_TESTRUNUID', os.getpid())}"
atexit.register(MET.unlink, missing_ok=True)

_RULES = """({
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    rules: { 'target-size': { enabled: true } },
    resultTypes: ['violations'],
})"""
# What goes wrong where there is little room, for pages that were asked about at full width.
_NARROW = """({ runOnly: { type: 'rule', values: ['scrollable-region-focusable', 'target-size'] }, resultTypes: ['violations'] })"""
# What a page is made of: of each element where it stands, what it is and what is in it in its order (many of a kind taken
# as one), words and numbers apart; the order of the headings; the landmarks. A page of which every piece was met before, in
# the same place at the same width, is not asked about.
_PIECES = """() => {
    const names = ['role', 'type', 'aria-label', 'aria-labelledby', 'aria-hidden', 'aria-current', 'hidden', 'scope', 'lang', 'dir', 'for', 'id', 'name']
    const kind = (element) => element.tagName + '.' + element.className
    const made = (element) => kind(element) + names.map((name) => element.getAttribute(name) ?? '').join('|')
    const pieces = new Set()
    const add = (piece) => pieces.add(piece.replace(/\\d+/g, '0'))
    const walk = (element, path) => {
        const words = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()) ? 't' : ''
        const inside = [...element.children].map((child) => made(child).replace(/\\d+/g, '0'))
        add(path + '>' + made(element) + words + '(' + inside.filter((each, n) => each !== inside[n - 1]) + ')')
        for (const child of element.children) walk(child, path + '>' + kind(element))
    }
    walk(document.body, '')
    const levels = [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map((heading) => heading.tagName)
    levels.forEach((level, n) => n && add(levels[n - 1] + ' before ' + level))
    add('landmarks' + [...document.querySelectorAll('header, nav, main, aside, footer, form[aria-label], section, [role=region]')].map(made))
    return [...pieces]
}"""
_FACTS = """() => ({
    title: document.title,
    headings: [...document.querySelectorAll('h1')].map((h) => h.innerText.trim()),
    summary: !!document.querySelector('.govuk-error-summary'),
    wide: [document.documentElement.scrollWidth, document.documentElement.clientWidth],
    doubled: [...document.querySelectorAll('[id]')].map((e) => e.id).filter((id, n, all) => all.indexOf(id) !== n),
})"""
# The text at twice its size, as a reader may set it: the page may grow longer, and not wider.
_TWICE = """() => {
    document.documentElement.style.fontSize = '200%'
    const wide = [document.documentElement.scrollWidth, document.documentElement.clientWidth]
    document.documentElement.style.fontSize = ''
    return wide
}"""


class Eyes:
    """Watches one tab. Says at the first fault what it is and where."""

    # what was read of the file that all test workers add to, in its order
    _met: list[bytes] = []
    _taken = 0

    def __init__(self, page: Any, site: str, script: bool) -> None:
        self.page, self.script = page, script
        self._host = urlsplit(site).netloc
        self._faults: list[str] = []
        self._mirror: Any = None
        page.on("pageerror", lambda error: self._faults.append(f"script failed: {error}"))
        page.on("console", self._heard)
        page.on("request", self._asked_for)
        page.on("response", self._answered)

    def look(self, narrowly: bool = False) -> None:
        """Look at the page as it stands; `narrowly` only for what goes wrong where there is little room."""
        page, faults = self.page, self._faults
        facts = page.evaluate(_FACTS)
        if len(facts["headings"]) != 1 or not facts["headings"][0]:
            faults.append(f"one heading of the first level is wanted, not {facts['headings']}")
        if facts["title"].startswith("Error: ") != facts["summary"]:
            faults.append(
                f"the title is {facts['title']!r} and {'a' if facts['summary'] else 'no'} summary of errors is there"
            )
        if facts["wide"][0] > facts["wide"][1]:
            faults.append(f"the page is {facts['wide'][0]} wide and the window {facts['wide'][1]}")
        if facts["doubled"]:
            faults.append(f"ids that stand twice: {facts['doubled']}")
        width = page.viewport_size["width"]
        if self._is_new({f"{width}{narrowly}{piece}" for piece in page.evaluate(_PIECES)}):
            self._look_closely(width, _NARROW if narrowly else _RULES)
        assert not faults, f"{page.url} ({width} wide): " + "; ".join(faults)

    def _is_new(self, pieces: set[str]) -> bool:
        """Whether any of these was never met before, by this test worker or another; from now on they were."""
        found = {hashlib.blake2b(piece.encode(), digest_size=8).digest() for piece in pieces}
        with open(MET, "a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(8 * len(self._met))
            self._met += [piece for (piece,) in struct.iter_unpack("8s", file.read())]
            new = found.difference(self._met)
            file.write(b"".join(new))
        return bool(new)

    def _look_closely(self, width: int, rules: str) -> None:
        if PICTURES:
            self._take_picture(width)
        for violation in self._ask_axe(rules):
            nodes = "; ".join(f"{node['html'][:160]} ({node['failureSummary']})" for node in violation["nodes"][:3])
            self._faults.append(f"axe {violation['id']}: {nodes}")
        if width > 1000:
            wide, window = self.page.evaluate(_TWICE)
            if wide > window:
                self._faults.append(f"at twice the text the page is {wide} wide and the window {window}")

    def _ask_axe(self, rules: str) -> list[dict[str, Any]]:
        """Ask axe through the driver, which the page's policy does not stop. A page without script is asked in a mirror."""
        page = self.page if self.script else self._mirrored()
        if not page.evaluate("typeof axe === 'object'"):
            page.evaluate(AXE.read_text())
        return list(page.evaluate(f"axe.run(document, {rules}).then((found) => found.violations)"))

    def _mirrored(self) -> Any:
        """The same page, its scripts taken out, in a tab in which axe may run."""
        if self._mirror is None:
            self._mirror = self.page.context.browser.new_context(viewport=self.page.viewport_size).new_page()
        html = re.sub(r"<script\b.*?</script>", "", self.page.content(), flags=re.DOTALL)
        self._mirror.route("**/*", lambda route: _answer(route, html))
        self._mirror.goto(self.page.url)
        self._mirror.unroute("**/*")
        return self._mirror

    def close(self) -> None:
        """Put the mirror away."""
        if self._mirror is not None:
            self._mirror.context.close()

    def _take_picture(self, width: int) -> None:
        Eyes._taken += 1
        path = re.sub(
            r"[^a-z]+", "-", re.sub(r"/cases/[\w-]{20,}", "/link", urlsplit(self.page.url).path.lower())
        ).strip("-")
        worker = os.environ.get("PYTEST_XDIST_WORKER", "")
        name = f"{width}-{path or 'home'}-{worker}{Eyes._taken:03}{'' if self.script else '-plain'}.png"
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=Path(PICTURES) / name, full_page=True)

    def _heard(self, message: Any) -> None:
        # a page that is a 404 is reported here as well; what a page asks for besides is looked at as it is answered
        if message.type == "error" and "Failed to load resource" not in message.text:
            self._faults.append(f"console: {message.text}")

    def _asked_for(self, request: Any) -> None:
        if urlsplit(request.url).netloc not in (self._host, ""):
            self._faults.append(f"something was asked of another host: {request.url}")

    def _answered(self, response: Any) -> None:
        if response.status >= 400 and response.request.resource_type != "document":
            self._faults.append(f"{response.status} for {response.url}")


def _answer(route: Any, html: str) -> None:
    if route.request.resource_type == "document":
        route.fulfill(status=200, content_type="text/html; charset=utf-8", body=html)
    else:
        route.continue_()
