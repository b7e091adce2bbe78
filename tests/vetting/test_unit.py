"""The vetting unit: four eyes, the sealed room, questions, results, clearances that run out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from casework.cases import service as cases
from casework.cases.models import Question
from casework.extensions import db
from casework.history.models import Access, Event, EventNote
from casework.moments import moved_to, today
from casework.outbox.models import Owed
from casework.rides.models import Ride
from casework.vetting import findings, queries, service
from casework.vetting.models import Clearance, VettingCheck
from casework.workflow import Refused
from tests import factories
from tests.browser import Browser
from tests.desks import at_the_desk, value_of

FOUND = "SECRETFINDING a caution of 2009"


def in_checks(cast: Any, **facts: Any) -> factories.Made:
    """Somebody whose checks have begun, with a declaration worth hiding."""
    made = factories.ride(**facts)
    cases.perform(made.ride, "invite", cast.coordinator)
    declared = {
        "other_names": "SECRETNAME",
        "addresses": "SECRETSTREET",
        "convictions": "SECRETCONVICTION",
        "police_matters": "SECRETMATTER",
    }
    from casework.rides import service as rides

    rides.give_next_part(made.ride, made.applicant, **declared)
    db.session.commit()
    return made


def checks(made: factories.Made) -> list[VettingCheck]:
    clearance = queries.clearance(made.ride.id)
    assert clearance is not None
    return clearance.checks


def finish(desk: Browser, made: factories.Made, check: VettingCheck, action: str, detail: str = "") -> Any:
    """Press one of a check's buttons."""
    path = f"/staff/vetting/{made.ride.reference}"
    desk.get(path)
    name = f"check-{check.id}-"
    fields = {f"{name}version": value_of(desk, f"{name}version"), f"{name}detail": detail}
    return desk.post(f"{path}/checks/{check.id}/{action}", fields)


def conclude(desk: Browser, made: factories.Made, action: str, detail: str = "", **more: Any) -> Any:
    """Record a result."""
    path = f"/staff/vetting/{made.ride.reference}"
    desk.get(path)
    fields = {"result-action": action, "result-detail": detail} | {
        f"result-{key}": value for key, value in more.items()
    }
    if 'name="result-version"' in desk.text:
        fields["result-version"] = value_of(desk, "result-version")
    return desk.post(f"{path}/result", fields)


def all_but_one_clear(desk: Browser, made: factories.Made) -> None:
    """Three checks are clear, the last found something."""
    rows = checks(made)
    for check in rows:
        finish(desk, made, check, "begin")
    for check in rows[:-1]:
        finish(desk, made, check, "clear")
    finish(desk, made, rows[-1], "find", FOUND)


def test_a_plainly_clear_person_is_cleared_by_one_officer_and_goes_to_the_coordinator(
    app: Any, cast: Any, demo_mode: None
) -> None:
    made = in_checks(cast)
    desk = at_the_desk(app, cast, "vetting_officer")
    desk.follow(desk.get("/staff/"))
    assert made.ride.reference in desk.words
    for check in checks(made):
        finish(desk, made, check, "begin")
        finish(desk, made, check, "clear")
    assert conclude(desk, made, "clear").status_code == 303
    ride = db.session.get(Ride, made.ride.id)
    assert (ride.state, ride.waits_for) == ("decision", "coordinator")
    assert queries.result(ride.id).valid_until > today() + timedelta(days=170)


def test_nothing_is_cleared_while_a_check_is_open_and_the_page_says_why(app: Any, cast: Any, demo_mode: None) -> None:
    made = in_checks(cast)
    desk = at_the_desk(app, cast, "vetting_officer")
    desk.get(f"/staff/vetting/{made.ride.reference}")
    assert "Every check must be clear. At least one is not, or none was made." in desk.words
    answer = conclude(desk, made, "clear")
    assert answer.status_code in {400, 409}
    assert queries.clearance(made.ride.id).state == "open"


def test_an_adverse_result_needs_a_second_person(app: Any, cast: Any, demo_mode: None) -> None:
    made = in_checks(cast)
    first = at_the_desk(app, cast, "vetting_officer")
    all_but_one_clear(first, made)
    assert conclude(first, made, "refer", "Please look at the caution.").status_code == 303
    first.get(f"/staff/vetting/{made.ride.reference}")
    assert "Somebody else must do this, because you took an earlier decision here." in first.words
    for action in ("bar", "clear", "clear_with_conditions"):
        answer = conclude(first, made, action, "alone", conditions="daytime", version="1")
        assert answer.status_code in {400, 409}
    assert queries.clearance(made.ride.id).state == "adverse_review"
    second = at_the_desk(app, cast, "vetting_officer_too")
    second.get(f"/staff/vetting/{made.ride.reference}")
    assert "Please look at the caution." in second.words
    assert FOUND in second.words
    assert conclude(second, made, "bar", "Too recent.").status_code == 303
    ride = db.session.get(Ride, made.ride.id)
    assert (ride.state, ride.waits_for) == ("decision", "supervisor")
    written = findings.read(queries.clearance(ride.id).detail)
    assert [note.words for note in written] == ["Please look at the caution.", "Too recent."]


