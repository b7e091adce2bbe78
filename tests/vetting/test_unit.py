"""The vetting unit: four eyes, checks, questions, results, its queue, clearances that run out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from casework.cases import registry
from casework.cases import service as cases
from casework.cases.models import Question
from casework.extensions import db
from casework.moments import moved_to, today
from casework.rides.models import Ride
from casework.vetting import findings, queries, service
from casework.vetting.models import VettingCheck
from casework.workflow import Refused
from tests import factories
from tests.desks import at_the_desk, value_of
from tests.vetting.people import FOUND, all_but_one_clear, checks, conclude, finish, in_checks


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


def test_after_its_day_a_clearance_is_no_clearance(app: Any, cast: Any) -> None:
    made = factories.approved(cast)
    result = queries.result(made.ride.id)
    assert result.valid_on(result.valid_until)
    assert not result.valid_on(result.valid_until + timedelta(days=1))
    with moved_to(factories.moment(result.valid_until + timedelta(days=1))):
        assert cases.take_time(registry.named("vetting"), queries.clearance(made.ride.id))
    assert made.ride.state == "checks"
