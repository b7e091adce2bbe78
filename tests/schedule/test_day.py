"""The host's day: what they see and when, the list that must be ticked, start, did not come, the log."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest

from casework.extensions import db
from casework.history.models import Access
from casework.moments import moved_to
from casework.outbox.models import Owed
from casework.rides import service as rides
from casework.rides.models import Ride
from casework.schedule import service as schedule
from casework.schedule.models import Booking, RideLog
from casework.schedule.workflow import DAY_LIST
from casework.vetting import queries as vetting
from tests import factories
from tests.browser import Browser
from tests.desks import at_the_desk, on, value_of


def booked(cast: Any, **details: Any) -> factories.Made:
    """A booked ride whose rider has something to hide from the host."""
    made = factories.offered(cast, factories.slot(cast, **details))
    ready = rides.Ready(
        "Ngozi Okonkwo", "sister", "020 7946 0019", health="SECRETHEALTH insulin", adjustments="Speak slowly, please.",
        id_kind="passport", armour="172 cm, medium",
    )  # fmt: skip
    rides.get_ready(made.ride, ready, made.applicant)
    schedule.accept(made.booking_id, made.applicant)
    db.session.commit()
    return made


def start(browser: Browser, made: factories.Made, *ticks: str) -> Any:
    """Open today's page, tick and press start."""
    browser.get("/staff/schedule/today")
    name = f"day-{made.booking_id}-"
    return browser.post(
        f"/staff/schedule/today/{made.booking_id}/start",
        {f"{name}version": value_of(browser, f"{name}version"), f"{name}ticked": list(ticks)},
    )


LOG = {
    "outcome": "complete", "started": "14:05", "ended": "21:40", "searches": "2", "search_times": "15:10, 18:00", "crew": "PC 1",
    "incident": "False", "remarks": "Good questions.",
}  # fmt: skip


def test_a_host_signs_in_and_is_at_todays_ride(app: Any, cast: Any, demo_mode: None) -> None:
    made = booked(cast)
    with on(app, cast, "host", factories.moment(made.slot.on, 13)) as desk:
        desk.follow(desk.get("/staff/"))
        assert "Adaeze Okonkwo-Price" in desk.words
        assert "Speak slowly, please." in desk.words
        assert "Passport" in desk.words
        assert "172 cm, medium" in desk.words
        assert "Start the ride" in desk.words


def test_a_host_never_sees_health_convictions_or_the_reason_for_applying(app: Any, cast: Any, demo_mode: None) -> None:
    made = booked(cast)
    with on(app, cast, "host", factories.moment(made.slot.on, 13)) as desk:
        for path in ("", f"/{made.booking_id}", f"/{made.booking_id}/call-off"):
            desk.get("/staff/schedule/today" + path)
            for secret in ("SECRETHEALTH", "1 High Street", "how searches are done", "1990", "adaeze@example.org"):
                assert secret not in desk.text


def test_the_emergency_contact_is_shown_on_the_day_only_and_that_is_recorded(
    app: Any, cast: Any, demo_mode: None
) -> None:
    made = booked(cast)
    day = made.slot.on
    for moment, shown in (
        (factories.moment(day - timedelta(days=1), 23, 59), False),
        (factories.moment(day, 0, 0), True),
        (factories.moment(day + timedelta(days=1), 0, 1), False),
    ):
        with on(app, cast, "host", moment) as desk:
            desk.get(f"/staff/schedule/today/{made.booking_id}")
            assert ("020 7946 0019" in desk.words) == shown, moment
            assert "Adaeze" in desk.words
    kept = db.session.query(Access).filter_by(what="emergency contact").all()
    assert [each.case_id for each in kept] == [made.ride.id]


def test_a_night_shift_is_still_todays_after_midnight(app: Any, cast: Any, demo_mode: None) -> None:
    made = booked(cast, starts=time(18), ends=time(2))
    with on(app, cast, "host", factories.moment(made.slot.on + timedelta(days=1), 1)) as desk:
        desk.get("/staff/schedule/today")
        assert "020 7946 0019" in desk.words


