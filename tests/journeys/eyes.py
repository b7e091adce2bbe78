"""Looks at every page that a journey meets: what axe says, sideways scroll, faults of script and policy, title, heading."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
# Set this to a folder to keep a picture of every page that is met.
PICTURES = os.environ.get("JOURNEYS_PICTURES", "")

_RULES = """({
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    rules: { 'target-size': { enabled: true } },
    resultTypes: ['violations'],
})"""
# What a page is made of, its words and numbers apart: two pages of the same make are asked about once.
_MAKE = """() => {
    const parts = []
    const walk = (element) => {
        const attributes = ['class', 'role', 'type', 'aria-label', 'aria-hidden', 'hidden', 'scope', 'lang', 'dir', 'for', 'id']
            .map((name) => element.getAttribute(name) ?? '').map((value) => value.replace(/\\d+/g, '0')).join('|')
        const words = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()) ? 't' : ''
        parts.push(element.tagName + attributes + words)
        for (const child of element.children) walk(child)
        parts.push('/')
    }
    walk(document.body)
    return parts.join('\\n')
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

    _asked: set[tuple[int, str]] = set()
    _taken = 0

    def __init__(self, page: Any, site: str, script: bool) -> None:
        self.page, self.script = page, script
        self._host = urlsplit(site).netloc
        self._faults: list[str] = []
        self._tab = page.context.new_cdp_session(page) if not script else None
        page.on("pageerror", lambda error: self._faults.append(f"script failed: {error}"))
        page.on("console", self._heard)
        page.on("request", self._asked_for)
        page.on("response", self._answered)

    def look(self, status: int | None = None) -> None:
        """Look at the page as it stands."""
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
        make = hashlib.sha256((page.evaluate(_MAKE)).encode()).hexdigest()
        if (width, make) not in self._asked:
            self._asked.add((width, make))
            self._look_closely(width)
        assert not faults, f"{page.url} ({width} wide): " + "; ".join(faults)

    def _look_closely(self, width: int) -> None:
        if PICTURES:
            self._take_picture(width)
        for violation in self._ask_axe():
            nodes = "; ".join(f"{node['html'][:160]} ({node['failureSummary']})" for node in violation["nodes"][:3])
            self._faults.append(f"axe {violation['id']}: {nodes}")
        if width > 1000:
            wide, window = self.page.evaluate(_TWICE)
            if wide > window:
                self._faults.append(f"at twice the text the page is {wide} wide and the window {window}")

    def _ask_axe(self) -> list[dict[str, Any]]:
        """Ask axe through the driver, which the page's policy does not stop. Its own script is off where the visitor's is."""
        self._allow_script(True)
        try:
            found = self.page.evaluate(f"{AXE.read_text()}\n;axe.run(document, {_RULES})")
        finally:
            self._allow_script(False)
        return list(found["violations"])

    def _allow_script(self, allowed: bool) -> None:
        if self._tab is not None:
            self._tab.send("Emulation.setScriptExecutionDisabled", {"value": not allowed})

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
