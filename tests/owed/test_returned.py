"""Post that came back: what else waits for the same person goes nowhere until somebody has seen to the address."""

from __future__ import annotations

from typing import Any

import pytest

from casework.cases import service as cases
from casework.extensions import db
from casework.feedback.service import Person
from casework.history.models import Event
from casework.moments import now, today
from casework.outbox.models import Owed
from casework.owed import runs
from casework.owed.models import RunLetter
from casework.post import exceptions, service
from casework.post.models import Item
from casework.workflow import Refused
from tests import factories, needs, sayings
from tests.desks import at_the_desk, send
from tests.owed.letters import by_letter, letters_of
from tests.owed.running import make_run, work

pytestmark = [
    pytest.mark.usefixtures("demo_mode"),
    needs.pango,
]


@pytest.fixture
def case(app: Any, cast: Any) -> Any:
    """Feedback by letter, whose second letter waits."""
    made = sayings.concern(person=Person("Ama Mensah", address="4 Mill Lane", postcode="N1 1AA", channel="letter"))
    first = letters(made)[0]
    first.done_at = first.closed_at = now()
    cases.perform(made, "ask", cast.triage, private={"words": "When was it?"})
    db.session.commit()
    return made


def letters(case: Any) -> list[Owed]:
    return db.session.query(Owed).filter_by(stream_id=case.stream_id, channel="letter").order_by(Owed.id).all()


def came_back(case: Any, cast: Any) -> None:
    """Our first letter is in the tray of today."""
    batch = service.open_batch(
        cast.clerk, tray="A", arrived_on=today(), envelopes=1, area_id=factories.area("north").id
    )
    item = db.session.query(Item).filter_by(batch_id=batch.id).one()
    exceptions.came_back(item, letters(case)[0], cast.clerk, "Gone away")
    db.session.commit()


def test_a_letter_to_whom_post_came_back_is_held_and_says_why(app: Any, cast: Any, case: Any) -> None:
    other = by_letter()
    desk = at_the_desk(app, cast, "clerk")
    assert len(letters_of(desk)) == 2 and "came back" not in desk.words
    came_back(case, cast)
    waiting = letters(case)[1]
    assert waiting.closed_at is None and letters_of(desk) == [letters(other.ride)[0].id]
    assert "Held: post to them came back" in desk.words and case.reference in desk.words
    run = make_run(desk)
    assert [row.owed_id for row in db.session.query(RunLetter)] == [letters(other.ride)[0].id] and run.state == "ready"
    with pytest.raises(Refused):
        runs.make([waiting.id], cast.clerk)
    desk.get("/staff/letters")
    desk.follow(desk.post("/staff/letters/print", {"letter": str(waiting.id)}))
    assert db.session.get_one(Owed, waiting.id, populate_existing=True).prints == 0


def test_it_goes_on_once_somebody_says_that_the_address_is_right(app: Any, cast: Any, case: Any) -> None:
    came_back(case, cast)
    waiting = letters(case)[1].id
    path = f"/staff/letters/{waiting}/address-good"
    stranger = at_the_desk(app, cast, "clerk_south")
    stranger.get("/staff/letters")
    assert case.reference not in stranger.words and stranger.post(path).status_code == 404
    desk = at_the_desk(app, cast, "clerk")
    desk.get("/staff/letters")
    for _ in range(2):
        desk.follow(desk.post(path))
    assert "letters are posted to this address again" in desk.words and "Held:" not in desk.words
    assert letters_of(desk) == [waiting]
    assert db.session.query(Event).filter_by(stream_id=case.stream_id, action="address_good").count() == 1


def test_it_goes_on_to_the_new_address_once_that_is_corrected(app: Any, cast: Any, case: Any) -> None:
    came_back(case, cast)
    waiting = letters(case)[1].id
    triage = at_the_desk(app, cast, "triage")
    triage.get("/staff/letters")
    assert "Correct the address" in triage.words
    party = sayings.party_of(case)
    path = f"/staff/cases/{case.reference}/details?party={party.id}"
    given = {"channel": "letter", "checked": "called-back", "safe_times": "after 6pm"}
    assert send(triage, path, given).status_code == 303
    triage.get("/staff/letters")
    assert "Held:" in triage.words, "another detail is not another address"
    assert send(triage, path, given | {"address": "7 Long Acre", "postcode": "WC2E 9LY"}).status_code == 303
    assert waiting in letters_of(triage) and "Held:" not in triage.words
    make_run(triage)
    assert waiting in {row.owed_id for row in db.session.query(RunLetter).filter_by(live=True)}


def test_what_comes_back_while_a_run_is_made_is_left_out_of_it(app: Any, cast: Any, case: Any) -> None:
    waiting = letters(case)[1].id
    runs.make([waiting], cast.clerk)
    db.session.commit()
    came_back(case, cast)
    work()
    left = db.session.query(RunLetter).one()
    assert (left.live, left.why) == (False, "post to them came back")
    assert db.session.get_one(Owed, waiting).closed_at is None
    desk = at_the_desk(app, cast, "clerk")
    desk.get("/staff/letters")
    assert "Held: post to them came back" in desk.words


def test_what_comes_back_once_a_run_is_printed_is_marked_and_can_be_taken_out(app: Any, cast: Any, case: Any) -> None:
    waiting = letters(case)[1].id
    other = letters(by_letter().ride)[0].id
    desk = at_the_desk(app, cast, "clerk")
    run = make_run(desk)
    path = f"/staff/letters/runs/{run.id}"
    desk.get(path)
    desk.follow(desk.post(f"{path}/print"))
    assert "came back" not in desk.words
    came_back(case, cast)
    desk.get(path)
    assert "Post to the people of 1 letter came back since this run was made" in desk.words
    assert desk.words.count("Post to them came back") == 1
    desk.follow(desk.post(f"{path}/take-out", {"letter": str(waiting)}))
    assert "came back" not in desk.words.replace("Left out: taken out", "")
    assert {row.owed_id for row in db.session.query(RunLetter).filter_by(live=True)} == {other}
    db.session.get_one(Owed, other).closed_at = now()
    db.session.commit()
    desk.get(path)
    assert "Not wanted any more" in desk.words