def test_a_ride_does_not_start_with_a_point_missing_and_what_was_ticked_is_kept(
    app: Any, cast: Any, demo_mode: None
) -> None:
    made = booked(cast)
    ticks = [key for key in DAY_LIST if key != "kit"]
    with on(app, cast, "host", factories.moment(made.slot.on, 13)) as desk:
        answer = start(desk, made, *ticks)
        assert answer.status_code == 409
        assert DAY_LIST["kit"] in desk.words
        assert desk.text.count(" checked") == 5
        later = at_the_desk(app, cast, "host")
        later.get("/staff/schedule/today")
        assert later.text.count(" checked") == 5
        assert start(later, made, *DAY_LIST).status_code == 303
    assert db.session.get(Booking, made.booking_id).state == "started"
    assert sorted(db.session.get(Booking, made.booking_id).day_list) == sorted(DAY_LIST)


def test_pressing_start_twice_starts_once(app: Any, cast: Any, demo_mode: None) -> None:
    made = booked(cast)
    with on(app, cast, "host", factories.moment(made.slot.on, 13)) as desk:
        desk.get("/staff/schedule/today")
        name = f"day-{made.booking_id}-"
        fields = {f"{name}version": value_of(desk, f"{name}version"), f"{name}ticked": list(DAY_LIST)}
        path = f"/staff/schedule/today/{made.booking_id}/start"
        assert desk.post(path, fields).status_code == 303
        desk.get("/staff/schedule/today")
        assert desk.post(path, fields).status_code == 303


def test_a_clearance_that_ended_before_the_day_is_said_at_the_door(app: Any, cast: Any, demo_mode: None) -> None:
    made = booked(cast)
    vetting.clearance(made.ride.id).valid_until = made.slot.on - timedelta(days=1)
    db.session.commit()
    with on(app, cast, "host", factories.moment(made.slot.on, 13)) as desk:
        desk.get("/staff/schedule/today")
        assert "The checks on this person are not valid on the day of the ride." in desk.words
        desk.get(f"/staff/schedule/today/{made.booking_id}/call-off")
        name = f"day-{made.booking_id}-"
        version = str(db.session.get(Booking, made.booking_id).version)
        answer = desk.post(
            f"/staff/schedule/today/{made.booking_id}/start",
            {f"{name}version": version, f"{name}ticked": list(DAY_LIST)},
        )
        assert answer.status_code == 409
    assert db.session.get(Booking, made.booking_id).state == "accepted"


def test_the_log_closes_the_ride_and_thanks_the_rider(app: Any, cast: Any, demo_mode: None) -> None:
    made = booked(cast)
    with on(app, cast, "host", factories.moment(made.slot.on, 14)) as desk:
        start(desk, made, *DAY_LIST)
    with on(app, cast, "host", factories.moment(made.slot.on, 22)) as desk:
        path = f"/staff/schedule/today/{made.booking_id}/finish"
        desk.get(path)
        assert desk.post(path, {"version": value_of(desk, "version"), **LOG}).status_code == 303
    log = db.session.query(RideLog).one()
    assert (log.searches, log.search_times, log.incident) == (2, "15:10, 18:00", False)
    assert log.started_at == factories.moment(made.slot.on, 14, 5)
    assert db.session.get(Ride, made.ride.id).state == "done"
    assert {row.name for row in db.session.query(Owed)} >= {"ride-thanks", "ride-feedback-again"}


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("outcome", "", "Choose how the ride went"),
        ("outcome", "end_early", "Choose who ended it"),
        ("ended", "", "Enter when it ended"),
        ("ended", "23:55", "The end must be in the past"),
        ("started", "21:50", "the end lies before the start"),
        ("searches", "many", "must be a whole number"),
        ("incident", "", "Choose yes if there was an incident"),
        ("incident", "True", "Say what happened"),
    ],
)
def test_a_log_with_a_mistake_says_what_to_do_and_keeps_the_rest(
    app: Any, cast: Any, demo_mode: None, field: str, value: str, sentence: str
) -> None:
    made = booked(cast)
    with on(app, cast, "host", factories.moment(made.slot.on, 14)) as desk:
        start(desk, made, *DAY_LIST)
    with on(app, cast, "host", factories.moment(made.slot.on, 22)) as desk:
        path = f"/staff/schedule/today/{made.booking_id}/finish"
        desk.get(path)
        answer = desk.post(path, {"version": value_of(desk, "version"), **LOG, field: value})
        assert answer.status_code == 400
        assert sentence in desk.words
        assert "Good questions." in desk.words
    assert db.session.get(Booking, made.booking_id).state == "started"


