"""The scheme of a BCU: open, pause, close with a message; the limit; the numbers beside it."""

from __future__ import annotations

from typing import Any

from casework.extensions import db
from casework.history.models import Event
from casework.outbox.models import Owed
from casework.rides import queries
from casework.rides import service as rides
from casework.rides.models import Scheme
from tests import factories
from tests.browser import Browser
from tests.desks import at_the_desk, send, value_of


def scheme(slug: str = "north") -> Scheme:
    found = queries.scheme(factories.area(slug).id)
    assert found is not None
    return found


def test_a_coordinator_pauses_with_a_message_and_opens_again(app: Any, cast: Any, demo_mode: None) -> None:
    rides.ask_to_be_told(factories.area("north").id, "wait@example.org")
    db.session.commit()
    desk = at_the_desk(app, cast)
    assert send(desk, "/staff/schemes/north", {"action": "pause"}).status_code == 400
    assert "Enter what the public reads" in desk.words
    assert (
        send(desk, "/staff/schemes/north", {"action": "pause", "message": "Full until <b>March</b>."}).status_code
        == 303
    )
    assert (scheme().state, scheme().message) == ("paused", "Full until <b>March</b>.")
    assert scheme().paused_at is not None
    public = Browser(app)
    public.get("/ride-along")
    assert "Full until <b>March</b>." in public.words or "Full until" in public.words
    assert "<b>March" not in public.text
    desk.get("/staff/schemes")
    assert "<b>March" not in desk.text
    assert send(desk, "/staff/schemes/north", {"action": "reopen"}).status_code == 303
    assert (scheme().state, scheme().message, scheme().paused_at) == ("open", "", None)
    assert db.session.query(Owed).filter_by(name="scheme-open").count() == 1


def test_the_limit_is_set_removed_and_checked(app: Any, cast: Any, demo_mode: None) -> None:
    desk = at_the_desk(app, cast, "supervisor")
    path = "/staff/schemes/north/limit"
    assert send(desk, "/staff/schemes/north", {"cap": "0"}, to=path).status_code == 400
    assert "between 1 and" in desk.words
    send(desk, "/staff/schemes/north", {"cap": "40"}, to=path)
    assert scheme().intake_cap == 40
    assert db.session.query(Event).filter_by(action="limit").one().facts == {"cap": 40}
    desk.get("/staff/schemes/north")
    assert 'value="40"' in desk.text
    send(desk, "/staff/schemes/north", {"cap": ""}, to=path)
    assert scheme().intake_cap is None


def test_the_numbers_stand_beside_the_settings(app: Any, cast: Any, demo_mode: None) -> None:
    factories.ride()
    factories.approved(cast, name="Bo", email="bo@example.org")
    factories.slot(cast)
    rides.ask_to_be_told(factories.area("north").id, "wait@example.org")
    db.session.commit()
    from casework.moments import today

    found = queries.figures([factories.area("north").id, factories.area("south").id], today())
    assert found[factories.area("north").id] == queries.Figures(undecided=1, approved=1, free=1, taken=0, waiting=1)
    assert found[factories.area("south").id] == queries.Figures()
    desk = at_the_desk(app, cast)
    desk.get("/staff/schemes")
    assert "North" in desk.words
    assert "South" not in desk.words


def test_two_who_change_one_scheme_the_second_is_told(app: Any, cast: Any, demo_mode: None) -> None:
    one, two = at_the_desk(app, cast), at_the_desk(app, cast, "supervisor")
    two.get("/staff/schemes/north")
    stale = value_of(two, "version")
    send(one, "/staff/schemes/north", {"action": "pause", "message": "Full."})
    answer = two.post("/staff/schemes/north", {"version": stale, "action": "close", "message": "Closed for good."})
    assert answer.status_code in {400, 409}
    assert scheme().state == "paused"
    answer = two.post("/staff/schemes/north", {"version": stale, "action": "close", "message": "Closed for good."})
    assert answer.status_code == 409
    assert "Coordinator was faster" in two.words
    assert "Closed for good." in two.text


def test_the_scheme_of_another_bcu_is_not_found(app: Any, cast: Any, demo_mode: None) -> None:
    desk = at_the_desk(app, cast)
    for slug in ("south", "north-east", "north-borough", "force", "nowhere"):
        assert desk.get(f"/staff/schemes/{slug}").status_code == 404
        desk.get("/staff/account")
        assert (
            desk.post(f"/staff/schemes/{slug}", {"version": "1", "action": "pause", "message": "x"}).status_code == 404
        )
        desk.get("/staff/account")
        assert desk.post(f"/staff/schemes/{slug}/limit", {"version": "1", "cap": "1"}).status_code == 404
    assert {row.state for row in db.session.query(Scheme)} == {"open"}
