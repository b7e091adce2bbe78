"""Members of the cast at their desks: signed in, in a browser of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from casework.moments import moved_to
from tests.browser import Browser


def at_the_desk(app: Any, cast: Any, who: str = "coordinator") -> Browser:
    """A browser in which a member of the cast has signed in."""
    browser = Browser(app)
    browser.sign_in(cast.account(who).email)
    return browser


@contextmanager
def on(app: Any, cast: Any, who: str, moment: datetime) -> Iterator[Browser]:
    """A member of the cast at their desk at another moment."""
    with moved_to(moment):
        yield at_the_desk(app, cast, who)


def value_of(browser: Browser, name: str) -> str:
    """What a hidden or text input of the page seen last holds."""
    found = re.search(rf'name="{re.escape(name)}" value="([^"]*)"', browser.text)
    assert found, f"the page has no input {name}"
    return found[1]


def send(browser: Browser, path: str, data: dict[str, Any], to: str = "") -> Any:
    """Open a page and send its form with the version that it shows."""
    browser.get(path)
    return browser.post(to or path, {"version": value_of(browser, "version"), **data})