def test_conditions_go_to_the_scheme_and_reasons_do_not(app: Any, cast: Any, demo_mode: None) -> None:
    made = in_checks(cast)
    all_but_one_clear(at_the_desk(app, cast, "vetting_officer"), made)
    conclude(at_the_desk(app, cast, "vetting_officer"), made, "refer", "SECRETREASON one")
    second = at_the_desk(app, cast, "vetting_officer_too")
    assert conclude(second, made, "clear_with_conditions", "SECRETREASON two").status_code == 400
    assert "Choose at least one condition" in second.words
    assert (
        conclude(
            second, made, "clear_with_conditions", "SECRETREASON two", conditions=["daytime", "not-response"]
        ).status_code
        == 303
    )
    assert queries.result(made.ride.id).conditions == ("daytime", "not-response")
    desk = at_the_desk(app, cast, "supervisor")
    desk.get(f"/staff/cases/{made.ride.reference}")
    assert "Daytime shifts only" in desk.words
    for who in ("coordinator", "supervisor"):
        desk = at_the_desk(app, cast, who)
        for path in (
            f"/staff/cases/{made.ride.reference}",
            "/staff/?view=all",
            f"/staff/rides/{made.ride.reference}/details",
        ):
            desk.get(path)
            assert "SECRET" not in desk.text, path


def test_nothing_sealed_stands_in_history_messages_or_facts(app: Any, cast: Any, demo_mode: None) -> None:
    made = in_checks(cast)
    first = at_the_desk(app, cast, "vetting_officer")
    all_but_one_clear(first, made)
    conclude(first, made, "refer", "SECRETREASON")
    for event in db.session.query(Event):
        assert "SECRET" not in str(event.facts)
    assert not [note for note in db.session.query(EventNote) if "SECRET" in note.text]
    for row in (db.session.query(VettingCheck).all(), db.session.query(Clearance).all()):
        for each in row:
            assert b"SECRET" not in (each.detail_sealed or b"")


@pytest.mark.parametrize("who", ["coordinator", "supervisor", "host", "clerk", "admin", "data_protection"])
def test_nobody_but_vetting_staff_opens_the_room(app: Any, cast: Any, demo_mode: None, who: str) -> None:
    made = in_checks(cast)
    desk = at_the_desk(app, cast, who)
    check = checks(made)[0].id
    for path in ("", "/running-out", f"/{made.ride.reference}", f"/{made.ride.reference}/checks/{check}/ask"):
        assert desk.get("/staff/vetting" + path).status_code == 403
        assert "SECRET" not in desk.text


def test_vetting_staff_see_no_reason_for_applying_and_no_feedback(app: Any, cast: Any, demo_mode: None) -> None:
    made = in_checks(cast, why="SECRETWHY", heard_from="SECRETHEARD", interests=("journalist",))
    desk = at_the_desk(app, cast, "vetting_officer")
    desk.get(f"/staff/vetting/{made.ride.reference}")
    assert "SECRETCONVICTION" in desk.words
    assert "Wednesday 28 February 1990" in desk.words
    for secret in ("SECRETWHY", "SECRETHEARD", "journalist", "adaeze@example.org"):
        assert secret not in desk.text
    assert desk.get(f"/staff/cases/{made.ride.reference}").status_code == 403


def test_every_opening_of_a_person_is_recorded(app: Any, cast: Any, demo_mode: None) -> None:
    made = in_checks(cast)
    desk = at_the_desk(app, cast, "vetting_officer")
    for _ in range(3):
        desk.get(f"/staff/vetting/{made.ride.reference}")
    kept = db.session.query(Access).filter_by(what="vetting").all()
    assert [(each.case_id, each.account_id) for each in kept] == [
        (made.ride.id, cast.account("vetting_officer").id)
    ] * 3


