"""A morning at the triage desk by keyboard alone: the next case, read, answered, closed, and the next."""

from __future__ import annotations

import uuid

from tests.journeys import sayings
from tests.journeys.conftest import Visit
from tests.journeys.installation import PASSWORD, Installation
from tests.journeys.keyboard import Keyboard

REPLY = "Thank you. We have told the officers."


def test_two_cases_are_answered_one_after_the_other_without_a_mouse(installation: Installation, visit: Visit) -> None:
    waiting = [comment(installation, name) for name in ("Ademola Wickremasinghe", "Wulandari")]
    make_urgent(installation, waiting)
    at = visit()
    keys = Keyboard(at)
    at.open("/staff/sign-in")
    keys.write("Email address", "triage2@demo.example")
    keys.write("Password", PASSWORD)
    keys.follow("Sign in")

    # a letter leads to what a whole desk presses all day
    keys.keys.press("n")
    assert keys.focus()["name"].startswith("Next")
    keys.enter()
    for case in waiting:
        assert at.path == f"/staff/cases/{case}"
        at.sees("Comment", sayings.WHAT)
        keys.follow("Reply")
        keys.write("Your reply", REPLY)
        keys.follow("See it as they will")
        at.page.wait_for_function("document.activeElement.id === 'seen'")
        at.sees("Email to", REPLY)
        keys.tab_to("The message")
        at.page.locator("#words").focus()
        keys.follow("Reply, close and next")
        at.sees(f"{case}: replied and closed.")
    assert at.path not in {f"/staff/cases/{case}" for case in waiting}


def comment(installation: Installation, name: str) -> str:
    """Somebody comments; the reference."""
    email = f"comment.{uuid.uuid4().hex[:10]}@example.org"
    reference, _ = sayings.say(installation, name, email, "comment", "camden")
    # what is delivered is still written to the case
    installation.mail(email, "we have received what you sent")
    return reference


def make_urgent(installation: Installation, references: list[str]) -> None:
    """What only time would bring: nothing is more urgent than these, the first of them first."""
    for reference in reversed(references):
        installation.sql(
            "UPDATE cases SET next_due_on = (SELECT min(next_due_on) - 1 FROM cases) WHERE reference = %(reference)s",
            reference=reference,
        )
