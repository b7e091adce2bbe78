"""Deletion from the first day: what must go really goes, on its day and not before; a hold stops it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from casework import deletion
from casework.cases.models import Draft
from casework.clocks import Months
from casework.drafting import service as drafts
from casework.extensions import db
from casework.moments import moved_to, now, today
from casework.rides import service as rides
from casework.rides.models import Health, Ride
from casework.schedule import service as schedule
from casework.schedule.models import EmergencyContact
from casework.schedule.workflow import DAY_LIST
from casework.settings import service as settings
from casework.vetting.models import Clearance, Declaration
from tests import factories


def ridden(cast: Any, incident: bool = False) -> Any:
    made = factories.booked(cast)
    with moved_to(made.slot.during.lower):
        schedule.start(made.booking_id, cast.host, dict.fromkeys(DAY_LIST, True))
        log = schedule.Log(made.slot.starts, made.slot.ends, incident=incident)
        schedule.finish(made.booking_id, "complete", cast.host, log)
    db.session.commit()
    return made


def left(model: type) -> int:
    return db.session.query(model).count()


def test_drafts_go_after_28_days(app: Any) -> None:
    drafts.begin("ride")
    db.session.commit()
    deletion.run_all(today() + timedelta(days=28))
    assert left(Draft) == 1
    deletion.run_all(today() + timedelta(days=29))
    assert left(Draft) == 0


def test_health_goes_30_days_after_the_ride(app: Any, cast: Any) -> None:
    made = ridden(cast)
    deletion.run_all(made.slot.on + timedelta(days=30))
    assert left(Health) == 1
    deletion.run_all(made.slot.on + timedelta(days=31))
    assert left(Health) == 0


def test_the_emergency_contact_goes_7_days_after_the_ride(app: Any, cast: Any) -> None:
    made = ridden(cast)
    deletion.run_all(made.slot.on + timedelta(days=7))
    assert left(EmergencyContact) == 1
    deletion.run_all(made.slot.on + timedelta(days=8))
    assert left(EmergencyContact) == 0


def test_the_emergency_contact_stays_where_there_was_an_incident(app: Any, cast: Any) -> None:
    made = ridden(cast, incident=True)
    deletion.run_all(made.slot.on + timedelta(days=60))
    assert left(EmergencyContact) == 1


def test_vetting_detail_goes_6_months_after_the_decision_and_the_result_stays(app: Any, cast: Any) -> None:
    made = factories.decided(cast)
    clearance = db.session.query(Clearance).one()
    clearance.detail = "what was found"
    db.session.commit()
    last = Months(6).due(today(), settings.calendar())
    deletion.run_all(last)
    assert left(Declaration) == 1
    deletion.run_all(last + timedelta(days=1))
    assert left(Declaration) == 0
    kept = db.session.query(Clearance).one()
    assert kept.detail is None
    assert kept.state == "clear"
    assert kept.valid_until == last
    assert made.ride.state == "decision"


def test_a_withdrawn_application_loses_them_too(app: Any, cast: Any) -> None:
    made = factories.booked(cast)
    rides.withdraw(made.ride, made.applicant)
    db.session.commit()
    deletion.run_all(today() + timedelta(days=31))
    assert left(Health) == left(EmergencyContact) == 0


def test_a_hold_stops_every_deletion_of_its_case(app: Any, cast: Any) -> None:
    made = ridden(cast)
    db.session.get(Ride, made.ride.id).hold = "A claim was announced."
    db.session.commit()
    deletion.run_all(today() + timedelta(days=500))
    assert left(Health) == left(EmergencyContact) == left(Declaration) == 1


def test_the_nightly_run_may_run_twice(app: Any, cast: Any) -> None:
    made = ridden(cast)
    day = made.slot.on + timedelta(days=40)
    assert deletion.run_all(day)["health"] == 1
    assert deletion.run_all(day)["health"] == 0


def test_the_clock_is_counted_from_london_days(app: Any, cast: Any) -> None:
    with moved_to(now().replace(month=6, day=30, hour=23, minute=30)):
        drafts.begin("ride")
        db.session.commit()
    # 23:30 UTC on 30 June is 1 July in London.
    draft = db.session.query(Draft).one()
    assert (draft.expires_on.month, draft.expires_on.day) == (7, 29)


def test_a_place_whose_day_went_by_stops_being_free(app: Any, cast: Any) -> None:
    place = factories.slot(cast)
    db.session.commit()
    deletion.run_all(place.on)
    assert place.state == "published"
    deletion.run_all(place.on + timedelta(days=1))
    assert place.state == "cancelled"
