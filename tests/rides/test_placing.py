"""Offering places: what is offered, what stands against the others, what cannot be posted."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest

from casework.cases import service as cases
from casework.extensions import db
from casework.moments import today
from casework.roles import SYSTEM
from casework.schedule import service as schedule
from casework.schedule.models import Booking
from casework.settings import service as settings
from tests import factories, statements
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


def plan(cast: Any, many: int, first: int) -> list[Any]:
    """Free places on days in a row, so that they lie in several months."""
    return [factories.slot(cast, on=today() + timedelta(days=first + 3 * n)) for n in range(many)]


@pytest.mark.parametrize("per_place", [1, 5])
def test_the_page_of_offers_asks_the_database_as_often_for_twenty_places_as_for_two(
    app: Any, cast: Any, demo_mode: None, per_place: int
) -> None:
    settings.change("ride.offers.per_place", per_place, SYSTEM, "test")
    made = factories.approved(cast)
    plan(cast, 2, 28)
    db.session.commit()
    desk = at_the_desk(app, cast)
    path = f"/staff/rides/{made.ride.reference}/offer"
    desk.get(path)
    with statements.noted() as for_two:
        desk.get(path)
    assert desk.text.count('name="places"') == 2
    plan(cast, 18, 34)
    db.session.commit()
    with statements.noted() as for_twenty:
        desk.get(path)
    assert desk.text.count('name="places"') == 20
    assert len(for_twenty) == len(for_two), for_twenty


def test_whoever_is_ready_for_a_place_is_listed_without_a_question_for_each(
    app: Any, cast: Any, demo_mode: None
) -> None:
    factories.approved(cast)
    db.session.commit()
    desk = at_the_desk(app, cast)
    desk.get("/staff/rides/ready")
    with statements.noted() as for_one:
        desk.get("/staff/rides/ready")
    for number in range(4):
        factories.approved(cast, name=f"Bo {number}", email=f"bo{number}@example.org")
    db.session.commit()
    with statements.noted() as for_five:
        desk.get("/staff/rides/ready")
    assert "Bo 3" in desk.words
    assert len(for_five) == len(for_one), for_five


def test_the_page_of_offers_and_the_offer_itself_know_the_same_rules(app: Any, cast: Any) -> None:
    """For each rule that counts over places: what the page says beforehand is what the offer then says."""
    settings.change("ride.cap", 1, SYSTEM, "test")
    first = today().replace(day=1) + timedelta(days=70)
    full = factories.slot(cast, on=first.replace(day=10))
    free = factories.slot(cast, on=(first.replace(day=1) + timedelta(days=40)).replace(day=10))
    held = factories.slot(cast, on=free.on + timedelta(days=1))
    factories.booked(cast, factories.slot(cast, on=first.replace(day=20)))
    factories.offered(cast, held, name="Bo", email="bo@example.org")
    made = factories.approved(cast, name="Cy", email="cy@example.org")
    db.session.commit()
    places = [full, free, held]
    against = schedule.stands_against(places, made.ride, cast.coordinator)
    said = {}
    for place in places:
        try:
            with db.session.begin_nested() as step:
                schedule.offer(place.id, made.ride, cast.coordinator)
                step.rollback()
            said[place.id] = ""
        except cases.Refused as no:
            said[place.id] = no.sentence
    assert against == said
    assert "limit of rides" in against[full.id]
    assert against[free.id] == ""
    assert against[held.id]
