"""What a print run leaves out: what nobody wants, what is spoilt, whoever has no address."""

from __future__ import annotations

from typing import Any

from casework.extensions import db
from casework.moments import now, today
from casework.outbox.models import Owed
from casework.owed.models import Run, RunLetter
from casework.parties.models import Party
from tests import needs
from tests.desks import at_the_desk
from tests.owed.letters import by_letter, letters_of
from tests.owed.running import day_of, make_run, press, the_run, work

pytestmark = needs.pango


def test_what_nobody_wants_any_more_is_left_out_of_a_run_and_closed(app: Any, cast: Any, demo_mode: None) -> None:
    gone, kept = by_letter(name="Ama"), by_letter(name="Bo")
    desk = at_the_desk(app, cast, "clerk")
    desk.get("/staff/letters")
    desk.post("/staff/letters/runs")
    gone.ride.applicant.erased_at = now()
    db.session.commit()
    work()
    run = the_run()
    assert run.state == "ready"
    left = db.session.query(RunLetter).filter_by(live=True).one()
    assert db.session.get_one(Owed, left.owed_id).stream_id == kept.ride.stream_id
    dropped = db.session.query(Owed).filter(Owed.dropped_at.is_not(None)).one()
    assert dropped.stream_id == gone.ride.stream_id and dropped.why == "the person was erased"


def test_a_run_of_letters_that_nobody_wants_gives_itself_up(app: Any, cast: Any, demo_mode: None) -> None:
    gone = by_letter()
    desk = at_the_desk(app, cast, "clerk")
    desk.get("/staff/letters")
    desk.post("/staff/letters/runs")
    gone.ride.applicant.erased_at = now()
    db.session.commit()
    work()
    assert the_run().state == "abandoned"


def test_a_spoilt_letter_is_taken_out_and_waits_for_the_next_run(app: Any, cast: Any, demo_mode: None) -> None:
    by_letter(name="Ama"), by_letter(name="Bo")
    desk = at_the_desk(app, cast, "clerk")
    run = make_run(desk)
    press(desk, run.id, "print")
    spoilt = db.session.query(RunLetter).order_by(RunLetter.id).first().owed_id
    assert press(desk, run.id, "take-out", {"letter": str(spoilt)}).status_code == 303
    press(desk, run.id, "count", {"envelopes": "1"})
    press(desk, run.id, "post", day_of(today()))
    db.session.expire_all()
    assert db.session.get_one(Owed, spoilt).closed_at is None
    assert letters_of(desk) == [spoilt]
    press(desk, make_run(desk).id, "abandon")
    assert letters_of(desk) == [spoilt]


def test_whoever_has_no_address_is_on_the_list_and_in_no_run(app: Any, cast: Any, demo_mode: None) -> None:
    made = by_letter()
    db.session.query(Party).one().address = None
    db.session.commit()
    desk = at_the_desk(app, cast, "clerk")
    desk.get("/staff/letters")
    desk.post("/staff/letters/runs")
    assert db.session.query(Run).count() == 0
    desk.get("/staff/letters")
    assert made.ride.reference in desk.words and "No address" in desk.words


def test_a_letter_that_was_closed_while_its_run_was_made_is_left_out(app: Any, cast: Any, demo_mode: None) -> None:
    by_letter(name="Ama"), by_letter(name="Bo")
    desk = at_the_desk(app, cast, "clerk")
    desk.get("/staff/letters")
    desk.post("/staff/letters/runs")
    first = db.session.query(Owed).filter_by(channel="letter").order_by(Owed.id).first()
    first.dropped_at = first.closed_at = now()
    db.session.commit()
    work()
    assert the_run().state == "ready"
    assert db.session.query(RunLetter).filter_by(live=True).one().owed_id != first.id
