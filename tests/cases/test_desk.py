"""The desk: queue, case page, actions, clash and double click, scope, search."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from casework.cases import queries
from casework.cases import service as cases
from casework.cases.models import Case, Note
from casework.cases.queries import Filter, Scope
from casework.extensions import db
from casework.history.models import Access, Event
from casework.moments import moved_to, now, today
from casework.outbox.models import Owed
from casework.rides.models import Ride
from tests import factories
from tests.browser import Browser


def at_the_desk(app: Any, cast: Any, who: str = "coordinator") -> Browser:
    """A browser in which a member of the cast has signed in."""
    browser = Browser(app)
    browser.sign_in(cast.account(who).email)
    return browser


def submitted(**facts: Any) -> Any:
    made = factories.ride(**facts)
    db.session.commit()
    return made


def test_the_queue_shows_what_nobody_has_taken_in_ones_own_areas(app: Any, cast: Any, demo_mode: None) -> None:
    here = submitted(name="Ana Here")
    submitted(name="Bo Elsewhere", wishes=(factories.area("south").id,))
    submitted(name="Cy Almost", wishes=(factories.area("north-east").id,))
    desk = at_the_desk(app, cast)
    desk.get("/staff/?view=unassigned")
    assert here.ride.reference in desk.words
    assert "Ana Here" in desk.words
    assert "Bo Elsewhere" not in desk.words
    assert "Cy Almost" not in desk.words


def test_claiming_moves_a_case_to_ones_own_queue(app: Any, cast: Any, demo_mode: None) -> None:
    made = submitted()
    desk = at_the_desk(app, cast)
    desk.get("/staff/?view=unassigned")
    desk.post(f"/staff/cases/{made.ride.reference}/assign", {"to": "me", "back": "queue"})
    desk.get("/staff/")
    assert made.ride.reference in desk.words
    assert db.session.query(Case).one().assigned_to == cast.account("coordinator").id


def test_the_case_page_offers_what_the_table_offers_and_says_why_not(app: Any, cast: Any, demo_mode: None) -> None:
    made = submitted()
    desk = at_the_desk(app, cast)
    desk.get(f"/staff/cases/{made.ride.reference}")
    assert "Take forward: ask for the next part" in desk.words
    assert "Start checks: The applicant has not given the next part yet." in desk.words
    assert "Why this date?" in desk.words
    assert db.session.query(Access).filter_by(what="case").count() == 1


def test_a_transition_is_taken_with_a_note_and_recorded(app: Any, cast: Any, demo_mode: None) -> None:
    made = submitted()
    desk = at_the_desk(app, cast)
    desk.get(f"/staff/cases/{made.ride.reference}")
    answer = desk.post(
        f"/staff/cases/{made.ride.reference}/do/invite", {"note": "looks good", "version": str(made.ride.version)}
    )
    assert answer.status_code == 302
    assert db.session.get(Ride, made.ride.id).state == "waiting"
    desk.follow(answer)
    assert "looks good" in desk.words


def test_pressing_twice_does_it_once(app: Any, cast: Any, demo_mode: None) -> None:
    made = submitted()
    desk = at_the_desk(app, cast)
    path = f"/staff/cases/{made.ride.reference}"
    desk.get(path)
    fields = {"csrf_token": desk.token(), "version": str(made.ride.version)}
    desk.post_bare(path + "/do/invite", fields)
    desk.follow(desk.post_bare(path + "/do/invite", fields))
    assert "next part asked for" in desk.words
    assert "There is a problem" not in desk.words
    assert db.session.query(Event).filter_by(action="invite").count() == 1


def test_who_is_late_is_told_who_did_what_and_keeps_what_they_typed(app: Any, cast: Any, demo_mode: None) -> None:
    made = submitted()
    desk = at_the_desk(app, cast)
    path = f"/staff/cases/{made.ride.reference}"
    desk.get(path)
    fields = {"csrf_token": desk.token(), "version": str(made.ride.version), "note": "my long note"}
    other = cast.account("supervisor")
    cases.perform(made.ride, "refuse", cast.supervisor, ground="residence")
    db.session.commit()
    answer = desk.post_bare(path + "/do/invite", fields)
    assert answer.status_code == 409
    assert f"{other.name} was faster" in desk.words
    assert "my long note" in desk.text
    assert db.session.query(Event).filter_by(action="invite").count() == 0


def test_another_areas_coordinator_finds_nothing_anywhere(app: Any, cast: Any, demo_mode: None) -> None:
    made = submitted()
    desk = at_the_desk(app, cast, "coordinator_south")
    path = f"/staff/cases/{made.ride.reference}"
    desk.get("/staff/?view=all")
    assert made.ride.reference not in desk.words
    assert desk.get(path).status_code == 404
    desk.get("/staff/")
    for target in ("/do/invite", "/assign", "/notes"):
        assert desk.post(path + target, {"to": "me", "words": "x"}).status_code == 404
        desk.get("/staff/")
    desk.follow(desk.post("/staff/search", {"words": "Adaeze"}))
    assert made.ride.reference not in desk.words


def test_once_approved_a_wished_for_area_sees_the_case(app: Any, cast: Any, demo_mode: None) -> None:
    made = factories.approved(cast)
    db.session.commit()
    desk = at_the_desk(app, cast, "coordinator_south")
    assert desk.get(f"/staff/cases/{made.ride.reference}").status_code == 200


def test_search_finds_by_reference_name_and_email_and_hides_the_words(app: Any, cast: Any, demo_mode: None) -> None:
    made = submitted(name="Zoë O’Brien-Müller", email="zoe@example.org")
    desk = at_the_desk(app, cast)
    for words in ("obrien", "zoe", "Muller", "O'Brein", "zoe@example.org", "ZOE@example.org"):
        desk.get("/staff/")
        answer = desk.post("/staff/search", {"words": words})
        assert words not in answer.headers["Location"]
        desk.follow(answer)
        assert made.ride.reference in desk.words, words
    desk.get("/staff/")
    answer = desk.post("/staff/search", {"words": made.ride.reference.lower().replace("-", " ")})
    assert made.ride.reference in answer.headers["Location"]


def test_hostile_text_is_shown_as_text(app: Any, cast: Any, demo_mode: None) -> None:
    evil = "<script>alert(1)</script>"
    made = submitted(name=evil, why=evil, safe_times=evil)
    desk = at_the_desk(app, cast)
    for path in ("/staff/?view=all", f"/staff/cases/{made.ride.reference}"):
        desk.get(path)
        assert evil not in desk.text
        assert "&lt;script&gt;" in desk.text


def test_a_note_is_kept_and_a_bad_one_stays_typed(app: Any, cast: Any, demo_mode: None) -> None:
    made = submitted()
    desk = at_the_desk(app, cast)
    path = f"/staff/cases/{made.ride.reference}"
    desk.get(path)
    desk.post(path + "/notes", {"words": "Call before noon"})
    assert db.session.query(Note).one().words == "Call before noon"
    desk.get(path)
    assert desk.post(path + "/notes", {"words": "x" * 4001}).status_code == 400
    assert "x" * 100 in desk.text


def test_pages_by_key_meet_every_case_once(app: Any, cast: Any) -> None:
    for number in range(60):
        with moved_to(now() - timedelta(days=number % 7)):
            factories.ride(email=f"p{number}@example.org")
    db.session.commit()
    scope = Scope(frozenset({factories.area("north").id}), False)
    seen: list[int] = []
    after = None
    while True:
        rows = queries.inbox(scope, 0, Filter("all", after=after))
        seen += [row.id for row in rows[: queries.PAGE]]
        if len(rows) <= queries.PAGE:
            break
        after = (rows[queries.PAGE - 1].next_due_on, rows[queries.PAGE - 1].id)
    assert len(seen) == len(set(seen)) == 60
    counts = queries.counts(scope, 0, Filter("all"), today())
    assert sum(counts.values()) == 60


def test_filters_in_the_address_that_make_no_sense_change_nothing(app: Any, cast: Any, demo_mode: None) -> None:
    submitted()
    desk = at_the_desk(app, cast)
    for query in (
        "view='><script>",
        "state=no",
        "area=../x",
        "after=2020-13-01.5",
        "after=2026-01-01.99999999999999999999",
        "view=%00",
    ):
        assert desk.get(f"/staff/?{query}").status_code == 200
        assert "<script>'" not in desk.text


def test_an_administrator_reads_a_case_only_by_breaking_the_glass_and_data_protection_is_told(
    app: Any, cast: Any, demo_mode: None
) -> None:
    made = submitted()
    officer = cast.account("data_protection")
    desk = at_the_desk(app, cast, "admin")
    assert desk.get(f"/staff/cases/{made.ride.reference}").status_code == 403
    assert desk.submit("/staff/break-glass", {"reference": made.ride.reference, "reason": ""}).status_code == 400
    assert db.session.query(Access).filter_by(what="break-glass").count() == 0
    desk.post("/staff/break-glass", {"reference": made.ride.reference, "reason": "A court asked today."})
    assert "Adaeze Okonkwo-Price" in desk.words
    assert "What you can do now" not in desk.words
    assert db.session.query(Access).filter_by(what="break-glass").one().case_id == made.ride.id
    told = db.session.query(Owed).filter_by(name="staff-alarm").one()
    assert told.part == f"account:{officer.id}"
    assert desk.get(f"/staff/cases/{made.ride.reference}").status_code == 403


def test_disabling_an_account_returns_its_cases_to_the_queue(app: Any, cast: Any) -> None:
    from casework.accounts import service as accounts

    made = submitted()
    cases.assign(made.ride, cast.account("coordinator").id, cast.coordinator)
    db.session.commit()
    accounts.disable(cast.account("coordinator"), cast.admin)
    db.session.commit()
    assert db.session.get(Case, made.ride.id).assigned_to is None
