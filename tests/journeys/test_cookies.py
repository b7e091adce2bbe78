"""The question about cookies, without script: yes, no, a choice of one's own, and a browser that keeps nothing."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import Visit
from tests.journeys.visitor import DESKTOP, PHONE, Visitor


def cookies(visitor: Visitor) -> dict[str, str]:
    return {each["name"]: each["value"] for each in visitor.context.cookies()}


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize(("button", "words", "kept"), [("Accept", "accepted", "1"), ("Reject", "rejected", "0")])
def test_yes_and_no_are_one_press_away_and_said_once(
    visit: Visit, size: dict[str, int], button: str, words: str, kept: str
) -> None:
    somebody = visit(size, script=False)
    somebody.open("/ride-along")
    assert not cookies(somebody)
    somebody.press(f"{button} page counts")
    assert somebody.path == "/ride-along"
    somebody.sees(f"You {words} page counts")
    somebody.follow("Hide this message")
    somebody.sees_not("Cookies on this service", f"You {words} page counts")
    assert cookies(somebody) == {"casework_cookies": f"page_counts:{kept}"}
    somebody.open("/contact")
    somebody.sees_not("Accept page counts")


def test_whoever_wants_to_choose_reads_what_each_cookie_is_for(visit: Visit) -> None:
    somebody = visit(PHONE, script=False)
    somebody.open("/contact")
    somebody.follow("Choose on the cookies page")
    somebody.sees("Essential cookies", "casework_cookies", "1 year")
    assert not somebody.page.get_by_label("Yes").is_checked()
    somebody.page.locator("main").get_by_label("Yes").check(force=True)
    somebody.press("Save my choice")
    somebody.sees("We keep your choice for a year.")
    assert cookies(somebody)["casework_cookies"].startswith("page_counts:1")
    somebody.follow("Go back to the page that you were looking at")
    assert somebody.path == "/contact"


def test_a_browser_that_keeps_no_cookie_is_told_so(visit: Visit) -> None:
    somebody = visit(script=False)
    somebody.open("/cookies/kept?back=/contact")
    somebody.sees("Sorry")
