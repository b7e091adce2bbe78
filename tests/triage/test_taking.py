"""What staff write down for somebody: from the day on which it reached us, nothing lost, and one page makes one case."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from casework.cases.models import Case
from casework.complaints.models import Complaint
from casework.extensions import db
from casework.feedback.models import Feedback
from casework.moments import today
from casework.parties.models import Party
from casework.triage import keyed
from tests import factories, sayings
from tests.browser import Browser
from tests.desks import at_the_desk, value_of
from tests.races.test_races import at_once
from tests.saying.steps import ANSWERS, WORDS
from tests.triage.channels import parts, picture

pytestmark = pytest.mark.usefixtures("demo_mode")
PATH = "/staff/feedback/key-in"


def answers(**changes: dict[str, Any]) -> dict[str, Any]:
    """The same answers as online, as the one page names them."""
    given = ANSWERS | changes
    return {f"{slug}-{name}": value for slug, page in given.items() for name, value in page.items()}


def taken(desk: Browser, fields: dict[str, Any], via: str = "phone") -> Any:
    """Open the page, fill it in, send it."""
    assert desk.get(PATH).status_code == 200, desk.words[:300]
    return desk.post(PATH, {"key": value_of(desk, "key"), "via": via, **fields})


@pytest.mark.parametrize(("via", "thing"), [("post", "letter"), ("email", "email")])
def test_what_is_written_counts_from_the_day_on_which_it_arrived(app: Any, cast: Any, via: str, thing: str) -> None:
    desk = at_the_desk(app, cast, "handler")
    fields = answers(want={"want": "complaint"}, when={})
    assert taken(desk, fields, via).status_code == 400
    assert f"Enter the day on which the {thing} arrived" in desk.words
    for day in (today() + timedelta(days=1), today() - timedelta(days=61)):
        assert taken(desk, fields | parts("received_on", day), via).status_code == 400
    assert db.session.query(Case).count() == 0
    arrived = today() - timedelta(days=9)
    answer = taken(desk, fields | parts("received_on", arrived), via)
    letter = db.session.query(Complaint).one()
    assert letter.received_on == arrived and letter.channel == via
    # Nowhere known where it was: only who sees the whole force can open it, and whoever wrote it down has its code.
    assert answer.headers["Location"] == f"/staff/feedback/taken/{letter.reference}"
    same = sayings.complaint(received_on=arrived, borough_id=None, happened_on=None)
    assert picture(letter)["duties"] == picture(same)["duties"]


def test_a_wrong_answer_keeps_every_word_that_was_typed(app: Any, cast: Any) -> None:
    desk = at_the_desk(app, cast, "supervisor")
    fields = answers(contact={"channel": "email", "email": "not an address", "safe_times": "After six"})
    assert taken(desk, fields, via="").status_code == 400
    for said in ("Choose how it came", WORDS, "There is a problem"):
        assert said in desk.words, said
    for typed in ("not an address", "After six", "SR 4411", "Chidi Abara", "High Street, outside the library"):
        assert f'value="{typed}"' in desk.text, typed
    assert taken(desk, answers(what={"what": ""})).status_code == 400 and "Tell us what happened" in desk.words
    assert taken(desk, answers(what={"what": "\x00"})).status_code == 400
    assert db.session.query(Case).count() == 0


def test_nothing_typed_is_left_out_unsaid(app: Any, cast: Any) -> None:
    desk = at_the_desk(app, cast)  # a coordinator does not take feedback down
    assert desk.get(PATH).status_code == 403
    desk = at_the_desk(app, cast, "triage")
    assert taken(desk, answers(you={"named": "anonymous"})).status_code == 400
    assert "Without a name we keep no details" in desk.words and 'value="chidi@example.org"' in desk.text
    assert taken(desk, answers(other={"name": "Ama Abara"})).status_code == 400
    assert "choose that they act for them" in desk.words
    child = {"name": "Ama Abara", "authority": "parent-under-16"}
    assert taken(desk, answers(you=ANSWERS["you"] | {"relation": "behalf"}, other=child)).status_code == 303
    case = db.session.query(Feedback).one()
    assert sayings.party_of(case, "guardian").acts and sayings.party_of(case).name == "Ama Abara"


def test_a_double_click_makes_one_case_and_another_caller_another(app: Any, cast: Any) -> None:
    desk = at_the_desk(app, cast, "triage")
    desk.get(PATH)
    fields = {"key": value_of(desk, "key"), "via": "phone", "csrf_token": desk.token(), **answers()}
    first, second = desk.post(PATH, fields), desk.post(PATH, fields)
    case = db.session.query(Case).one()
    assert first.headers["Location"] == second.headers["Location"] == f"/staff/cases/{case.reference}"
    assert db.session.query(Party).count() == 1
    # Two people who say the very same are two, and the key of one member of staff is not that of another.
    assert taken(desk, answers()).status_code == 303
    other = at_the_desk(app, cast, "handler")
    other.get(PATH)
    assert other.post(PATH, fields | {"csrf_token": other.token()}).status_code == 303
    assert db.session.query(Case).count() == 3
    assert desk.post(PATH, fields | {"key": ""}).status_code == 400


def test_two_presses_at_the_very_same_moment_make_one_case(app: Any, cast: Any) -> None:
    clerk, told = cast.clerk, sayings.told()

    def press() -> str:
        case = keyed.take_down(told, clerk, "one-key", received_on=today(), via="phone")
        db.session.commit()
        return str(case.reference)

    assert len(set(at_once(app, [press] * 4))) == 1
    assert db.session.query(Case).count() == 1


def test_who_stays_anonymous_is_told_reference_and_code_by_whoever_wrote_it_down(
    app: Any, cast: Any, caplog: Any
) -> None:
    desk = at_the_desk(app, cast, "triage")
    with caplog.at_level("DEBUG"):
        answer = taken(desk, answers(you={"named": "anonymous"}, contact={}, needs={}))
    assert "library" not in caplog.text
    case = db.session.query(Feedback).one()
    where = answer.headers["Location"]
    assert case.anonymous and where == f"/staff/feedback/taken/{case.reference}"
    desk.get(where)
    code = desk.text.partition("<dt>Code</dt>")[2].partition(">")[2].partition("<")[0]
    visitor = Browser(app)
    assert visitor.follow(visitor.submit("/track", {"reference": case.reference, "code": code})).status_code == 200
    assert case.reference in visitor.words
    for who in ("handler", "clerk"):
        assert at_the_desk(app, cast, who).get(where).status_code == 404


def test_what_happened_elsewhere_goes_there_and_is_not_seen_here(app: Any, cast: Any) -> None:
    desk = at_the_desk(app, cast, "triage_south")
    answer = taken(desk, answers())
    case = db.session.query(Feedback).one()
    assert case.area_id == factories.area("north").id
    assert desk.follow(answer).status_code == 200 and "Open the case" not in desk.words
    assert desk.get(f"/staff/cases/{case.reference}").status_code == 404
