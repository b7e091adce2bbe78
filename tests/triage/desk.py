"""What tests of the triage desk do over and over: open a reply, send it, find what was owed."""

from __future__ import annotations

from typing import Any

from casework.extensions import db
from casework.outbox import preview
from casework.outbox.models import Owed
from tests.browser import Browser
from tests.desks import at_the_desk, value_of

HIDDEN = ("version", "seen", "others")


def open_reply(browser: Browser, case: Any) -> dict[str, str]:
    """Open the reply page; what its form carries along."""
    assert browser.get(f"/staff/cases/{case.reference}/reply").status_code == 200
    return {name: value_of(browser, name) for name in HIDDEN}


def send_reply(browser: Browser, case: Any, words: str, then: str = "open", **more: str) -> Any:
    """Open the reply page and press one of its buttons."""
    return browser.post(
        f"/staff/cases/{case.reference}/reply", {**open_reply(browser, case), "words": words, "then": then, **more}
    )


def decide(browser: Browser, path: str, data: dict[str, Any]) -> Any:
    """Open a page that carries a version, and send its form."""
    assert browser.get(path).status_code == 200, path
    return browser.post(path, {"version": value_of(browser, "version"), **data})


def owed(case: Any) -> list[str]:
    """The names of the messages owed for a case, oldest first."""
    rows = db.session.query(Owed).filter_by(stream_id=case.stream_id).filter(Owed.kind != "job")
    return [row.name for row in rows.order_by(Owed.id)]


def everything_told() -> str:
    """What every message that is owed to anybody says, as it would be sent now."""
    rows = db.session.query(Owed).filter(Owed.kind != "job").order_by(Owed.id)
    seen = [preview.of(row) for row in rows]
    return "\n".join(f"{each.subject}\n{each.text}" for each in seen)


def page_of(app: Any, cast: Any, case: Any, who: str = "triage") -> Browser:
    """The page of a case as one of the cast sees it."""
    db.session.commit()
    browser = at_the_desk(app, cast, who)
    assert browser.get(f"/staff/cases/{case.reference}").status_code == 200
    return browser
