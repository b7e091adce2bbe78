"""Acting for somebody else: a parent alone for a child, anybody else with a yes, nobody refused for want of a form."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from casework.complaints.models import Complaint
from casework.extensions import db
from casework.feedback.models import Feedback
from casework.moments import moved_to, now
from casework.outbox.models import Owed
from casework.parties import secrets
from casework.parties.models import Party
from tests.browser import Browser
from tests.saying.steps import ANSWERS, fill, send

BEHALF = ANSWERS["you"] | {"relation": "behalf"}
CHILD = {"name": "Ife Abara", "born-day": "1", "born-month": "2", "born-year": "2014", "authority": "parent-under-16"}
ADULT = {"name": "Tunde Bello", "authority": "consent", "email": "tunde@example.org"}


def people() -> dict[str, Party]:
    return {party.part: party for party in db.session.query(Party)}


def owed() -> set[tuple[str, str, str]]:
    return {(each.name, each.part, each.channel) for each in db.session.query(Owed)}


def test_a_parent_acts_alone_for_a_child_under_16(client: Browser) -> None:
    fill(client, you=BEHALF, other=CHILD)
    send(client)
    case, found = db.session.query(Feedback).one(), people()
    assert set(found) == {"complainant", "guardian"}
    child, parent = found["complainant"], found["guardian"]
    assert (child.name, child.acts, child.channel, child.email) == ("Ife Abara", False, "page", None)
    assert (parent.name, parent.acts, parent.email) == ("Chidi Abara", True, "chidi@example.org")
    assert case.encounter.authority == "parent-under-16"
    assert owed() == {("feedback-received", f"party:{parent.id}", "email")}, "the child is not written to"
    assert secrets.code(parent.id, 1) in client.words
    assert "must say yes" not in client.words


def test_a_parent_of_somebody_of_16_is_asked_to_choose_again(client: Browser) -> None:
    with moved_to(now().replace(year=2030, month=1, day=31, hour=12)):
        client.submit("/feedback/say/you", BEHALF)
        assert client.submit("/feedback/say/other", CHILD).status_code == 302
    with moved_to(now().replace(year=2030, month=2, day=1, hour=12)):
        client.submit("/feedback/say/you", BEHALF)
        assert client.submit("/feedback/say/other", CHILD).status_code == 400
        assert "they are 16 or over" in client.words
        assert "Ife Abara" in client.text


@pytest.mark.parametrize("want", ["concern", "complaint"])
@pytest.mark.parametrize(
    ("reach", "channel"),
    [
        ({"email": "tunde@example.org"}, "email"),
        ({"email": "", "address": "2 Low Road", "postcode": "n1 1aa"}, "letter"),
    ],
)
def test_somebody_of_16_or_over_is_asked_by_us(client: Browser, want: str, reach: dict[str, Any], channel: str) -> None:
    fill(client, want={"want": want}, you=BEHALF, other=ADULT | reach)
    send(client)
    found = people()
    assert set(found) == {"complainant", "representative"}
    person, other = found["complainant"], found["representative"]
    assert (person.name, person.acts, person.channel) == ("Tunde Bello", True, channel)
    assert (other.name, other.acts) == ("Chidi Abara", False)
    asked = ("authority-wanted", f"party:{person.id}", channel)
    if want == "concern":
        assert owed() == {asked, ("feedback-received", f"party:{person.id}", channel)}, "the other is told nothing yet"
    else:  # that a complaint has arrived, and no more, is acknowledged to both
        both = {
            ("complaint-received", f"party:{person.id}", channel),
            ("complaint-received", f"party:{other.id}", "email"),
        }
        assert owed() == both | {asked}
    assert "They must say yes to you acting for them" in client.words
    assert "them, and you once they have said yes," in client.words


def test_whoever_sent_it_comes_in_as_themselves_not_as_the_person_concerned(client: Browser) -> None:
    fill(client, you=BEHALF, other=ADULT)
    send(client)
    found = people()
    assert secrets.code(found["representative"].id, 1) in client.words
    assert secrets.code(found["complainant"].id, 1) not in client.words


def test_nobody_is_refused_because_the_other_cannot_be_reached(client: Browser) -> None:
    fill(client, want={"want": "complaint"}, you=BEHALF, other={})
    send(client)
    case, found = db.session.query(Complaint).one(), people()
    assert case.state == "received"
    assert (found["complainant"].channel, found["representative"].acts) == ("page", False)
    assert "authority-wanted" not in {name for name, _, _ in owed()}
    assert "You did not tell us how to reach them" in client.words


def test_an_anonymous_person_is_not_asked_for_whom_they_act(client: Browser) -> None:
    you = {"named": "anonymous", "relation": "behalf"}
    fill(client, you=you, leave_out=("contact", "needs"))
    send(client)
    case = db.session.query(Feedback).one()
    assert (case.anonymous, case.encounter.relation, set(people())) == (True, "behalf", {"complainant"})


def test_what_was_typed_of_another_is_left_out_once_it_is_not_asked(client: Browser) -> None:
    client.submit("/feedback/say/you", BEHALF)
    client.submit("/feedback/say/other", ADULT)
    fill(client, you=ANSWERS["you"])
    assert "Tunde" not in client.words
    send(client)
    assert {part: party.name for part, party in people().items()} == {"complainant": "Chidi Abara"}
    assert db.session.query(Feedback).one().encounter.happened_on == date(2026, 11, 20)
