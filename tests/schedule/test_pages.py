"""The schedule's pages: planning, publishing, correcting, cancelling, and acting for a rider who telephoned."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest

from casework.extensions import db
from casework.history.models import Event
from casework.moments import moved_to, today
from casework.outbox.models import Owed
from casework.rides import service as rides
from casework.schedule import service as schedule
from casework.schedule.models import Booking, Slot
from tests import factories
from tests.desks import at_the_desk, send, value_of


def typed(cast: Any, on: date | None = None, **fields: str) -> dict[str, str]:
    """A filled-in plan."""
    day = on or today() + timedelta(days=30)
    return {
        "area": str(factories.area("north").id),
        "team": "roads",
        "on-day": str(day.day),
        "on-month": str(day.month),
        "on-year": str(day.year),
        "starts": "2pm",
        "ends": "10pm",
        "minimum_age": "18",
        "place": "Front counter, Holloway Road",
        "host": str(cast.account("host").id),
        "vehicle": "NT21",
        "conditions": "You will sit for hours.",
        "notes": "Bring the spare vest.",
        "times": "1",
    } | fields


def test_a_coordinator_plans_a_place_and_publishes_it(app: Any, cast: Any, demo_mode: None) -> None:
    desk = at_the_desk(app, cast)
    answer = desk.submit("/staff/schedule/new", typed(cast))
    slot = db.session.query(Slot).one()
    assert answer.headers["Location"] == f"/staff/schedule/{slot.id}"
    assert (slot.state, slot.team, slot.starts, slot.ends) == ("draft", "roads", time(14), time(22))
    desk.get(f"/staff/schedule/{slot.id}")
    assert "Bring the spare vest." in desk.words
    desk.post(f"/staff/schedule/{slot.id}/publish", {"version": value_of(desk, "version")})
    assert db.session.get(Slot, slot.id).state == "published"
    desk.get("/staff/schedule?state=published&area=north&team=roads&from=" + slot.on.isoformat())
    assert "Free" in desk.words
    assert "2pm to 10pm" in desk.words


def test_the_same_shift_is_planned_in_several_weeks_at_once(app: Any, cast: Any, demo_mode: None) -> None:
    desk = at_the_desk(app, cast)
    first = today() + timedelta(days=30)
    desk.submit("/staff/schedule/new", typed(cast, first, times="3", publish="yes"))
    slots = db.session.query(Slot).order_by(Slot.on).all()
    assert [slot.on for slot in slots] == [first, first + timedelta(weeks=1), first + timedelta(weeks=2)]
    assert {slot.state for slot in slots} == {"published"}


def test_one_week_in_which_the_host_is_elsewhere_refuses_all_and_keeps_what_was_typed(
    app: Any, cast: Any, demo_mode: None
) -> None:
    first = today() + timedelta(days=30)
    factories.slot(cast, on=first + timedelta(weeks=1))
    db.session.commit()
    desk = at_the_desk(app, cast)
    answer = desk.submit("/staff/schedule/new", typed(cast, first, times="3", publish="yes"))
    assert answer.status_code == 409
    assert "The host is on another shift at that time." in desk.words
    assert 'value="2pm"' in desk.text
    assert db.session.query(Slot).count() == 1


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("area", "", "Choose a BCU"),
        ("area", "south", "Choose a BCU"),
        ("on-year", "2019", "or later"),
        ("starts", "half past", "must be a time"),
        ("ends", "1:59pm", "would last 23 hours"),
        ("place", "", "Enter where the rider reports to"),
        ("times", "60", "between 1 and 26"),
        ("minimum_age", "3", "between 10 and 99"),
    ],
)
def test_a_plan_with_a_mistake_says_what_to_do_and_keeps_the_rest(
    app: Any, cast: Any, demo_mode: None, field: str, value: str, sentence: str
) -> None:
    desk = at_the_desk(app, cast)
    value = str(factories.area("south").id) if value == "south" else value
    answer = desk.submit("/staff/schedule/new", typed(cast, **{field: value}))
    assert answer.status_code == 400
    assert sentence in desk.words
    assert "Bring the spare vest." in desk.words
    assert db.session.query(Slot).count() == 0


def test_somebody_who_is_no_host_there_cannot_be_put_down_as_host(app: Any, cast: Any, demo_mode: None) -> None:
    south = factories.account("host-south@force.example", cast.host.role, "south")
    db.session.commit()
    desk = at_the_desk(app, cast)
    answer = desk.submit("/staff/schedule/new", typed(cast, host=str(south.id)))
    assert answer.status_code == 400
    assert db.session.query(Slot).count() == 0


def test_unknown_and_forbidden_fields_of_a_plan_are_ignored(app: Any, cast: Any, demo_mode: None) -> None:
    desk = at_the_desk(app, cast)
    desk.submit(
        "/staff/schedule/new",
        typed(cast, state="booked", id="77", stream_id="1", area_id=str(factories.area("south").id), during="x"),
    )
    slot = db.session.query(Slot).one()
    assert (slot.state, slot.area_id) == ("draft", factories.area("north").id)
    assert slot.id != 77
    assert slot.on > today()


def test_a_place_that_nobody_holds_can_be_moved_and_one_that_somebody_holds_cannot(
    app: Any, cast: Any, demo_mode: None
) -> None:
    free = factories.slot(cast)
    made = factories.offered(cast, factories.slot(cast, on=today() + timedelta(days=40)))
    db.session.commit()
    desk = at_the_desk(app, cast)
    new_day = free.on + timedelta(days=1)
    send(
        desk, f"/staff/schedule/{free.id}/correct", typed(cast, new_day, starts="15:00", ends="23:00", team="response")
    )
    assert (db.session.get(Slot, free.id).on, db.session.get(Slot, free.id).starts) == (new_day, time(15))
    before = made.slot.on
    send(desk, f"/staff/schedule/{made.slot.id}/correct", typed(cast, new_day, notes="Ask for Sam."))
    held = db.session.get(Slot, made.slot.id)
    assert (held.on, held.notes) == (before, "Ask for Sam.")


def test_a_booked_rider_is_told_of_a_new_place_and_not_of_a_new_host(app: Any, cast: Any, demo_mode: None) -> None:
    made = factories.booked(cast)
    other = factories.account("other-host@force.example", cast.host.role)
    db.session.commit()
    desk = at_the_desk(app, cast)
    same = {"place": made.slot.place, "vehicle": "", "conditions": "", "notes": ""}
    send(desk, f"/staff/schedule/{made.slot.id}/correct", same | {"host": str(other.id)})
    assert db.session.get(Slot, made.slot.id).host_id == other.id
    assert db.session.query(Owed).filter_by(name="ride-changed").count() == 0
    send(desk, f"/staff/schedule/{made.slot.id}/correct", same | {"host": str(other.id), "place": "Back gate"})
    assert db.session.query(Owed).filter_by(name="ride-changed").count() == 1
    assert db.session.get(Booking, made.booking_id).state == "accepted"


def test_a_place_is_cancelled_with_a_reason_and_the_booked_rider_comes_first(
    app: Any, cast: Any, demo_mode: None
) -> None:
    made = factories.booked(cast)
    db.session.commit()
    desk = at_the_desk(app, cast, "supervisor")
    path = f"/staff/schedule/{made.slot.id}/cancel"
    desk.get(path)
    assert "Adaeze Okonkwo-Price" in desk.words
    assert send(desk, path, {}).status_code == 400
    assert "Choose the reason" in desk.words
    send(desk, path, {"reason": "weather"})
    assert db.session.get(Slot, made.slot.id).state == "cancelled"
    assert db.session.get(Booking, made.booking_id).state == "cancelled_by_police"
    ride = db.session.get(type(made.ride), made.ride.id)
    assert (ride.state, ride.first) == ("approved", True)
    desk = at_the_desk(app, cast)
    desk.get("/staff/rides/ready")
    assert "We cancelled: first" in desk.words


def test_a_coordinator_accepts_for_a_rider_who_telephoned(app: Any, cast: Any, demo_mode: None) -> None:
    made = factories.offered(cast)
    rides.get_ready(made.ride, rides.Ready("Ngozi", "sister", "020 7946 0019"), made.applicant)
    db.session.commit()
    desk = at_the_desk(app, cast)
    desk.get(f"/staff/schedule/{made.slot.id}")
    fields = {"version": value_of(desk, "version")}
    desk.post(f"/staff/schedule/bookings/{made.booking_id}/accept", fields)
    desk.get("/staff/schedule")
    desk.post(f"/staff/schedule/bookings/{made.booking_id}/accept", fields)
    events = db.session.query(Event).filter_by(subject_kind="booking", action="accept").all()
    assert [event.account_id for event in events] == [cast.account("coordinator").id]


def test_what_stands_against_accepting_is_said_and_nothing_is_written(app: Any, cast: Any, demo_mode: None) -> None:
    made = factories.offered(cast)
    db.session.commit()
    desk = at_the_desk(app, cast)
    desk.get(f"/staff/schedule/{made.slot.id}")
    answer = desk.post(
        f"/staff/schedule/bookings/{made.booking_id}/accept",
        {"version": str(db.session.get(Booking, made.booking_id).version)},
    )
    assert answer.status_code == 409
    assert "emergency contact" in desk.words
    assert db.session.get(Booking, made.booking_id).state == "offered"


def test_the_second_of_two_is_told_who_was_faster(app: Any, cast: Any, demo_mode: None) -> None:
    made = factories.offered(cast)
    db.session.commit()
    one, two = at_the_desk(app, cast), at_the_desk(app, cast, "supervisor")
    path = f"/staff/schedule/bookings/{made.booking_id}/take_back"
    two.get(path)
    fields = {"version": value_of(two, "version"), "reason": "staffing"}
    one.get(f"/staff/schedule/{made.slot.id}")
    one.post(f"/staff/schedule/bookings/{made.booking_id}/decline", {"version": fields["version"]})
    answer = two.post(path, fields)
    assert answer.status_code == 409
    assert "Coordinator was faster" in two.words
    assert "offer declined" in two.words
    assert 'value="staffing" checked' in two.text
    assert db.session.get(Booking, made.booking_id).state == "declined"


def test_a_place_of_another_bcu_is_not_found_even_where_names_begin_alike(app: Any, cast: Any, demo_mode: None) -> None:
    host = factories.account("host-ne@force.example", cast.host.role, "north-east")
    made = factories.slot(cast, area_id=factories.area("north-east").id, host_id=host.id)
    db.session.commit()
    desk = at_the_desk(app, cast)
    for path in ("", "/correct", "/cancel"):
        assert desk.get(f"/staff/schedule/{made.id}{path}").status_code == 404
    desk.get("/staff/schedule?from=" + made.on.isoformat())
    assert "North East" not in desk.words
    assert "1 place" not in desk.words
    assert desk.post(f"/staff/schedule/{made.id}/publish", {"version": "1"}).status_code == 404


def test_the_riders_own_coordinator_answers_for_them_but_does_not_cancel_a_place_elsewhere(
    app: Any, cast: Any, demo_mode: None
) -> None:
    host = factories.account("host-south@force.example", cast.host.role, "south")
    made = factories.approved(cast)
    slot = factories.slot(cast, area_id=factories.area("south").id, host_id=host.id)
    booking = schedule.offer(slot.id, made.ride, cast.coordinator_south)
    db.session.commit()
    desk = at_the_desk(app, cast)
    assert desk.get(f"/staff/schedule/{slot.id}").status_code == 404
    desk.get(f"/staff/schedule/bookings/{booking.id}")
    assert "The place belongs to South" in desk.words
    assert "Take the offer back" not in desk.words
    fields = {"version": value_of(desk, "version"), "reason": "staffing"}
    assert desk.post(f"/staff/schedule/bookings/{booking.id}/take_back", fields).status_code == 404
    desk.get(f"/staff/schedule/bookings/{booking.id}")
    desk.post(f"/staff/schedule/bookings/{booking.id}/decline", fields)
    assert db.session.get(Booking, booking.id).state == "declined"


def test_hostile_text_is_read_back_as_text(app: Any, cast: Any, demo_mode: None) -> None:
    evil = "<script>alert(1)</script>{{1234*4321}}\"'><img src=x onerror=alert(1)>"
    desk = at_the_desk(app, cast)
    desk.submit("/staff/schedule/new", typed(cast, place=evil, vehicle=evil[:40], conditions=evil, notes=evil))
    slot = db.session.query(Slot).one()
    for path in (f"/staff/schedule/{slot.id}", f"/staff/schedule/{slot.id}/correct", f"/staff/schedule?from={slot.on}"):
        desk.get(path)
        assert "<script>alert" not in desk.text
        assert "<img src=x" not in desk.text
        assert "5332114" not in desk.text


@pytest.mark.parametrize(
    "query",
    [
        "from=2026-13-99",
        "from=<script>",
        "area=north'--",
        "state=<b>",
        "team=%00",
        "from=9999-12-31",
        "from=0001-01-01",
    ],
)
def test_strange_filters_change_nothing(app: Any, cast: Any, demo_mode: None, query: str) -> None:
    desk = at_the_desk(app, cast)
    answer = desk.get("/staff/schedule?" + query)
    assert answer.status_code == 200
    assert "<script>" not in desk.text.replace('<script src="', "").replace('<script type="module"', "")


def test_a_shift_in_the_past_cannot_be_published(app: Any, cast: Any, demo_mode: None) -> None:
    slot = schedule.plan(cast.coordinator, area_id=factories.area("north").id, team="roads", on=today() + timedelta(days=2),
                         starts=time(9), ends=time(17), place="x", host_id=cast.account("host").id)  # fmt: skip
    db.session.commit()
    with moved_to(factories.moment(slot.on, 10)):
        desk = at_the_desk(app, cast)
        desk.get(f"/staff/schedule/{slot.id}")
        assert "The shift has begun" in desk.words
        answer = desk.post(f"/staff/schedule/{slot.id}/publish", {"version": str(slot.version)})
        assert answer.status_code == 409