def test_an_early_end_says_who_and_why(app: Any, cast: Any, demo_mode: None) -> None:
    made = booked(cast)
    with on(app, cast, "host", factories.moment(made.slot.on, 14)) as desk:
        start(desk, made, *DAY_LIST)
    with on(app, cast, "host", factories.moment(made.slot.on, 22)) as desk:
        path = f"/staff/schedule/today/{made.booking_id}/finish"
        desk.get(path)
        early = {"outcome": "end_early", "ended_by": "rider", "reason": "Felt unwell."}
        desk.post(path, {"version": value_of(desk, "version"), **LOG, **early})
    log = db.session.query(RideLog).one()
    assert (log.ended_by, log.reason) == ("rider", "Felt unwell.")
    assert db.session.get(Booking, made.booking_id).state == "ended_early"


def test_a_rider_who_did_not_come_is_noted_after_half_an_hour(app: Any, cast: Any, demo_mode: None) -> None:
    made = booked(cast)
    path = f"/staff/schedule/today/{made.booking_id}/miss"
    with on(app, cast, "host", factories.moment(made.slot.on, 14, 10)) as desk:
        desk.get(f"/staff/schedule/today/{made.booking_id}")
        assert "Wait until 30 minutes after the start of the shift." in desk.words
        version = str(db.session.get(Booking, made.booking_id).version)
        assert desk.post(path, {"version": version}).status_code == 409
    with on(app, cast, "host", factories.moment(made.slot.on, 14, 31)) as desk:
        desk.get(f"/staff/schedule/today/{made.booking_id}")
        assert desk.post(path, {"version": value_of(desk, "version")}).status_code == 303
    assert db.session.get(Booking, made.booking_id).state == "no_show"
    assert db.session.query(Owed).filter_by(name="ride-missed").count() == 1


def test_a_host_calls_off_with_a_reason(app: Any, cast: Any, demo_mode: None) -> None:
    made = booked(cast)
    path = f"/staff/schedule/today/{made.booking_id}/call-off"
    with on(app, cast, "host", factories.moment(made.slot.on, 9)) as desk:
        desk.get(path)
        desk.post(path, {"version": value_of(desk, "version"), "reason": "host"})
    assert db.session.get(Booking, made.booking_id).state == "cancelled_by_police"
    assert {row.channel for row in db.session.query(Owed).filter_by(name="ride-cancelled-by-police")} == {
        "email",
        "call",
    }


def test_another_host_finds_nothing_of_it(app: Any, cast: Any, demo_mode: None) -> None:
    made = booked(cast)
    other = factories.account("other-host@force.example", cast.host.role)
    db.session.commit()
    with moved_to(factories.moment(made.slot.on, 14)):
        browser = Browser(app)
        browser.sign_in(other.email)
        for path in ("", "/finish", "/call-off"):
            assert browser.get(f"/staff/schedule/today/{made.booking_id}{path}").status_code == 404
        browser.get("/staff/schedule/today")
        assert "Adaeze" not in browser.words
        for verb in ("start", "miss", "finish", "call-off"):
            browser.get("/staff/schedule/today")
            assert browser.post(f"/staff/schedule/today/{made.booking_id}/{verb}", {"version": "1"}).status_code == 404


def test_a_ride_that_was_never_closed_stays_in_sight(app: Any, cast: Any, demo_mode: None) -> None:
    made = booked(cast)
    with on(app, cast, "host", factories.moment(made.slot.on + timedelta(days=3), 9)) as desk:
        desk.get("/staff/schedule/today")
        assert "Did they come?" in desk.words


def test_hostile_words_of_a_rider_are_shown_to_the_host_as_words(app: Any, cast: Any, demo_mode: None) -> None:
    evil = "<img src=x onerror=alert(1)>"
    made = factories.offered(cast, name=f"Ada {evil}")
    rides.get_ready(made.ride, rides.Ready(evil, evil, "020 7946 0019", adjustments=evil, armour=evil), made.applicant)
    schedule.accept(made.booking_id, made.applicant)
    db.session.commit()
    with on(app, cast, "host", factories.moment(made.slot.on, 13)) as desk:
        desk.get("/staff/schedule/today")
        assert desk.text.count("&lt;img src=x onerror=alert(1)&gt;") >= 4
        assert "<img src=x" not in desk.text
