"""Every rule of booking, with its sentence; and that what was true when it was booked must be true at the door."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest

from casework.cases import service as cases
from casework.extensions import db
from casework.history.verify import verify
from casework.moments import moved_to, today
from casework.outbox.models import Owed
from casework.parties.models import Match
from casework.rides import service as rides
from casework.roles import SYSTEM
from casework.schedule import queries as places
from casework.schedule import service as schedule
from casework.schedule.models import Booking
from casework.schedule.workflow import DAY_LIST
from casework.settings import service as settings
from casework.vetting import queries as vetting
from casework.workflow import Refused
from tests import factories

TICKED = dict.fromkeys(DAY_LIST, True)


def refused(call: Any) -> str:
    """The sentence with which something is refused."""
    with pytest.raises(Refused) as no:
        call()
    return no.value.sentence


def test_a_place_is_offered_accepted_and_the_ride_is_booked(app: Any, cast: Any) -> None:
    made = factories.booked(cast)
    assert (made.ride.state, made.slot.state) == ("booked", "booked")
    assert db.session.get(Booking, made.booking_id).state == "accepted"
    assert verify() == []


def test_somebody_who_is_not_approved_cannot_be_offered_a_place(app: Any, cast: Any) -> None:
    made, place = factories.ride(), factories.slot(cast)
    assert (
        refused(lambda: schedule.offer(place.id, made.ride, cast.coordinator))
        == "This application is not waiting for a place."
    )


def test_somebody_who_withdrew_cannot_be_offered_a_place_though_the_clearance_still_holds(app: Any, cast: Any) -> None:
    made = factories.approved(cast)
    rides.withdraw(made.ride, made.applicant)
    place = factories.slot(cast)
    assert "not waiting for a place" in refused(lambda: schedule.offer(place.id, made.ride, cast.coordinator))


def test_a_held_place_cannot_be_offered_to_a_second_person(app: Any, cast: Any) -> None:
    place = factories.slot(cast)
    factories.offered(cast, place)
    other = factories.approved(cast, name="Bo", email="bo@example.org")
    assert (
        refused(lambda: schedule.offer(place.id, other.ride, cast.coordinator))
        == "This place is held for somebody else."
    )


def test_the_same_place_is_offered_to_one_person_once(app: Any, cast: Any) -> None:
    settings.change("ride.offers.per_place", 5, SYSTEM, "test")
    made = factories.offered(cast)
    assert "already on offer" in refused(lambda: schedule.offer(made.slot.id, made.ride, cast.coordinator))


def test_the_clearance_must_hold_on_the_day_of_the_ride(app: Any, cast: Any) -> None:
    made = factories.approved(cast)
    until = vetting.result(made.ride.id).valid_until
    late = factories.slot(cast, on=until + timedelta(days=1))
    just = factories.slot(cast, on=until)
    assert "not valid on the day" in refused(lambda: schedule.offer(late.id, made.ride, cast.coordinator))
    schedule.offer(just.id, made.ride, cast.coordinator)


@pytest.mark.parametrize(
    ("condition", "details", "sentence"),
    [
        ("daytime", {"starts": time(14), "ends": time(22)}, "daytime shifts only"),
        ("daytime", {"starts": time(20), "ends": time(4)}, "daytime shifts only"),
        ("not-response", {"starts": time(9), "ends": time(17)}, "not for a response team"),
        ("not-own-area", {"starts": time(9), "ends": time(17), "team": "roads"}, "may not ride where they live"),
    ],
)
def test_conditions_of_the_clearance_are_kept(
    app: Any, cast: Any, condition: str, details: dict[str, Any], sentence: str
) -> None:
    made = factories.approved(cast)
    vetting.clearance(made.ride.id).conditions = [condition]
    place = factories.slot(cast, **details)
    assert sentence in refused(lambda: schedule.offer(place.id, made.ride, cast.coordinator))


def test_a_condition_does_not_stand_against_what_it_allows(app: Any, cast: Any) -> None:
    made = factories.approved(cast)
    vetting.clearance(made.ride.id).conditions = ["daytime", "not-response"]
    place = factories.slot(cast, starts=time(9), ends=time(17), team="roads")
    schedule.offer(place.id, made.ride, cast.coordinator)
    assert made.ride.state == "offered"


def test_the_rider_must_be_old_enough_on_the_day_not_today(app: Any, cast: Any) -> None:
    birthday = today() + timedelta(days=28)
    made = factories.approved(cast, born_on=date(birthday.year - 18, birthday.month, birthday.day))
    early = factories.slot(cast, on=birthday - timedelta(days=1))
    assert (
        refused(lambda: schedule.offer(early.id, made.ride, cast.coordinator))
        == "This person is too young for this place."
    )
    schedule.offer(factories.slot(cast, on=birthday).id, made.ride, cast.coordinator)


def test_areas_to_avoid_are_obeyed(app: Any, cast: Any) -> None:
    made = factories.approved(cast)
    made.ride.avoid = [factories.area("north").id]
    place = factories.slot(cast)
    assert "asked not to ride in this area" in refused(lambda: schedule.offer(place.id, made.ride, cast.coordinator))


def test_nobody_rides_again_within_the_period_counted_over_confirmed_matches(app: Any, cast: Any) -> None:
    first = factories.booked(cast)
    with moved_to(factories.moment(first.slot.on, 14)):
        schedule.start(first.booking_id, cast.host, TICKED)
        schedule.finish(first.booking_id, "complete", cast.host, schedule.Log(time(14), time(21)))
    again = factories.approved(cast)
    place = factories.slot(cast, on=today() + timedelta(days=60))
    assert schedule.stands_against([place], again.ride, cast.coordinator) == {place.id: ""}
    match = db.session.query(Match).order_by(Match.id).first()
    rides.decide_match(match, True, cast.coordinator, again.ride)
    sentence = refused(lambda: schedule.offer(place.id, again.ride, cast.coordinator))
    assert sentence.startswith(f"This person rode on {first.slot.on:%-d %B %Y}. The next ride is possible from")


def test_a_ride_that_the_police_cancelled_does_not_count(app: Any, cast: Any) -> None:
    made = factories.booked(cast)
    schedule.act(made.booking_id, "cancel", cast.coordinator, reason="staffing")
    assert made.ride.state == "approved"
    assert made.ride.first is True
    schedule.offer(factories.slot(cast, on=today() + timedelta(days=35)).id, made.ride, cast.coordinator)


def test_a_place_needs_notice(app: Any, cast: Any) -> None:
    made = factories.approved(cast)
    place = factories.slot(cast, on=today() + timedelta(days=2))
    assert (
        refused(lambda: schedule.offer(place.id, made.ride, cast.coordinator))
        == "There is too little notice for this place."
    )


def test_a_bcu_takes_so_many_rides_a_month(app: Any, cast: Any) -> None:
    settings.change("ride.cap", 1, SYSTEM, "test")
    on = (today().replace(day=1) + timedelta(days=80)).replace(day=10)
    factories.booked(cast, factories.slot(cast, on=on))
    other = factories.approved(cast, name="Bo", email="bo@example.org")
    full = factories.slot(cast, on=on + timedelta(days=3))
    assert "limit of rides for that month" in refused(lambda: schedule.offer(full.id, other.ride, cast.coordinator))
    schedule.offer(factories.slot(cast, on=on + timedelta(days=31)).id, other.ride, cast.coordinator)


def test_one_ride_at_a_time(app: Any, cast: Any) -> None:
    made = factories.booked(cast)
    made.ride.state = "approved"
    place = factories.slot(cast, on=today() + timedelta(days=40))
    assert (
        refused(lambda: schedule.offer(place.id, made.ride, cast.coordinator))
        == "This person already has a ride booked."
    )


def test_nobody_accepts_before_giving_the_part_before_a_booking(app: Any, cast: Any) -> None:
    made = factories.offered(cast)
    assert "emergency contact" in refused(lambda: schedule.accept(made.booking_id, made.applicant))


def test_accepting_one_offer_lets_the_others_go(app: Any, cast: Any) -> None:
    made = factories.offered(cast)
    other = schedule.offer(factories.slot(cast, on=today() + timedelta(days=30)).id, made.ride, cast.coordinator)
    rides.get_ready(made.ride, rides.Ready("Ngozi", "sister", "020 7946 0019"), made.applicant)
    schedule.accept(made.booking_id, made.applicant)
    assert (other.state, other.slot.state) == ("declined", "published")


def test_a_clearance_that_expired_after_the_booking_refuses_the_start(app: Any, cast: Any) -> None:
    made = factories.booked(cast)
    vetting.clearance(made.ride.id).valid_until = made.slot.on - timedelta(days=1)
    db.session.commit()
    with moved_to(factories.moment(made.slot.on, 14)):
        sentence = refused(lambda: schedule.start(made.booking_id, cast.host, TICKED))
    assert sentence == "The checks on this person are not valid on the day of the ride."
    assert db.session.get(Booking, made.booking_id).state == "accepted"


def test_the_clock_ends_a_clearance_and_takes_the_booking_back(app: Any, cast: Any) -> None:
    made = factories.booked(cast)
    clearance = vetting.clearance(made.ride.id)
    cases.perform(clearance, "report_change", cast.vetting_officer)
    assert db.session.get(Booking, made.booking_id).state == "cancelled_by_police"
    assert made.ride.state == "checks"
    assert made.ride.first is False


def test_a_ride_starts_on_its_day_and_with_every_point_ticked(app: Any, cast: Any) -> None:
    made = factories.booked(cast)
    with moved_to(factories.moment(made.slot.on - timedelta(days=1), 14)):
        assert "on the day of the ride" in refused(lambda: schedule.start(made.booking_id, cast.host, TICKED))
    with moved_to(factories.moment(made.slot.on, 8)):
        for missing in DAY_LIST:
            ticked = {key: True for key in DAY_LIST if key != missing}
            sentence = refused(lambda ticked=ticked: schedule.start(made.booking_id, cast.host, ticked))
            assert DAY_LIST[missing] in sentence
        schedule.start(made.booking_id, cast.host, TICKED)
    assert db.session.get(Booking, made.booking_id).state == "started"


def test_nobody_missed_a_ride_before_half_an_hour_is_over(app: Any, cast: Any) -> None:
    made = factories.booked(cast)
    with moved_to(factories.moment(made.slot.on, 14, 29)):
        assert "30 minutes" in refused(lambda: schedule.act(made.booking_id, "miss", cast.host))
    with moved_to(factories.moment(made.slot.on, 14, 30)):
        schedule.act(made.booking_id, "miss", cast.host)
    assert made.ride.state == "approved"


def test_the_second_missed_ride_ends_the_application_for_a_time(app: Any, cast: Any) -> None:
    made = factories.booked(cast)
    for _ in range(2):
        booking = places.current(made.ride.id)
        with moved_to(factories.moment(booking.slot.on, 16)):
            schedule.act(booking.id, "miss", cast.host)
        if made.ride.state == "approved":
            place = factories.slot(cast, on=booking.slot.on + timedelta(days=20))
            schedule.accept(schedule.offer(place.id, made.ride, cast.coordinator).id, made.applicant)
    assert made.ride.state == "expired"
    assert made.ride.reapply_on is not None


def test_reminders_are_owed_a_week_two_days_and_the_morning_before(app: Any, cast: Any) -> None:
    made = factories.booked(cast)
    due = {row.name: row.due_at for row in db.session.query(Owed) if row.name.startswith("ride-reminder")}
    start = factories.moment(made.slot.on, 14)
    assert due == {
        "ride-reminder-week": start - timedelta(days=7),
        "ride-reminder-two-days": start - timedelta(hours=48),
        "ride-reminder-morning": factories.moment(made.slot.on, 8),
    }


def test_before_an_early_shift_the_last_reminder_comes_the_morning_before(app: Any, cast: Any) -> None:
    made = factories.booked(cast, factories.slot(cast, starts=time(6), ends=time(14)))
    morning = db.session.query(Owed).filter_by(name="ride-reminder-morning").one()
    assert morning.due_at == factories.moment(made.slot.on - timedelta(days=1), 8)


@pytest.mark.parametrize(("hours", "calls"), [(73, 0), (71, 1)])
def test_a_cancellation_near_to_the_ride_owes_a_call_beside_the_message(
    app: Any, cast: Any, hours: int, calls: int
) -> None:
    made = factories.booked(cast)
    with moved_to(made.slot.begins_at - timedelta(hours=hours)):
        schedule.act(made.booking_id, "cancel", cast.coordinator, reason="safety")
    owed = db.session.query(Owed).filter_by(name="ride-cancelled-by-police").all()
    assert sorted(row.channel for row in owed) == ["call"] * calls + ["email"]


def test_an_incident_alarms_the_supervisors_of_the_area_and_nobody_else(app: Any, cast: Any) -> None:
    made = factories.booked(cast)
    here = cast.account("supervisor")
    factories.account("supervisor-south@force.example", cast.supervisor.role, "south")
    with moved_to(factories.moment(made.slot.on, 14)):
        schedule.start(made.booking_id, cast.host, TICKED)
        log = schedule.Log(time(14), time(21), incident=True, incident_words="The door of the car hit her hand.")
        schedule.finish(made.booking_id, "complete", cast.host, log)
    alarms = db.session.query(Owed).filter_by(name="staff-alarm").all()
    assert [row.part for row in alarms] == [f"account:{here.id}"]
    assert made.ride.state == "done"


@pytest.mark.parametrize(
    ("starts", "ends", "typed", "days"),
    [
        (time(14), time(22), (time(14, 5), time(21, 50)), (0, 0)),
        (time(18), time(2), (time(18, 10), time(1, 30)), (0, 1)),
        (time(22), time(6), (time(0, 30), time(5)), (1, 1)),
        (time(22), time(6), (time(21, 45), time(6)), (0, 1)),
    ],
)
def test_the_log_of_a_night_shift_lies_on_the_right_days(
    app: Any, cast: Any, starts: time, ends: time, typed: tuple[time, time], days: tuple[int, int]
) -> None:
    slot = factories.slot(cast, starts=starts, ends=ends)
    begun, ended = schedule.log_times(slot, *typed)
    assert begun == factories.moment(slot.on + timedelta(days=days[0]), typed[0].hour, typed[0].minute)
    assert ended == factories.moment(slot.on + timedelta(days=days[1]), typed[1].hour, typed[1].minute)
