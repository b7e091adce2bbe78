"""Offering places: what is offered, what stands against the others, what cannot be posted."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

from casework.extensions import db
from casework.moments import today
from casework.schedule import service as schedule
from casework.schedule.models import Booking
from tests import factories
from tests.desks import at_the_desk, send, value_of
from tests.rides.desk import fresh


def send_anyway(desk: Any, made: factories.Made, place: str) -> Any:
    """Post a place that the page does not offer."""
    desk.get(f"/staff/rides/{made.ride.reference}/details")
    return desk.post(
        f"/staff/rides/{made.ride.reference}/offer", {"version": str(fresh(made).version), "places": place}
    )


def test_free_places_are_offered_and_the_others_say_what_stands_against_them(
    app: Any, cast: Any, demo_mode: None
) -> None:
    made = factories.approved(cast)
    good = [factories.slot(cast, on=today() + timedelta(days=28 + n)) for n in range(2)]
    soon = factories.slot(cast, on=today() + timedelta(days=1))
    old = factories.slot(cast, on=today() + timedelta(days=50), minimum_age=60)
    db.session.commit()
    desk = at_the_desk(app, cast)
    path = f"/staff/rides/{made.ride.reference}/offer"
    desk.get(path)
    for slot in good:
        assert f'value="{slot.id}"' in desk.text
    for slot in (soon, old):
        assert f'name="places" type="checkbox" value="{slot.id}"' not in desk.text
    assert "There is too little notice for this place." in desk.words
    assert "This person is too young for this place." in desk.words
    assert send(desk, path, {}).status_code == 400
    assert send(desk, path, {"places": [str(slot.id) for slot in good]}).status_code == 303
    assert db.session.query(Booking).filter_by(state="offered").count() == 2
    assert fresh(made).state == "offered"


def test_a_rule_that_came_to_stand_against_a_place_is_said(app: Any, cast: Any, demo_mode: None) -> None:
    made, rival = factories.approved(cast), factories.approved(cast, name="Bo", email="bo@example.org")
    place = factories.slot(cast)
    db.session.commit()
    desk = at_the_desk(app, cast)
    path = f"/staff/rides/{made.ride.reference}/offer"
    desk.get(path)
    fields = {"version": value_of(desk, "version"), "places": str(place.id)}
    schedule.offer(place.id, rival.ride, cast.coordinator)
    db.session.commit()
    answer = desk.post(path, fields)
    assert answer.status_code in {400, 409}
    assert db.session.query(Booking).filter_by(case_id=made.ride.id).count() == 0


def test_a_place_elsewhere_or_not_wished_for_cannot_be_offered_by_posting_its_number(
    app: Any, cast: Any, demo_mode: None
) -> None:
    made = factories.approved(cast, wishes=(factories.area("north").id,))
    host = factories.account("host-south@force.example", cast.host.role, "south")
    south = factories.slot(cast, area_id=factories.area("south").id, host_id=host.id)
    draft = schedule.plan(cast.coordinator, area_id=factories.area("north").id, team="roads", on=today() + timedelta(days=33),
                          starts=time(9), ends=time(17), place="x", host_id=None)  # fmt: skip
    db.session.commit()
    desk = at_the_desk(app, cast)
    for slot in (south, draft):
        answer = send_anyway(desk, made, str(slot.id))
        assert answer.status_code == 400
    assert db.session.query(Booking).count() == 0
