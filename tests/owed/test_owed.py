"""Calls to make and letters to post: what no worker can do, done by people, and kept like an e-mail."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from casework.cases import service as cases
from casework.extensions import db
from casework.history.models import Event
from casework.moments import moved_to, now, today
from casework.outbox.models import Call, Owed, Sent
from casework.parties import secrets
from casework.parties.models import Party
from casework.rides import service as rides
from casework.schedule import service as schedule
from tests import factories
from tests.desks import at_the_desk, on, value_of
from tests.owed.letters import by_letter, owed, print_letter


def by_phone(**facts: Any) -> factories.Made:
    """An applicant who wants to be telephoned."""
    made = factories.ride(channel="phone", safe_times="after 6pm", **facts)
    db.session.commit()
    return made


def try_at(app: Any, cast: Any, moment: Any, result: str, who: str = "coordinator") -> Any:
    """Log one try at the only call."""
    with on(app, cast, who, moment) as desk:
        path = f"/staff/calls/{owed('call').id}"
        desk.get(path)
        return desk.post(path, {"tries": value_of(desk, "tries"), "result": result})


def test_whoever_wants_calls_is_on_the_list_with_number_and_times(app: Any, cast: Any, demo_mode: None) -> None:
    made = by_phone()
    desk = at_the_desk(app, cast)
    desk.get("/staff/calls")
    assert made.ride.reference in desk.words
    assert "020 7946 0018" in desk.words
    assert "after 6pm" in desk.words
    assert "0 of 3" in desk.words
    desk.get(f"/staff/calls/{owed('call').id}")
    assert "Not allowed: leave none" in desk.words
    assert made.ride.reference in desk.words
    assert "/cases/" not in desk.text.replace("/staff/cases/", "")


def test_a_call_that_reached_somebody_is_done_and_what_was_said_is_kept(app: Any, cast: Any, demo_mode: None) -> None:
    made = by_phone()
    assert try_at(app, cast, now(), "reached").status_code == 303
    row = owed("call")
    assert row.done_at is not None
    assert row.closed_at is not None
    sent = db.session.query(Sent).filter_by(owed_id=row.id).one()
    assert made.ride.reference in sent.subject
    assert sent.channel == "call"
    assert db.session.query(Event).filter_by(action="call").one().facts["result"] == "reached"


def test_three_tries_at_different_times_end_a_call_and_three_in_a_row_do_not(
    app: Any, cast: Any, demo_mode: None
) -> None:
    by_phone()
    start = now()
    for minutes in (0, 10, 20):
        try_at(app, cast, start + timedelta(minutes=minutes), "no_answer")
    assert owed("call").closed_at is None
    assert db.session.query(Call).count() == 3
    desk = at_the_desk(app, cast)
    desk.get("/staff/calls")
    assert "1 of 3" in desk.words
    try_at(app, cast, start + timedelta(minutes=61), "voicemail")
    assert owed("call").closed_at is None
    try_at(app, cast, start + timedelta(minutes=125), "no_answer")
    row = owed("call")
    assert row.failed_at is not None
    assert row.done_at is None
    assert row.why == "not reached in 3 tries"
    assert row.settled_at is None


def test_the_call_beside_a_message_is_settled_when_it_was_tried_often_enough(
    app: Any, cast: Any, demo_mode: None
) -> None:
    made = factories.booked(cast)
    moment = made.slot.begins_at - timedelta(hours=20)
    with moved_to(moment):
        schedule.act(made.booking_id, "cancel", cast.coordinator, reason="safety")
        db.session.commit()
    with on(app, cast, "coordinator", moment) as desk:
        desk.get("/staff/calls")
        assert "Urgent" in desk.words
        desk.get(f"/staff/calls/{owed('call').id}")
        assert "Please do not come." in desk.words
        assert "calendar" not in desk.words
    for hours in (0, 2, 4):
        try_at(app, cast, moment + timedelta(hours=hours), "no_answer")
    assert owed("call").settled_at is not None


def test_two_who_try_at_once_the_second_is_told(app: Any, cast: Any, demo_mode: None) -> None:
    by_phone()
    one, two = at_the_desk(app, cast), at_the_desk(app, cast, "clerk")
    path = f"/staff/calls/{owed('call').id}"
    for desk in (one, two):
        desk.get(path)
    assert one.post(path, {"tries": "0", "result": "no_answer"}).status_code == 303
    answer = two.post(path, {"tries": "0", "result": "reached"})
    assert answer.status_code == 409
    assert "Coordinator was faster" in two.words
    one.get(path)
    one.get("/staff/calls")
    assert one.post(path, {"tries": "0", "result": "no_answer"}).status_code == 303
    assert db.session.query(Call).count() == 1


def test_a_letter_is_printed_with_reference_and_code_and_without_links(app: Any, cast: Any, demo_mode: None) -> None:
    made = by_letter()
    party = db.session.query(Party).one()
    desk = at_the_desk(app, cast, "clerk")
    code = print_letter(desk, owed("letter").id)
    assert made.ride.reference in desk.words
    assert "1 High Street" in desk.text
    assert "N1 1AA" in desk.text
    assert code in desk.words
    assert secrets.link_secret(party.id, party.generation) not in desk.text
    assert "with the link below" not in desk.words


def test_letters_are_marked_as_posted_with_day_and_class(app: Any, cast: Any, demo_mode: None) -> None:
    made = by_letter()
    desk = at_the_desk(app, cast, "clerk")
    desk.get("/staff/letters")
    day = today()
    when = {"on-day": str(day.day), "on-month": str(day.month), "on-year": str(day.year), "post_class": "first"}
    assert desk.post("/staff/letters", when).status_code == 400
    assert "Choose at least one letter" in desk.words
    later = day + timedelta(days=1)
    future = {"on-day": str(later.day), "on-month": str(later.month), "on-year": str(later.year)}
    assert desk.post("/staff/letters", when | future | {"letters": str(owed("letter").id)}).status_code == 400
    number = str(owed("letter").id)
    for _ in range(2):
        desk.get("/staff/letters")
        desk.get("/staff/account")
        desk.post("/staff/letters", when | {"letters": number})
    row = owed("letter")
    assert row.done_at is not None
    event = db.session.query(Event).filter_by(action="post").one()
    assert event.facts == {"owed": row.id, "name": "ride-received", "on": day.isoformat(), "post_class": "first"}
    assert db.session.query(Sent).filter_by(owed_id=row.id).one().channel == "letter"
    desk.get("/staff/letters")
    assert made.ride.reference not in desk.words


def test_a_message_that_bounced_is_sent_by_post_instead(app: Any, cast: Any, demo_mode: None) -> None:
    made = factories.ride(address="1 High Street", postcode="N1 1AA")
    db.session.commit()
    row = db.session.query(Owed).one()
    row.failed_at = row.closed_at = now()
    db.session.commit()
    desk = at_the_desk(app, cast)
    desk.get(f"/staff/cases/{made.ride.reference}")
    assert "Send by post instead" in desk.words
    path = f"/staff/cases/{made.ride.reference}/messages/{row.id}/by-post"
    for _ in range(2):
        desk.get(f"/staff/cases/{made.ride.reference}")
        desk.post(path, {})
    assert db.session.query(Owed).filter_by(channel="letter").count() == 1
    assert db.session.get(Owed, row.id).settled_at is not None


def test_without_an_address_nothing_is_sent_by_post_and_that_is_said(app: Any, cast: Any, demo_mode: None) -> None:
    made = factories.ride()
    db.session.commit()
    row = db.session.query(Owed).one()
    row.failed_at = row.closed_at = now()
    db.session.commit()
    desk = at_the_desk(app, cast)
    desk.get(f"/staff/cases/{made.ride.reference}")
    desk.follow(desk.post(f"/staff/cases/{made.ride.reference}/messages/{row.id}/by-post", {}))
    assert "There is no postal address." in desk.words
    assert db.session.get(Owed, row.id).settled_at is None


def test_what_nobody_wants_any_more_can_be_closed_and_what_is_wanted_cannot(
    app: Any, cast: Any, demo_mode: None
) -> None:
    made = by_letter()
    rides.ask(made.ride, "Which days?", cast.coordinator)
    db.session.commit()
    reminder = db.session.query(Owed).filter_by(name="ride-question-reminder").one()
    with on(app, cast, "coordinator", now() + timedelta(days=20)) as desk:
        desk.get("/staff/letters")
        desk.post(f"/staff/owed/letter/{reminder.id}/drop", {})
        assert db.session.get(Owed, reminder.id).closed_at is None
        cases.perform(cases.lock(type(made.ride), made.ride.id), "return_to_triage", cast.coordinator)
        db.session.commit()
        desk.get("/staff/letters")
        assert "nobody needs this letter any more" in desk.words
        desk.post(f"/staff/owed/letter/{reminder.id}/drop", {})
    assert db.session.get(Owed, reminder.id).dropped_at is not None


@pytest.mark.parametrize("who", ["coordinator_south", "host", "vetting_officer", "admin"])
def test_others_find_neither_calls_nor_letters_of_ours(app: Any, cast: Any, demo_mode: None, who: str) -> None:
    north = (factories.area("north").id,)
    call, letter = by_phone(wishes=north), by_letter(name="Bo", wishes=north)
    desk = at_the_desk(app, cast, who)
    for path in ("/staff/calls", "/staff/letters", "/staff/letters/print"):
        answer = desk.get(path)
        assert answer.status_code == (200 if who == "coordinator_south" else 403)
        assert call.ride.reference not in desk.words
        assert letter.ride.reference not in desk.words
    expected = 404 if who == "coordinator_south" else 403
    one, two = owed("call").id, owed("letter").id
    for path in (f"/staff/calls/{one}", f"/staff/letters/print?letter={two}"):
        assert desk.get(path).status_code == expected
    for path in (
        f"/staff/calls/{one}",
        "/staff/letters/print",
        f"/staff/owed/letter/{two}/drop",
        f"/staff/owed/call/{one}/drop",
    ):
        desk.get("/staff/account")
        assert desk.post(path, {"tries": "0", "result": "reached", "letter": str(two)}).status_code == expected
    desk.get("/staff/account")
    desk.post("/staff/letters", {"letters": str(two), "post_class": "first"})
    assert owed("letter").closed_at is None
    assert owed("letter").code_generation is None


def test_hostile_names_and_addresses_are_printed_as_words(app: Any, cast: Any, demo_mode: None) -> None:
    evil = "<script>alert(1)</script>"
    factories.ride(name=evil, channel="letter", email="", address=evil, postcode="N1 1AA")
    made = factories.ride(name=f"Bo {evil}", channel="phone", email="", phone="020 7946 0001", safe_times=evil)
    rides.ask(made.ride, evil, cast.coordinator)
    db.session.commit()
    desk = at_the_desk(app, cast)
    print_letter(desk, owed("letter").id)
    pages = ["/staff/calls", "/staff/letters", "/staff/letters/print"]
    pages += [f"/staff/calls/{row.id}" for row in db.session.query(Owed).filter_by(channel="call")]
    for path in pages:
        desk.get(path)
        assert "<script>alert" not in desk.text, path
        assert "&lt;script&gt;" in desk.text, path
