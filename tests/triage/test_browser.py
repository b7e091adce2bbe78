"""The triage desk in a real browser: nothing for axe to say, no sideways scroll, keys alone, and what script adds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from casework.cases import service as cases
from casework.exchanges import canned
from casework.exchanges import service as talk
from casework.exchanges.models import Exchange, Unsent
from casework.extensions import db
from casework.feedback.models import Feedback
from tests import sayings
from tests.factories import PASSWORD
from tests.pages.test_browser import AXE, chromium
from tests.serving import served

__all__ = ["chromium"]
pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("demo_mode")]
PAGES = ("cases/{}", "cases/{}/reply", "cases/{}/facts", "cases/{}/contact", "cases/{}/split", "cases/{}/link",
         "feedback/{}/take-up", "feedback/{}/ask", "feedback/{}/answer", "feedback/{}/redirect", "feedback/{}/merge",
         "footage")  # fmt: skip


@pytest.fixture
def site(app: Any) -> Iterator[str]:
    canned.ensure_defaults()
    db.session.commit()
    with served(app) as address:
        yield address


def signed_in(chromium: Any, site: str, cast: Any, width: int = 1280) -> Any:
    """A tab in which triage has signed in."""
    page = chromium.new_context(viewport={"width": width, "height": 900}).new_page()
    page.goto(site + "/staff/sign-in")
    page.fill("input[name=email]", cast.account("triage").email)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    return page


def press(page: Any, words: str) -> None:
    """Go to a link or a button with the Tab key, and press Return."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tabIndex >= 0 && document.activeElement.innerText?.trim()") == words:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"the Tab key does not lead to {words}")


@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_of_the_desk_has_a_fault_of_access_or_a_sideways_scroll(chromium, site, cast, width):
    case = sayings.concern(effect="Late.", wish="Sorry.", receipt="SR-1", officers="4471", witnesses="x" * 60)
    cases.perform(case, "ask", cast.triage, private={"words": "Which street?"})
    cases.perform(case, "answer", sayings.person_of(case), private={"words": "Station Road. " + "w" * 90})
    talk.keep_unsent(case.id, cast.account("handler").id, "Begun.")
    talk.be_present(case.id, cast.account("handler").id)
    db.session.commit()
    page, faults = signed_in(chromium, site, cast, width), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda m: faults.append(m.text) if "Content Security Policy" in m.text else None)
    for path in PAGES:
        page.goto(f"{site}/staff/{path.format(case.reference)}")
        found = page.evaluate(AXE.read_text() + "\n;axe.run(document)")["violations"]
        faults += [f"{path}: {each['id']} {each['nodes'][0]['html'][:120]}" for each in found]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            faults.append(f"{path} is wider than {width}")
    page.context.close()
    assert not faults


def test_a_reply_is_written_kept_seen_and_sent_by_keys_alone_and_the_next_case_opens(chromium, site, cast):
    case = sayings.concern(intent="comment")
    later = sayings.concern()
    cases.assign(case, cast.account("triage").id, cast.triage)
    db.session.commit()
    page = signed_in(chromium, site, cast)
    page.goto(f"{site}/staff/cases/{case.reference}")
    press(page, "Reply")
    page.wait_for_url("**/reply")
    while page.evaluate("document.activeElement.id") != "words":
        page.keyboard.press("Tab")
    page.keyboard.type("Thank you for this.")
    page.wait_for_selector("text=Kept, not sent.")
    db.session.rollback()
    assert db.session.query(Unsent).one().words == "Thank you for this."
    press(page, "See it as they will")
    page.wait_for_selector("#seen")
    assert page.evaluate("document.activeElement.id") == "seen"
    assert "Thank you for this." in page.inner_text(".cw-seen__text")
    page.focus("#words")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/{later.reference}")
    db.session.rollback()
    db.session.expire_all()
    assert db.session.get(Feedback, case.id).state == "closed"
    assert [each.words for each in db.session.query(Exchange)] == ["Thank you for this."]
    page.context.close()


def test_a_form_sent_without_a_button_is_shown_and_not_sent(chromium, site, cast):
    case = sayings.concern(intent="comment")
    db.session.commit()
    page = signed_in(chromium, site, cast)
    page.goto(f"{site}/staff/cases/{case.reference}/reply")
    page.fill("#words", "Half a sen")
    page.evaluate("document.querySelector('form[data-unsent]').requestSubmit()")
    page.wait_for_selector("#seen")
    db.session.rollback()
    assert db.session.query(Exchange).count() == 0
    page.context.close()
