"""The pages of feedback and complaints in every state there is, for every role that opens them: nothing for axe to say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from casework.cases import registry
from casework.cases.staff import READERS
from casework.extensions import db
from casework.parties import secrets
from casework.roles import Role
from tests import factories, sayings, walks
from tests.journeys.eyes import Eyes
from tests.journeys.visitor import DESKTOP, PHONE
from tests.pages.test_browser import chromium
from tests.serving import served

__all__ = ["chromium"]
pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("demo_mode"), pytest.mark.timeout(400)]
KINDS = ("feedback", "complaint")


@pytest.fixture
def site(app: Any) -> Iterator[str]:
    with served(app) as address:
        yield address


class Reader:
    """Somebody at a browser, each of whose pages is looked at; `phone`: also whether it fits on a phone."""

    def __init__(self, chromium: Any, site: str, phone: bool = True) -> None:
        self.site, self.phone, self.context = site, phone, chromium.new_context(viewport=DESKTOP)
        self.page = self.context.new_page()
        self.eyes = Eyes(self.page, site, script=True)

    def opens(self, path: str) -> None:
        """Open a page and look at it."""
        answer = self.page.goto(self.site + path)
        assert answer.status == 200, (path, answer.status)
        self.eyes.look()
        if not self.phone:
            return
        self.page.set_viewport_size(PHONE)
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        self.page.set_viewport_size(DESKTOP)
        assert wide <= PHONE["width"], f"{path} is {wide} wide on a phone"

    def signs_in(self, email: str) -> None:
        """Sign in as a member of staff."""
        self.page.goto(self.site + "/staff/sign-in")
        self.page.fill("#email", email)
        self.page.fill("#password", factories.PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda url: "sign-in" not in url)


def readers(kind: str) -> list[str]:
    """Every role that opens the page of a case of a kind."""
    return sorted(role for role in READERS if kind in registry.kinds_of(role))


@pytest.mark.parametrize("kind", KINDS)
def test_a_case_page_is_in_order_in_every_state_and_for_every_role(
    chromium: Any, site: str, cast: Any, kind: str
) -> None:
    found = walks.everywhere(cast, kind)
    assert {"triage", "handler", "supervisor", "data-protection"} <= set(readers(kind))
    for role in readers(kind):
        # Who may do most is offered most: what fits there fits for everybody.
        reader = Reader(chromium, site, phone=role == Role.SUPERVISOR)
        reader.signs_in(cast.account(role.replace("-", "_")).email)
        for case in found.values():
            reader.opens(f"/staff/cases/{case.reference}")
        reader.context.close()


@pytest.mark.parametrize("kind", KINDS)
def test_the_tracking_page_is_in_order_in_every_state(chromium: Any, site: str, cast: Any, kind: str) -> None:
    reader = Reader(chromium, site)
    for case in walks.everywhere(cast, kind).values():
        person = sayings.party_of(case)
        db.session.rollback()
        reader.opens(f"/cases/{secrets.link_secret(person.id, person.generation)}")
        assert reader.page.url == site + "/track/case"
        # What went on as a complaint is followed there.
        assert case.reference in reader.page.content() or case.state == "converted"
    reader.context.close()
