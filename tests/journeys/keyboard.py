"""Somebody who has a keyboard and no mouse. At every stop the focus has to be seen, and nothing may lie over it."""

from __future__ import annotations

from typing import Any

from tests.journeys.visitor import Visitor

_STOP = """() => {
    const at = document.activeElement
    if (!at || at === document.body) return null
    const label = at.labels && at.labels[0]
    const name = at.getAttribute('aria-label') || (label && label.innerText) || at.innerText || at.value || at.getAttribute('title') || ''
    const group = at.closest('fieldset')
    const shows = [getComputedStyle(at), getComputedStyle(at, '::before'), label && getComputedStyle(label, '::before')].some((style) =>
        style && ((style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 && !/^rgba.*, 0\\)$/.test(style.outlineColor))
            || style.boxShadow !== 'none' || style.backgroundColor === 'rgb(255, 221, 0)'))
    const box = at.getBoundingClientRect()
    const [x, y] = [box.left + box.width / 2, box.top + Math.min(box.height / 2, 20)]
    const top = document.elementFromPoint(x, y)
    const seen = !!top && (at.contains(top) || top.contains(at) || (label && label.contains(top)))
    return {
        name: name.trim().replace(/\\s+/g, ' '), kind: at.type || at.tagName.toLowerCase(), shows, seen,
        question: group ? group.querySelector('legend').innerText.trim() : '',
    }
}"""


class Keyboard:
    """What a hand on the keyboard does on the page of a visitor."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.keys = visitor, visitor.page.keyboard

    def focus(self) -> dict[str, Any]:
        """Where the focus is; fails where that cannot be seen."""
        found = self.visitor.page.evaluate(_STOP)
        assert found is not None, f"nothing has the focus on {self.visitor.page.url}"
        assert found["shows"] and found["seen"], f"the focus is not to be seen on {self.visitor.page.url}: {found}"
        return dict(found)

    def tab_to(self, words: str, question: str = "", most: int = 60) -> None:
        """Press Tab until the focus is on what is called so."""
        stops = []
        for _ in range(most):
            self.keys.press("Tab")
            here = self.focus()
            stops.append(here["name"][:40])
            if here["name"].startswith(words) and here["question"].startswith(question):
                return
        raise AssertionError(f"Tab does not lead to {words!r} on {self.visitor.page.url}, but to {stops}")

    def enter(self) -> None:
        """Press Enter, and look at the page that comes."""
        with self.visitor.page.expect_navigation():
            self.keys.press("Enter")
        self.visitor.eyes.look()

    def follow(self, words: str) -> None:
        """Go to a link or a button, and press Enter."""
        self.tab_to(words)
        self.enter()

    def follow_in_page(self, words: str) -> None:
        """Go to a link to somewhere on the same page, and press Enter."""
        self.tab_to(words)
        self.keys.press("Enter")
        self.focus()

    def write(self, label: str, words: str) -> None:
        """Go to a box, and type."""
        self.tab_to(label)
        self.keys.type(words)

    def choose(self, question: str, option: str, first: str) -> None:
        """Go to the first option of a question, and by arrow keys to the one wanted."""
        self.tab_to(first, question)
        if first == option:
            self.keys.press("Space")
        while not (here := self.focus())["name"].startswith(option):
            self.keys.press("ArrowDown")
            assert self.focus() != here, f"the arrow keys do not lead to {option!r}"

    def tick(self, option: str) -> None:
        """Go to a box to tick, and tick it."""
        self.tab_to(option)
        self.keys.press("Space")

    def pick(self, label: str, option: str) -> None:
        """Go to a list, and type the beginning of what is wanted."""
        self.tab_to(label)
        self.keys.type(option)
