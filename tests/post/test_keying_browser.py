"""The keying desk in a real browser, by keyboard alone: nothing for axe to say, and little is ever lost."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from casework.extensions import db
from casework.moments import moved_to, now
from casework.post import effects, keying, sheets
from casework.post.comparing import Mark, Read
from casework.post.models import Item
from casework.post.sheets import Blank
from casework.roles import Role
from casework.settings import service as settings
from tests import factories
from tests.factories import PASSWORD
from tests.journeys.eyes import Eyes
from tests.pages.conftest import another_program
from tests.pages.test_browser import CHROMIUM, FLAGS
from tests.post import by_keyboard, filled, letters, trays
from tests.post.trays import TRUTH
from tests.serving import served

pytestmark = [pytest.mark.browser, letters.needs_hands]
PICTURES = os.environ.get("JOURNEYS_PICTURES", "")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def demo_program(settings: dict[str, str]) -> Iterator[Any]:
    """The program as a demonstration."""
    yield from another_program(settings, CASEWORK_DEMO="1")


@pytest.fixture
def site(app: Any, demo_program: Any) -> Iterator[str]:
    with served(demo_program) as address:
        yield address


class Clerk:
    """A clerk at a browser of their own, with a keyboard and no mouse."""

    def __init__(self, chromium: Any, site: str, name: str, width: int = 1280, role: Role = Role.CLERK) -> None:
        trays.clerk(name, role=role)
        self.site, self.name = site, f"{name}-{width}"
        self.context = chromium.new_context(viewport={"width": width, "height": 900})
        self.page = self.context.new_page()
        self.keys = self.page.keyboard
        self.page.goto(site + "/staff/sign-in")
        self.page.fill("#email", f"{name}@force.example")
        self.page.fill("#password", PASSWORD)
        self.page.press("#password", "Enter")
        self.page.wait_for_url("**/staff/")
        self.eyes = Eyes(self.page, site, True)

    def take(self, round: int) -> None:
        """Take the next letter: "n", or along the buttons."""
        self.page.goto(self.site + "/staff/post/key")
        self.look("desk")
        self.keys.press("n")
        for _ in range(round - 1):
            self.keys.press("Tab")
        assert f'value="{round}"' in self.page.evaluate("document.activeElement.outerHTML")
        self.keys.press("Enter")
        self.page.wait_for_selector("#sheet")

    def where(self) -> str:
        """The field in which the cursor stands."""
        return by_keyboard.where(self.page)

    def key(self, reads: dict[str, Read]) -> None:
        """Key every field from the first to the last."""
        by_keyboard.key(self.page, BLANKS, reads)

    def finish(self) -> None:
        """Press the button on which the cursor stands at the end."""
        self.page.wait_for_function("() => document.querySelector('[data-status]').textContent === 'Kept.'")
        assert "Finish" in self.page.evaluate("document.activeElement.textContent")
        self.keys.press("Enter")
        self.page.wait_for_url("**/staff/post/key")

    def look(self, name: str) -> None:
        """What axe says of the page; and a picture of it where one is wanted."""
        self.eyes.look()
        if PICTURES:
            self.page.wait_for_timeout(700)
            self.page.screenshot(path=f"{PICTURES}/{name}-{self.name}.png")
            self.page.screenshot(path=f"{PICTURES}/{name}-{self.name}-whole.png", full_page=True)

    def leave(self) -> None:
        """Go home."""
        self.eyes.close()
        self.context.close()


BLANKS: dict[str, Blank] = {}


@pytest.fixture(autouse=True)
def blanks(app: Any) -> None:
    """The fields by name."""
    BLANKS.update({blank.name: blank for blank in sheets.sheet("feedback", "feedback/1")})


def test_a_form_is_keyed_twice_and_settled_by_keyboard_alone(chromium: Any, site: str, app: Any) -> None:
    item = trays.letter(trays.clerk("opener"), pages=filled.form("feedback", TRUTH))
    ann = Clerk(chromium, site, "ann")
    ann.take(1)
    ann.look("first")
    assert ann.where() == "want.want"
    piece = ann.page.locator("[data-field='want.want'] svg")
    narrow = piece.get_attribute("viewBox")
    ann.keys.press("F6")
    assert (piece.get_attribute("viewBox") or "").startswith("0 ") and piece.get_attribute("viewBox") != narrow
    ann.keys.press("F6")
    assert piece.get_attribute("viewBox") == narrow
    ann.key(trays.mistaken("you.name", "Sian O'Neal") | {"when.around": Read(("9 or",), Mark.UNREADABLE)})
    ann.look("first-done")
    ann.finish()
    assert "Nothing more waits" in ann.page.text_content("main")
    bea = Clerk(chromium, site, "bea")
    bea.take(2)
    bea.key(TRUTH)
    bea.look("second-done")
    assert "Neal" not in bea.page.content()
    bea.finish()
    assert trays.fresh(item).state == "differing"
    cem = Clerk(chromium, site, "cem")
    cem.take(3)
    cem.look("settle")
    assert cem.where() == "when.around"
    cem.keys.press("3")
    cem.keys.press("Enter")
    cem.keys.type("about nine")
    cem.look("settle-other")
    cem.keys.press("Enter")
    assert cem.where() == "you.name"
    right = cem.page.locator("[data-field='you.name'] .cw-key__pick").all_inner_texts()
    cem.keys.press("1" if "Siân" in right[0] else "2")
    cem.keys.press("Control+Enter")
    cem.page.wait_for_url("**/staff/post/key")
    assert trays.fresh(item).state == "filed"
    found = keying.answers(item)
    assert found["you.name"].read == TRUTH["you.name"]
    assert found["when.around"].read.texts == ("about nine",)
    assert {name: each.read for name, each in found.items() if name in TRUTH} == TRUTH
    for clerk in (ann, bea, cem):
        clerk.leave()


def test_when_the_computer_dies_no_more_than_the_field_being_typed_is_lost(chromium: Any, site: str, app: Any) -> None:
    item = trays.letter(trays.clerk("opener"), form="", pages=filled.note("They stopped my brother\nSiân O'Neill"))
    ann = Clerk(chromium, site, "ann")
    ann.take(1)
    ann.look("letter")
    page = ann.page
    page.locator("#when-place").focus()
    ann.keys.type("Outside the library")
    ann.keys.press("Enter")
    ann.keys.press("F9")
    page.wait_for_function("() => document.querySelector('[data-status]').textContent === 'Kept.'")
    page.locator("#you-name").focus()
    ann.keys.type("Siân O'Nei")
    ann.context.close()
    db.session.rollback()
    kept = {name: each.read for name, each in keying.kept(item.id, 1).items()}
    assert kept["when.place"].texts == ("Outside the library",)
    assert [each.mark for name, each in kept.items() if name == "when.borough"] == [Mark.MISSING]
    # The connection is away for a while: what was typed meanwhile is kept once it is back.
    bea = Clerk(chromium, site, "bea")
    with moved_to(now() + timedelta(minutes=31)):
        db.session.execute(update(Item).values(lease_until=now() - timedelta(hours=2)))
        db.session.commit()
    bea.take(1)
    assert bea.page.input_value("#when-place") == "Outside the library"
    bea.context.set_offline(True)
    bea.page.locator("#you-name").focus()
    bea.keys.type("Siân O'Neill")
    bea.keys.press("Enter")
    bea.page.wait_for_function(
        "() => document.querySelector('[data-status]').textContent.includes('connection is away')"
    )
    bea.context.set_offline(False)
    bea.page.wait_for_function("() => document.querySelector('[data-status]').textContent === 'Kept.'", timeout=10_000)
    db.session.rollback()
    assert keying.kept(item.id, 1)["you.name"].read.texts == ("Siân O'Neill",)
    bea.context.close()


@pytest.mark.parametrize("script", [True, False])
def test_on_a_narrow_screen_and_without_script_it_is_all_there(
    chromium: Any, site: str, app: Any, script: bool
) -> None:
    opener = trays.clerk("opener")
    trays.letter(opener, pages=filled.form("feedback", TRUTH))
    ann = Clerk(chromium, site, "ann", 320)
    if not script:
        state = ann.context.storage_state()
        ann.leave()
        ann.context = chromium.new_context(
            viewport={"width": 320, "height": 900}, java_script_enabled=False, storage_state=state
        )
        ann.page = ann.context.new_page()
        ann.eyes = Eyes(ann.page, site, False)
    ann.page.goto(site + "/staff/post/key")
    ann.look("desk")
    ann.page.locator("button[value='1']").click()
    ann.page.wait_for_selector("#sheet")
    ann.look("narrow")
    ann.page.fill("#you-name", "Siân O'Neill")
    ann.page.locator("button[value=finish]").click()
    ann.page.wait_for_selector(".govuk-error-summary")
    ann.look("narrow-left")
    assert ann.page.input_value("#you-name") == "Siân O'Neill"
    ann.page.locator("button[value=rest]").click()
    ann.page.wait_for_url("**/staff/post/key")
    ann.page.goto(site + "/staff/post/measures")
    ann.look("measures")
    ann.leave()


@pytest.mark.parametrize("width", [1280, 320])
def test_what_one_clerk_keyed_is_checked_and_figures_are_read(
    chromium: Any, site: str, app: Any, cast: Any, width: int
) -> None:
    pages = filled.form("feedback", TRUTH)
    ann, borough = trays.clerk("alone"), factories.area("north-borough").id
    for _ in range(2):
        double = trays.letter(ann, pages=[])
        trays.key(double, ann, trays.mistaken("you.name", "Sian"))
        trays.key(double, trays.clerk(f"b{double.id}"), TRUTH)
    settings.change("post.single_clerk", True, ann, "only one")
    db.session.commit()
    item = trays.letter(ann, pages=pages, borough_id=borough)
    unreadable = trays.mistaken("you.born", mark=Mark.UNREADABLE)
    trays.key(item, ann, unreadable | {"what.effect": Read(("She is afraid.",), Mark.SUMMARY)})
    case: Any = effects.case_of(trays.fresh(item))
    boss = Clerk(chromium, site, "boss", width, Role.SUPERVISOR)
    boss.page.goto(f"{site}/staff/cases/{case.reference}")
    boss.look("case")
    boss.page.goto(f"{site}/staff/post/check/{case.reference}")
    boss.look("check")
    boss.page.locator("input[value='you.name']").check()
    boss.page.locator("main button[type=submit]").click()
    boss.page.wait_for_url(f"**/cases/{case.reference}*")
    assert "Now correct on the case: Full name" in boss.page.text_content("main")
    boss.page.goto(f"{site}/staff/post/measures")
    boss.look("figures")
    boss.leave()