def test_an_officer_elsewhere_finds_nobody_of_ours(app: Any, cast: Any, demo_mode: None) -> None:
    made = in_checks(cast)
    other = factories.account("vetting-south@force.example", cast.vetting_officer.role, "south")
    db.session.commit()
    desk = Browser(app)
    desk.sign_in(other.email)
    desk.get("/staff/vetting")
    assert made.ride.reference not in desk.words
    check = checks(made)[0].id
    path = f"/staff/vetting/{made.ride.reference}"
    assert desk.get(path).status_code == 404
    for sub in ("/result", f"/checks/{check}/begin", f"/checks/{check}/ask", f"/checks/{check}/answer"):
        desk.get("/staff/vetting")
        assert desk.post(path + sub, {"version": "1", "words": "x"}).status_code == 404


def test_a_check_of_somebody_else_is_not_found_under_this_reference(app: Any, cast: Any, demo_mode: None) -> None:
    made, other = in_checks(cast), in_checks(cast, name="Bo", email="bo@example.org")
    desk = at_the_desk(app, cast, "vetting_officer")
    desk.get(f"/staff/vetting/{made.ride.reference}")
    wrong = checks(other)[0]
    answer = desk.post(
        f"/staff/vetting/{made.ride.reference}/checks/{wrong.id}/begin", {f"check-{wrong.id}-version": "1"}
    )
    assert answer.status_code == 404
    assert db.session.get(VettingCheck, wrong.id).state == "requested"


def test_a_question_is_put_and_its_answer_stays_in_the_room(app: Any, cast: Any, demo_mode: None) -> None:
    made = in_checks(cast)
    check = checks(made)[0]
    desk = at_the_desk(app, cast, "vetting_officer")
    finish(desk, made, check, "begin")
    path = f"/staff/vetting/{made.ride.reference}/checks/{check.id}"
    desk.get(path + "/ask")
    desk.post(path + "/ask", {"version": value_of(desk, "version"), "words": "Where did you live in 2019?"})
    assert db.session.query(Owed).filter_by(name="ride-checks-question").count() == 1
    desk.get(f"/staff/vetting/{made.ride.reference}")
    assert "Waiting for the answer" in desk.words
    desk.get(path + "/answer")
    assert "Where did you live in 2019?" in desk.words
    desk.post(path + "/answer", {"version": value_of(desk, "version"), "words": "SECRETANSWER in Leeds"})
    desk.get(f"/staff/vetting/{made.ride.reference}")
    assert "SECRETANSWER in Leeds" in desk.words
    assert db.session.get(VettingCheck, check.id).state == "in_progress"
    coordinator = at_the_desk(app, cast)
    coordinator.get(f"/staff/cases/{made.ride.reference}")
    assert "SECRETANSWER" not in coordinator.text
    assert "Where did you live" not in coordinator.text


def test_one_question_at_a_time_and_another_check_does_not_close_it(app: Any, cast: Any) -> None:
    made = in_checks(cast)
    first, second = checks(made)[:2]
    for check in (first, second):
        service.finish_check(check, "begin", cast.vetting_officer)
    service.ask(first, "Where did you live?", cast.vetting_officer)
    with pytest.raises(Refused, match="Another question to the applicant is open"):
        service.ask(second, "And before?", cast.vetting_officer)
    service.finish_check(second, "give_up", cast.vetting_officer, detail="no records")
    assert db.session.query(Question).filter_by(room="vetting").one().closed_at is None
    service.answer(first, "In Leeds", made.applicant)
    assert first.state == "in_progress"


def test_a_concern_needs_words_and_the_words_typed_survive_a_mistake(app: Any, cast: Any, demo_mode: None) -> None:
    made = in_checks(cast)
    check = checks(made)[0]
    desk = at_the_desk(app, cast, "vetting_officer")
    finish(desk, made, check, "begin")
    assert finish(desk, made, check, "find").status_code == 400
    assert "Enter what was found" in desk.words
    too_long = "x" * 4001
    assert finish(desk, made, check, "find", too_long).status_code == 400
    assert too_long in desk.text
    assert db.session.get(VettingCheck, check.id).state == "in_progress"


def test_two_officers_at_one_check_the_slower_is_told_and_keeps_the_words(app: Any, cast: Any, demo_mode: None) -> None:
    made = in_checks(cast)
    check = checks(made)[0]
    one, two = at_the_desk(app, cast, "vetting_officer"), at_the_desk(app, cast, "vetting_officer_too")
    finish(one, made, check, "begin")
    two.get(f"/staff/vetting/{made.ride.reference}")
    stale = value_of(two, f"check-{check.id}-version")
    finish(one, made, check, "clear")
    answer = two.post(
        f"/staff/vetting/{made.ride.reference}/checks/{check.id}/find",
        {f"check-{check.id}-version": stale, f"check-{check.id}-detail": "what I had typed"},
    )
    assert answer.status_code == 409
    assert "Vetting Officer was faster" in two.words
    assert "check clear" in two.words
    assert db.session.get(VettingCheck, check.id).state == "clear"


