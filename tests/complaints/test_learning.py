"""What was learned, published without persons; and the codes of complaint recording."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from casework.complaints import service as complaints
from casework.complaints import terms
from casework.extensions import db
from casework.history.models import Event
from casework.moments import moved_to, now, today
from casework.roles import Role
from casework.triage import service as desk
from tests import factories, sayings
from tests.browser import Browser
from tests.desks import at_the_desk, value_of


def learned(cast: Any) -> Any:
    """Something learned, promised for ten days from now."""
    case = sayings.complaint()
    kept = complaints.learn(
        case, cast.supervisor, what="Receipts were not given.", change="Every team gets a pad.", who="Response",
        by_on=today() + timedelta(days=10),
    )  # fmt: skip
    db.session.commit()
    return kept


def test_what_was_learned_is_public_once_a_supervisor_publishes_it_and_late_when_it_is_late(
    app: Any, cast: Any, demo_mode: None
) -> None:
    kept = learned(cast)
    anybody, supervisor = Browser(app), at_the_desk(app, cast, "supervisor")
    assert "Nothing is published yet." in (anybody.get("/what-changed") and anybody.words)
    path = f"/staff/learning/{kept.id}"
    assert supervisor.get(path).status_code == 200
    given = {
        "was": value_of(supervisor, "was"),
        "what": kept.what,
        "change": kept.change,
        "who": kept.who,
        "published": "yes",
    }
    assert supervisor.post(path, given).status_code == 400
    assert "confirm that it names nobody" in supervisor.words
    assert supervisor.post(path, given | {"nameless": "yes"}).status_code == 303
    anybody.get("/what-changed")
    assert "Every team gets a pad." in anybody.words and "Not yet." in anybody.words
    with moved_to(now() + timedelta(days=13)):
        anybody.get("/what-changed")
        assert "It is 3 days late." in anybody.words


def test_two_who_change_the_same_learning_are_told(app: Any, cast: Any, demo_mode: None) -> None:
    kept = learned(cast)
    path = f"/staff/learning/{kept.id}"
    first, second = at_the_desk(app, cast, "supervisor"), at_the_desk(app, cast, "supervisor_too")
    for browser in (first, second):
        browser.get(path)
    given = {"was": value_of(first, "was"), "what": "A", "change": "B", "who": "C"}
    assert first.post(path, given).status_code == 303
    assert second.post(path, given | {"what": "My own words"}).status_code == 409
    assert "Somebody changed this just now" in second.words and "My own words" in second.text


def test_learning_of_another_area_is_not_found(app: Any, cast: Any, demo_mode: None) -> None:
    kept = learned(cast)
    other = at_the_desk(app, cast, "handler_south")
    assert other.get("/staff/learning").status_code == 200 and "Receipts" not in other.words
    assert other.get(f"/staff/learning/{kept.id}").status_code == 403
    assert at_the_desk(app, cast, "supervisor").get("/staff/learning/999999999999999999999").status_code == 404


def test_an_administrator_renames_switches_off_and_adds_codes_and_every_change_is_in_the_history(
    app: Any, cast: Any, demo_mode: None
) -> None:
    cast.account("admin")
    admin = at_the_desk(app, cast, "admin")
    base = "/staff/settings/complaint-terms"
    assert admin.get(base).status_code == 200 and "legacy-K" in admin.words
    admin.get(f"{base}/category/L")
    was = value_of(admin, "was")
    assert admin.post(f"{base}/category/L", {"was": was, "name": "Something else", "why": "clearer"}).status_code == 303
    assert terms.names("category")["L"] == "Something else" and "L" not in terms.offered("category")
    admin.get(f"{base}/category/L")
    assert admin.post(f"{base}/category/L", {"was": was, "name": "Mine", "why": "x"}).status_code == 409
    for code, status in (("I1", 400), ("b10", 400), ("B1", 400), ("B10", 303)):
        admin.get(f"{base}/category/add")
        assert (
            admin.post(f"{base}/category/add", {"code": code, "name": "Drones", "why": "new"}).status_code == status
        ), code
    assert list(terms.offered("category")).index("B10") > list(terms.offered("category")).index("B9")
    assert not any(code.startswith("legacy") for code in terms.offered("category"))
    admin.get(f"{base}/category/legacy-K")
    admin.post(f"{base}/category/legacy-K", {"was": value_of(admin, "was"), "name": "Old", "active": "yes", "why": "x"})
    assert "legacy-K" not in terms.offered("category")
    assert admin.get(f"{base}/result/add").status_code == 404
    assert admin.get(f"{base}/nothing/L").status_code == 404
    assert db.session.query(Event).filter_by(action="change_term").count() == 3
    assert at_the_desk(app, cast, "supervisor").get(base).status_code == 403


def test_what_was_learned_and_pointed_out_is_seen_where_its_case_is_now(app: Any, cast: Any, demo_mode: None) -> None:
    case = sayings.complaint(community=True)
    kept = complaints.learn(
        case, cast.supervisor, what="Receipts were not given.", change="Every team gets a pad.", who="Response",
        by_on=today() + timedelta(days=10),
    )  # fmt: skip
    kept.published = True
    south = factories.account("supervisor-south@force.example", Role.SUPERVISOR, "south")
    db.session.commit()
    path = f"/staff/learning/{kept.id}"
    desk.edit_facts(case, {"borough_id": factories.area("south-borough").id}, cast.triage)
    db.session.commit()
    here, there = at_the_desk(app, cast, "supervisor"), Browser(app)
    there.sign_in(south.email)
    for browser, seen in ((here, False), (there, True)):
        assert browser.get(path).status_code == (200 if seen else 404)
        for page in ("/staff/learning", "/staff/triggers"):
            browser.get(page)
            assert (case.reference in browser.words) is seen, page
    assert "South" in there.words
    anybody = Browser(app)
    anybody.get("/what-changed")
    assert "Response, South" in anybody.words
