"""Complaints at the desk: pages opened and sent as members of the cast do it."""

from __future__ import annotations

from typing import Any

from casework.complaints.models import Complaint
from casework.extensions import db
from tests.browser import Browser
from tests.desks import at_the_desk, value_of


def page_of(case: Any, page: str) -> str:
    """The address of a page of a complaint."""
    return f"/staff/complaints/{case.reference}/{page}"


def opened(app: Any, cast: Any, who: str, case: Any, page: str) -> Browser:
    """A page of a complaint as one of the cast sees it."""
    db.session.commit()
    browser = at_the_desk(app, cast, who)
    assert browser.get(page_of(case, page)).status_code == 200, browser.words[:400]
    return browser


def sent(browser: Browser, case: Any, page: str, /, **fields: Any) -> Any:
    """Send the form of a page that was just opened, with what it carries along."""
    carried = {}
    for name in ("version", "seen", "was"):
        if f'name="{name}"' in browser.text:
            carried[name] = value_of(browser, name)
    return browser.post(page_of(case, page), {**carried, **fields})


def done(app: Any, cast: Any, who: str, case: Any, page: str, /, **fields: Any) -> Any:
    """Open a page as one of the cast and send its form: everything went well."""
    browser = opened(app, cast, who, case, page)
    answer = sent(browser, case, page, **fields)
    assert answer.status_code == 303, (answer.status_code, browser.words[:900])
    return fresh(case)


def fresh(case: Any) -> Complaint:
    """The complaint as it is now."""
    db.session.rollback()
    return db.session.get(Complaint, case.id, populate_existing=True)
