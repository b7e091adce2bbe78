"""The pages of complaints in a real browser: at 320 pixels, at twice the text, by axe, and by keyboard alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from casework.complaints import queries
from casework.complaints import service as complaints
from casework.exchanges import service as exchanges
from casework.extensions import db
from casework.moments import now, today
from tests import factories, sayings
from tests.complaints.desk import page_of
from tests.complaints.test_staff import PAGES
from tests.pages.test_browser import AXE, chromium
from tests.serving import served

__all__ = ["chromium"]
pytestmark = pytest.mark.browser

# Set this to a folder to keep a picture of every page.
PICTURES = os.environ.get("COMPLAINTS_PICTURES", "")


@pytest.fixture
def site(app: Any, demo_mode: None) -> Iterator[str]:
    with served(app) as address:
        yield address


# Decisions of one make with "refer": one of them is looked at.
ALIKE = {"allow-late-review", "act-on-review", "go-on-as-conduct", "reopen", "suspend", "transfer", "record"}


def rich(cast: Any) -> Any:
    """A complaint with something of everything."""
    case = sayings.investigated(
        cast, at=now() - timedelta(days=33), effect="I was late for work and felt small.", wish="An apology, and the reason in writing.",
        officers="Two in uniform, one with a beard, shoulder number 4417 NR", vehicle="BX19 KLM", receipt="SR/2026/11821",
        witnesses="The librarian saw it.", evidence="A video on my phone.", community=True,
    )  # fmt: skip
    first = queries.allegations(case.id)[0]
    first.factors = ["stop-search", "bwv"]
    complaints.name_subject(first, cast.triage, name="A. Mercer", number="4417", rank="PC", team="Response A")
    second = complaints.allege(case, "They said something about where I come from.", cast.triage, "F6")
    complaints.name_subject(second, cast.triage, description="Tall, beard, spoke first")
    complaints.check_referral(case, sayings.NOTHING, cast.supervisor, stage="allegation")
    complaints.resolve(
        first,
        "not-acceptable",
        "No reason was given or written down.",
        ["apology", "individual-learning"],
        cast.handler,
    )
    person = sayings.person_of(case)
    exchanges.say(case.id, "I found another witness. Shall I send the name?", person)
    complaints.update(case, "We have the footage and are speaking with both officers.", cast.handler)
    complaints.learn(
        case,
        cast.supervisor,
        what="Receipts were not given.",
        change="Every team gets a pad.",
        who="Response, North",
        by_on=today() - timedelta(days=3),
    ).published = True
    db.session.commit()
    return case


def sign_in(page: Any, site: str, email: str) -> None:
    page.goto(site + "/staff/sign-in")
    page.fill("#email", email)
    page.fill("#password", factories.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)


def listen(page: Any, faults: list[str]) -> None:
    """Hear faults of script and of the policy."""
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda m: faults.append(m.text) if "Content Security Policy" in m.text else None)


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("width", [1280, 320])
def test_no_page_has_a_fault_of_access_or_a_sideways_scroll(chromium: Any, site: str, cast: Any, width: int) -> None:
    case, faults = rich(cast), []
    others = ["/staff/triggers", "/staff/learning", "/staff/learning/1", "/what-changed"]
    for who in ("supervisor", "handler", "admin"):
        context = chromium.new_context(viewport={"width": width, "height": 900})
        page = context.new_page()
        listen(page, faults)
        cast.account(who)
        sign_in(page, site, cast.account(who).email)
        paths = [f"/staff/cases/{case.reference}", *others] if who == "supervisor" else []
        paths += [
            page_of(case, each)
            for each, roles in PAGES.items()
            if each not in ALIKE and who in roles and (who == "supervisor" or "supervisor" not in roles)
        ]
        if who == "admin":
            paths = [
                "/staff/settings/complaint-terms",
                "/staff/settings/complaint-terms/category/B1",
                "/staff/settings/complaint-terms/factor/add",
            ]
        if who == "handler":
            paths.append(f"/staff/cases/{case.reference}")
        for path in paths:
            answer = page.goto(site + path)
            assert answer.status == 200, path
            if PICTURES:
                name = f"{path.strip('/').replace('/', '-').replace(case.reference, 'case')}-{who}-{width}.png"
                page.screenshot(path=Path(PICTURES) / name, full_page=True)
            if width == 1280:
                found = page.evaluate(AXE.read_text() + "\n;axe.run(document, {resultTypes: ['violations']})")[
                    "violations"
                ]
                faults += [f"{path}: {each['id']} {each['nodes'][0]['html'][:160]}" for each in found]
            if page.evaluate("document.documentElement.scrollWidth") > width:
                faults.append(f"{path} is wider than {width}")
            if width == 320:
                page.evaluate("document.documentElement.style.fontSize = '200%'")
                if page.evaluate("document.documentElement.scrollWidth") > 2 * width:
                    faults.append(f"{path} scrolls sideways at twice the text")
        context.close()
    assert faults == []


def test_the_checklist_is_answered_by_keyboard_alone(chromium: Any, site: str, cast: Any) -> None:
    case = sayings.complaint()
    sayings.alleged(case, cast)
    db.session.commit()
    page = chromium.new_context(viewport={"width": 1280, "height": 900}).new_page()
    sign_in(page, site, cast.account("triage").email)
    page.goto(site + page_of(case, "checklist"))
    page.keyboard.press("n")
    assert page.evaluate("document.activeElement.value") == "none"
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "checklist" not in url)
    db.session.rollback()
    assert queries.by_id(case.id).state == "logged"
