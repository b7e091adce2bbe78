"""What somebody sees when something is wrong, and that nothing typed is lost by it."""

from __future__ import annotations

import re

import pytest

from tests.journeys import plain
from tests.journeys.conftest import Visit
from tests.journeys.installation import Installation
from tests.journeys.visitor import DESKTOP, PHONE


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_an_address_that_leads_nowhere_says_what_to_try(visit: Visit, size: dict[str, int]) -> None:
    somebody = visit(size, script=False)
    for address in ("/nowhere", "/ride-along/apply/nothing"):
        somebody.open(address)
        assert somebody.status == 404
        somebody.sees("Page not found", "If you typed the web address, check that it is correct.")
    somebody.open("/cases/" + "A" * 43)
    assert somebody.status == 404
    somebody.sees("This link does not work", "Have a fresh link sent to you")


def test_a_page_of_another_role_and_a_case_of_another_area_stay_closed(
    installation: Installation, visit: Visit
) -> None:
    reference, _ = plain.apply(installation, "Somebody Elsewhere", "elsewhere@example.org", "central-north")
    clerk = visit(PHONE).sign_in("clerk")
    clerk.open("/staff/vetting")
    assert clerk.status == 403
    clerk.sees("You cannot open this page", "go to the start page")
    coordinator = visit().sign_in("coordinator-b")
    coordinator.open(f"/staff/cases/{reference}")
    assert coordinator.status == 404
    coordinator.sees("Page not found")
    coordinator.sees_not("Somebody Elsewhere")


def test_a_fault_of_ours_has_a_number_by_which_staff_find_it(installation: Installation, visit: Visit) -> None:
    coordinator = visit().sign_in("coordinator-b")
    coordinator.write("Search by reference, name, email or words", "nobody of this name")
    coordinator.press("Search")
    coordinator.sees("Nothing was found.")
    key = coordinator.path.rpartition("/")[2]
    installation.sql("UPDATE searches SET words_sealed = 'broken' WHERE key = %(key)s", key=key)
    coordinator.open(coordinator.path)
    assert coordinator.status == 500
    coordinator.sees("Sorry, there is a problem with the service", "Try again later.")
    number = re.search(r"IN-\w{4}-\w{4}-\w", coordinator.words)
    assert number
    coordinator.open("/staff/incidents")
    coordinator.write("The number that the visitor was shown", number[0].lower())
    coordinator.press("Find", "main")
    coordinator.sees(number[0], "GET /staff/search/<key>")


def test_a_note_typed_into_a_session_that_had_ended_comes_back_after_signing_in(
    installation: Installation, visit: Visit
) -> None:
    reference, _ = plain.apply(installation, "Nguyễn Thị Ánh", "anh@example.org", "central-north")
    coordinator = visit().sign_in("coordinator2-b")
    coordinator.open(f"/staff/cases/{reference}")
    coordinator.write("Add a note. It is never sent.", "She called: Sundays only.\nNot before ten.")
    installation.sql(
        """UPDATE sessions SET seen_at = now() - interval '31 minutes'
           WHERE account_id = (SELECT id FROM accounts WHERE email = 'coordinator2-b@demo.example')"""
    )
    coordinator.press("Add note")
    coordinator.sees("Sign in")
    coordinator.sign_in_here("coordinator2-b")
    coordinator.sees("Your answers are still here", "She called: Sundays only.")
    coordinator.press("Send again")
    coordinator.sees("She called: Sundays only. Not before ten.", reference)


def test_somebody_whose_case_was_closed_on_the_device_is_told_how_to_open_it(
    installation: Installation, visit: Visit
) -> None:
    somebody = visit(PHONE)
    somebody.open("/track/case")
    assert somebody.path == "/track"
    somebody.sees("For your safety it was closed on this device. Open it again here.")