def test_clearances_that_run_out_within_thirty_days_are_pointed_out(app: Any, cast: Any, demo_mode: None) -> None:
    soon, later = (
        factories.approved(cast, name="Ana Soon"),
        factories.approved(cast, name="Bo Later", email="bo@example.org"),
    )
    queries.clearance(soon.ride.id).valid_until = today() + timedelta(days=30)
    queries.clearance(later.ride.id).valid_until = today() + timedelta(days=31)
    db.session.commit()
    desk = at_the_desk(app, cast, "vetting_officer")
    desk.get("/staff/vetting")
    assert "1 clearance runs out within 30 days" in desk.words
    desk.get("/staff/vetting/running-out")
    assert "Ana Soon" in desk.words
    assert "Bo Later" not in desk.words


def test_a_reported_change_ends_the_clearance_and_the_checks_begin_again(app: Any, cast: Any, demo_mode: None) -> None:
    made = factories.approved(cast)
    db.session.commit()
    desk = at_the_desk(app, cast, "vetting_officer")
    assert conclude(desk, made, "report_change", "Arrested last week.").status_code == 303
    assert db.session.get(Ride, made.ride.id).state == "checks"
    assert queries.clearance(made.ride.id).state == "open"
    assert queries.result(made.ride.id).valid_until is None


def test_the_queue_stands_in_groups_and_turns_its_pages_by_key(app: Any, cast: Any, demo_mode: None) -> None:
    for n in range(27):
        made = in_checks(cast, name=f"Person {n:02}", email=f"p{n}@example.org")
        queries.clearance(made.ride.id).due_on = today() + timedelta(days=n - 12)
    db.session.commit()
    desk = at_the_desk(app, cast, "vetting_officer")
    desk.get("/staff/vetting")
    for group in ("Critically overdue", "Overdue", "Due soon", "Later"):
        assert group in desk.words
    first = [n for n in range(27) if f"Person {n:02}" in desk.words]
    assert first == list(range(25))
    following = desk.text.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    desk.get(following)
    assert [n for n in range(27) if f"Person {n:02}" in desk.words] == [25, 26]


@pytest.mark.parametrize(
    "query", ["after=x", "after=2026-01-01.99999999999999999999", "after=2026-01-01.-1", "state=%27", "state=<b>"]
)
def test_strange_addresses_of_the_queue_change_nothing(app: Any, cast: Any, demo_mode: None, query: str) -> None:
    desk = at_the_desk(app, cast, "vetting_officer")
    assert desk.get("/staff/vetting?" + query).status_code == 200


def test_hostile_declarations_are_shown_as_words(app: Any, cast: Any, demo_mode: None) -> None:
    evil = "<script>alert(1)</script>"
    made = in_checks(cast, name=evil)
    service.declare(made.ride.id, other_names=evil, addresses=evil, convictions=evil, police_matters=evil)
    db.session.commit()
    desk = at_the_desk(app, cast, "vetting_officer")
    finish(desk, made, checks(made)[0], "begin", evil)
    desk.get(f"/staff/vetting/{made.ride.reference}")
    assert "<script>alert" not in desk.text
    assert desk.text.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 5


def test_the_clearance_of_somebody_else_cannot_be_set_by_posting_its_columns(
    app: Any, cast: Any, demo_mode: None
) -> None:
    made = in_checks(cast)
    check = checks(made)[0]
    desk = at_the_desk(app, cast, "vetting_officer")
    desk.get(f"/staff/vetting/{made.ride.reference}")
    name = f"check-{check.id}-"
    fields = {
        f"{name}version": value_of(desk, f"{name}version"),
        "state": "clear",
        f"{name}state": "clear",
        "case_id": "9",
        "kind": "x",
    }
    desk.post(f"/staff/vetting/{made.ride.reference}/checks/{check.id}/begin", fields)
    row = db.session.get(VettingCheck, check.id)
    assert (row.state, row.case_id, row.kind) == ("in_progress", made.ride.id, check.kind)


def test_after_its_day_a_clearance_is_no_clearance(app: Any, cast: Any) -> None:
    made = factories.approved(cast)
    result = queries.result(made.ride.id)
    assert result.valid_on(result.valid_until)
    assert not result.valid_on(result.valid_until + timedelta(days=1))
    with moved_to(factories.moment(result.valid_until + timedelta(days=1))):
        from casework.cases import registry

        assert cases.take_time(registry.named("vetting"), queries.clearance(made.ride.id))
    assert made.ride.state == "checks"
