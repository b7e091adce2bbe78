"""Many people and one place, for real: connections of their own, all at once. And what the database itself refuses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time, timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.exc import IntegrityError

from casework.cases import service as cases
from casework.extensions import db
from casework.history.verify import verify
from casework.moments import today
from casework.rides import service as rides
from casework.rides.models import Ride
from casework.roles import SYSTEM
from casework.schedule import service as schedule
from casework.schedule.models import Booking, Slot
from casework.schedule.workflow import TAKEN
from casework.settings import service as settings
from casework.workflow import Refused
from tests import factories
from tests.races.test_races import at_once

PEOPLE = 50


@pytest.fixture
def crowd(app: Any) -> Iterator[None]:
    """A connection for everybody: nobody waits in front of the database."""
    engines = db._app_engines[app]
    usual = engines[None]
    engines[None] = create_engine(usual.url, pool_size=PEOPLE + 10, max_overflow=0)
    yield
    db.session.remove()
    engines[None].dispose()
    engines[None] = usual


def held_by(cast: Any, slots: list[Slot], number: int) -> list[list[int]]:
    """So many people, each ready to ride and holding an offer of each of these places: their bookings, by place."""
    offers: list[list[int]] = [[] for _ in slots]
    for n in range(number):
        made = factories.approved(cast, name=f"Rider {n}", email=f"rider{n}@example.org")
        rides.get_ready(made.ride, rides.Ready("Ngozi", "sister", "020 7946 0019"), made.applicant)
        for place, slot in enumerate(slots):
            offers[place].append(schedule.offer(slot.id, made.ride, cast.coordinator).id)
    db.session.commit()
    return offers


def accept(booking_id: int, actor: Any) -> Any:
    def run() -> str:
        try:
            schedule.accept(booking_id, actor)
        except Refused as no:
            db.session.rollback()
            return no.sentence
        db.session.commit()
        return "accepted"

    return run


def taken(slot: Slot) -> int:
    wanted = select(func.count()).select_from(Booking).where(Booking.slot_id == slot.id, Booking.state.in_(TAKEN))
    return int(db.session.scalar(wanted) or 0)


def test_fifty_people_accept_one_place_at_once_and_one_gets_it_in_every_round(app: Any, cast: Any, crowd: None) -> None:
    settings.change("ride.offers.per_place", PEOPLE, SYSTEM, "test")
    settings.change("ride.cap", 1000, SYSTEM, "test")
    slots = [factories.slot(cast, on=today() + timedelta(days=28 + n)) for n in range(5)]
    rounds = held_by(cast, slots, PEOPLE)
    actor = cast.coordinator
    for slot, bookings in zip(slots, rounds, strict=True):
        answers = at_once(app, [accept(booking_id, actor) for booking_id in bookings])
        assert all(isinstance(answer, str) for answer in answers), answers
        assert answers.count("accepted") == 1
        told = {answer for answer in answers if answer != "accepted"}
        assert told <= {
            "Somebody else has just taken this place.",
            "This is not possible now. It stands at “Declined”.",  # who won an earlier round
        }
        db.session.expire_all()
        assert taken(slot) == 1
        assert db.session.get(Slot, slot.id).state == "booked"
    assert db.session.scalar(select(func.count()).select_from(Ride).where(Ride.state == "booked")) == 5
    assert verify() == []


def test_two_people_who_accept_each_others_second_choice_do_not_lock_each_other_out(
    app: Any, cast: Any, crowd: None
) -> None:
    settings.change("ride.offers.per_place", 2, SYSTEM, "test")
    settings.change("ride.cap", 1000, SYSTEM, "test")
    actor = cast.coordinator
    for n in range(5):
        slots = [factories.slot(cast, on=today() + timedelta(days=28 + 2 * n + k)) for k in range(2)]
        offers = []
        for k in range(2):
            made = factories.approved(cast, name=f"Rider {n} {k}", email=f"rider{n}{k}@example.org")
            rides.get_ready(made.ride, rides.Ready("Ngozi", "sister", "020 7946 0019"), made.applicant)
            offers.append([schedule.offer(slot.id, made.ride, cast.coordinator).id for slot in slots])
        db.session.commit()
        answers = at_once(app, [accept(offers[0][0], actor), accept(offers[1][1], actor)])
        assert answers == ["accepted", "accepted"]
        db.session.expire_all()
        assert [taken(slot) for slot in slots] == [1, 1]


def test_a_place_is_never_cancelled_and_booked_at_once(app: Any, cast: Any, crowd: None) -> None:
    for n in range(5):
        made = factories.offered(
            cast, factories.slot(cast, on=today() + timedelta(days=28 + n)), name=f"R{n}", email=f"r{n}@x.org"
        )
        rides.get_ready(made.ride, rides.Ready("Ngozi", "sister", "020 7946 0019"), made.applicant)
        db.session.commit()
        actor, slot_id, ride_id = cast.coordinator, made.slot.id, made.ride.id

        def cancel(slot_id: int = slot_id, actor: Any = actor) -> str:
            try:
                schedule.cancel_slot(slot_id, actor, "staffing")
            except (Refused, cases.Clash):
                db.session.rollback()
                return "refused"
            db.session.commit()
            return "cancelled"

        answers = at_once(app, [accept(made.booking_id, actor), cancel])
        assert answers[1] == "cancelled", answers
        db.session.expire_all()
        assert db.session.get(Slot, slot_id).state == "cancelled"
        assert db.session.get(Ride, ride_id).state == "approved"
    assert verify() == []


def test_a_host_cannot_be_on_two_shifts_at_once(app: Any, cast: Any) -> None:
    factories.slot(cast, starts=time(14), ends=time(22))
    other = schedule.plan(cast.coordinator, **planned(cast, starts=time(21), ends=time(2)))
    with pytest.raises(Refused, match="The host is on another shift at that time"):
        schedule.publish(other, cast.coordinator)
    assert db.session.get(Slot, other.id).state == "draft"


def test_a_host_may_begin_when_the_other_shift_ends(app: Any, cast: Any) -> None:
    factories.slot(cast, starts=time(14), ends=time(22))
    later = schedule.plan(cast.coordinator, **planned(cast, starts=time(22), ends=time(2)))
    schedule.publish(later, cast.coordinator)
    assert later.state == "published"


def test_a_vehicle_cannot_be_on_two_shifts_at_once(app: Any, cast: Any) -> None:
    factories.slot(cast, vehicle="NT21")
    host = factories.account("other-host@force.example", cast.host.role)
    other = schedule.plan(cast.coordinator, **planned(cast, vehicle="NT21", host_id=host.id))
    with pytest.raises(Refused, match="The vehicle is on another shift at that time"):
        schedule.publish(other, cast.coordinator)


def test_correcting_a_place_into_an_overlap_is_refused_and_changes_nothing(app: Any, cast: Any) -> None:
    factories.slot(cast)
    later = factories.slot(cast, on=today() + timedelta(days=29))
    on = later.on
    db.session.commit()
    with pytest.raises(Refused, match="host is on another shift"):
        schedule.change_slot(later, cast.coordinator, on=on - timedelta(days=1))
    db.session.rollback()
    assert db.session.get(Slot, later.id).on == on


def test_the_database_itself_refuses_a_second_person_in_a_place(app: Any, cast: Any) -> None:
    made = factories.booked(cast)
    other = factories.approved(cast, name="Bo", email="bo@example.org")
    second = Booking(slot_id=made.slot.id, case_id=other.ride.id, stream_id=other.ride.stream_id)
    second.offered_at = second.state_since = made.ride.opened_at
    second.state = "accepted"
    db.session.add(second)
    with pytest.raises(IntegrityError, match="uq_bookings_place"):
        db.session.flush()
    db.session.rollback()


def planned(cast: Any, **details: Any) -> dict[str, Any]:
    """What a place needs, with what the test is about."""
    return {
        "area_id": factories.area("north").id,
        "team": "response",
        "vehicle": "",
        "on": today() + timedelta(days=28),
        "starts": time(14),
        "ends": time(22),
        "place": "Front counter",
        "host_id": cast.account("host").id,
    } | details
