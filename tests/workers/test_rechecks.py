"""What was owed and is not wanted any more when its time comes: dropped, with the reason, and never sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from casework.cases import service as cases
from casework.drafting import service as drafts
from casework.extensions import db
from casework.history import service as history
from casework.moments import moved_to, now
from casework.outbox import service as outbox
from casework.outbox.models import Owed
from casework.parties.models import ContactChange
from casework.rides import service as rides
from casework.rides.models import Scheme, SchemeNotice
from casework.roles import SYSTEM
from casework.schedule import service as schedule
from tests import factories
from tests.sinks import Sink
from workers.drain import drain


def owed(name: str) -> Owed:
    db.session.expire_all()
    return db.session.query(Owed).filter_by(name=name).one()


def only(*names: str) -> None:
    """Everything else that was owed is out of the way."""
    db.session.execute(text("delete from outbox where name <> all(:names)"), {"names": list(names)})
    db.session.commit()


def just_before(ride: Any) -> datetime:
    return ride.slot.during.lower - timedelta(hours=47)


def test_reminders_of_a_booked_ride_go_out_when_due(app: Any, cast: Any, sink: Sink) -> None:
    made = factories.booked(cast)
    only("ride-reminder-week", "ride-reminder-two-days", "ride-reminder-morning")
    with moved_to(just_before(made)):
        assert drain() == 2
    with moved_to(made.slot.during.lower - timedelta(hours=1)):
        assert drain() == 1
    assert [str(received.message["Subject"]).partition(": ")[2] for received in sink.received][
        -1
    ] == "your ride is today"


def test_a_reminder_of_a_ride_that_was_cancelled_is_dropped(app: Any, cast: Any, sink: Sink) -> None:
    made = factories.booked(cast)
    schedule.act(made.booking_id, "cancel", cast.coordinator, reason="weather")
    only("ride-reminder-two-days")
    with moved_to(just_before(made)):
        assert drain() == 0
    row = owed("ride-reminder-two-days")
    assert row.dropped_at and row.why == "it has moved on since" and not sink.received


def test_a_reminder_that_is_too_late_is_dropped(app: Any, cast: Any, sink: Sink) -> None:
    made = factories.booked(cast)
    only("ride-reminder-morning")
    with moved_to(made.slot.during.lower + timedelta(hours=1)):
        drain()
    assert owed("ride-reminder-morning").why == "the ride has begun" and not sink.received


def test_a_reminder_of_a_question_that_was_answered_is_dropped_even_if_another_was_asked(
    app: Any, cast: Any, sink: Sink
) -> None:
    made = factories.ride()
    rides.ask(made.ride, "Where do you live?", cast.coordinator)
    rides.answer(made.ride, "In North.", made.applicant)
    rides.ask(made.ride, "Since when?", cast.coordinator)
    only("ride-question-reminder")
    with moved_to(now() + timedelta(days=15)):
        assert drain() == 1
    first, second = db.session.query(Owed).order_by(Owed.id)
    assert first.why == "it has moved on since" and second.done_at
    body = sink.received[0].message.get_body(("plain",))
    assert body is not None and "Since when?" in body.get_content() and "Where do" not in body.get_content()


def test_a_reminder_to_somebody_who_withdrew_is_dropped(app: Any, cast: Any, sink: Sink) -> None:
    made = factories.ride()
    cases.perform(made.ride, "invite", cast.coordinator)
    rides.withdraw(made.ride, made.applicant)
    only("ride-next-part-reminder")
    with moved_to(now() + timedelta(days=15)):
        drain()
    assert owed("ride-next-part-reminder").dropped_at and not sink.received


def test_nobody_is_asked_for_feedback_that_they_gave(app: Any, cast: Any, sink: Sink) -> None:
    made = factories.booked(cast)
    db.session.execute(text("update bookings set state = 'completed'"))
    db.session.execute(text("update cases set state = 'done'"))
    event = history.append(
        made.ride.stream_id, "complete", SYSTEM, subject=("booking", made.booking_id), states=("started", "completed")
    )
    for name in ("ride-thanks", "ride-feedback-again"):
        party = made.ride.applicant
        outbox.owe(event, name, f"party:{party.id}", recheck=name == "ride-feedback-again")
    db.session.commit()
    only("ride-thanks")
    assert drain() == 1
    outbox.owe(event, "ride-feedback-again", f"party:{made.ride.applicant.id}", recheck=True)
    db.session.execute(text("update cases set state = 'closed'"))
    db.session.commit()
    drain()
    assert owed("ride-feedback-again").why == "the feedback was given, or its time is over"


def test_an_offer_that_was_answered_is_not_offered_any_more(app: Any, cast: Any, sink: Sink) -> None:
    made = factories.offered(cast)
    schedule.act(made.booking_id, "decline", made.applicant)
    only("ride-offered")
    drain()
    assert owed("ride-offered").why == "the offer was answered" and not sink.received


def test_somebody_erased_while_their_message_is_in_hand_gets_nothing(
    owe: Callable[..., Any], sink: Sink, monkeypatch: Any
) -> None:
    from workers import drain as draining

    row = owe("ada@example.org")
    render = draining.emails.render

    def erased_meanwhile(*args: Any) -> Any:
        rendered = render(*args)
        with draining.own_connection() as connection:
            connection.execute(text("update parties set erased_at = now()"))
        return rendered

    monkeypatch.setattr(draining.emails, "render", erased_meanwhile)
    drain()
    assert not sink.received
    db.session.execute(text("update outbox set lease_until = now() - interval '1 s' where closed_at is null"))
    db.session.commit()
    drain()
    db.session.expire_all()
    assert db.session.get_one(Owed, row.id).why == "the person was erased"


def test_who_asked_to_be_told_about_a_scheme_is_told_once_and_forgotten(app: Any, sink: Sink) -> None:
    area = factories.area("north")
    rides.ask_to_be_told(area.id, "later@example.org")
    scheme = db.session.query(Scheme).filter_by(area_id=area.id).one()
    notice = db.session.query(SchemeNotice).one()
    event = history.append(scheme.stream_id, "reopen", SYSTEM, subject=("scheme", scheme.id), states=("paused", "open"))
    outbox.owe(event, "scheme-open", f"notice:{notice.id}")
    db.session.commit()
    assert drain() == 1
    assert [received.recipient for received in sink.received] == ["later@example.org"]
    assert db.session.query(SchemeNotice).count() == 0


def test_links_that_were_used_and_drafts_that_were_sent_are_not_sent_again(app: Any, cast: Any, sink: Sink) -> None:
    from casework.accounts import service as accounts

    token = accounts.make_token(cast.account("clerk"), "reset", "send_reset", SYSTEM)
    token.used_at = now()
    draft = drafts.begin("ride")
    drafts.send_link(draft, "draft@example.org", "draft-link")
    draft.case_id = factories.ride().ride.id
    change = ContactChange(
        party_id=1, at=now(), old_email="a@example.org", new_email="b@example.org", confirmed_at=now()
    )
    db.session.add(change)
    db.session.flush()
    event = history.append(draft.stream_id, "ask_change", SYSTEM, subject=("ride", 1))
    outbox.owe(event, "contact-change-confirm", f"change:{change.id}:new")
    only("staff-reset", "draft-link", "contact-change-confirm")
    assert drain() == 0 and not sink.received
    whys = {row.name: row.why for row in db.session.query(Owed)}
    assert whys == {
        "staff-reset": "the link was used or has expired",
        "draft-link": "the form was sent or deleted",
        "contact-change-confirm": "the address is confirmed",
    }
