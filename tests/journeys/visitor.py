"""Somebody at a browser, who finds things by the words on them, as people and screen readers do."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlsplit

from tests.journeys.eyes import Eyes
from tests.journeys.installation import PASSWORD, Installation

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 320, "height": 640}


class Visitor:
    """One person, one device. Every page that comes is looked at."""

    _sessions: dict[str, Any] = {}

    def __init__(self, installation: Installation, browser: Any, size: dict[str, int], script: bool = True) -> None:
        self.installation, self.script = installation, script
        self.context = browser.new_context(
            base_url=installation.site, viewport=size, java_script_enabled=script, locale="en-GB", timezone_id="Europe/London",
            reduced_motion="reduce",
        )  # fmt: skip
        self.context.set_default_timeout(20_000)
        self.page = self.context.new_page()
        self.eyes = Eyes(self.page, installation.site, script)
        self.status = 0

    def open(self, address: str) -> None:
        """Go to an address: one of ours, or a link from a mail."""
        answer = self.page.goto(address)
        self.status = answer.status if answer else 0
        self.eyes.look()

    def follow(self, words: str, inside: str = "body") -> None:
        """Follow the link, or the button that is one, with these words."""
        self._go(
            self.page.locator(inside)
            .get_by_role("link", name=words)
            .or_(self.page.locator(inside).get_by_role("button", name=words))
            .first
        )

    def press(self, words: str, inside: str = "body") -> None:
        """Press the button with these words."""
        self._go(self.page.locator(inside).get_by_role("button", name=words).first)

    def write(self, label: str, words: str) -> None:
        """Type into the box with this label."""
        self.page.locator("input, textarea").and_(self.page.get_by_label(label)).first.fill(words)

    def tick(self, *labels: str) -> None:
        """Choose these options."""
        for label in labels:
            self.page.get_by_label(label).first.check(force=True)

    def answer(self, question: str, option: str) -> None:
        """Choose an option of the question with this heading."""
        group = self.page.get_by_role("group", name=question)
        group.get_by_label(option, exact=True).first.check(force=True)

    def pick(self, label: str, option: str) -> None:
        """Choose from a list by words that the option begins with."""
        box = self.page.get_by_label(label).first
        options = box.locator("option").all_inner_texts()
        box.select_option(label=next(each for each in options if each.startswith(option)))

    def write_date(self, question: str, day: Any) -> None:
        """Fill in the three boxes of a date."""
        group = self.page.get_by_role("group", name=question)
        for label, part in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
            group.get_by_label(label).fill(str(part))

    def sees(self, *words: str) -> None:
        """These words stand on the page."""
        page = self.words
        for each in words:
            assert each in page, f"{each!r} is not on {self.page.url}:\n{page}"

    def comes_to_see(self, *words: str) -> None:
        """These words stand on the page soon: what follows a mail may be written down a moment after it left."""
        deadline = time.monotonic() + 10
        while not all(each in self.words for each in words) and time.monotonic() < deadline:
            self.page.wait_for_timeout(100)
            self.page.reload()
        self.sees(*words)

    def sees_not(self, *words: str) -> None:
        """These words do not stand on the page."""
        page = self.words
        for each in words:
            assert each not in page, f"{each!r} is on {self.page.url}"

    @property
    def words(self) -> str:
        """The page as it is read."""
        return " ".join(self.page.locator("body").inner_text().split())

    @property
    def path(self) -> str:
        """Where the visitor is."""
        return urlsplit(self.page.url).path

    def sign_in(self, name: str) -> Visitor:
        """Sign in as a member of staff, the part of the address before the @, and stand on the start page.

        Somebody who signed in before goes on with that session.
        """
        kept = self._sessions.get(name)
        if kept:
            self.context.add_cookies(kept)
            self.open("/staff/")
        if not kept or "/staff/sign-in" in self.page.url:
            self.open("/staff/sign-in")
            self.sign_in_here(name)
            self._sessions[name] = self.context.cookies()
        return self

    def sign_in_here(self, name: str, password: str = PASSWORD) -> None:
        """Sign in on the page that asks for it."""
        self.write("Email address", f"{name}@demo.example")
        self.write("Password", password)
        self.press("Sign in", "main")
        assert "/staff/sign-in" not in self.page.url, self.words

    def leave(self) -> None:
        """Close the browser."""
        self.eyes.close()
        self.context.close()

    def _go(self, target: Any) -> None:
        with self.page.expect_navigation() as going:
            target.click()
        self.status = going.value.status if going.value else 0
        self.eyes.look()
