"""Two people at once, for real: threads with connections of their own. One wins, the other is told."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from casework.cases import service as cases
from casework.cases import verify
from casework.complaints import service as complaints
from casework.complaints.models import Complaint, Subject
from casework.extensions import db
from casework.feedback.models import Feedback
from casework.history.models import Event
from casework.history.verify import verify as verify_history
from casework.workflow import Refused
from tests import sayings
from tests.races.test_races import at_once


def post_of(app: Any, browser: Any, path: str, fields: dict[str, Any]) -> Any:
    """A post of a page that a browser has just opened, to be let go in a thread."""
    token, cookie = browser.token(), browser.cookie()

    def post() -> tuple[int, str]:
        client = app.test_client()
        client.set_cookie("casework", cookie, domain="localhost")
        answer = client.post(path, data={"csrf_token": token, **fields})
        return int(answer.status_code), answer.get_data(as_text=True)

    return post


def test_handle_against_investigate_twenty_times_one_wins_and_the_other_is_told(
    app: Any, cast: Any, demo_mode: None
) -> None:
    from tests.desks import at_the_desk, value_of

    first, second = at_the_desk(app, cast, "supervisor"), at_the_desk(app, cast, "supervisor_too")
    for _ in range(20):
        case = sayings.recorded(cast)
        db.session.commit()
        path = f"/staff/cases/{case.reference}"
        jobs = []
        for browser, action in ((first, "handle"), (second, "investigate")):
            browser.get(path)
            fields = {"version": value_of(browser, "version"), "note": f"typed for {action}"}
            jobs.append(post_of(app, browser, f"{path}/do/{action}", fields))
        results = at_once(app, jobs)
        assert sorted(status for status, _ in results) == [302, 409], [status for status, _ in results]
        db.session.rollback()
        lost = next(n for n, (status, _) in enumerate(results) if status == 409)
        assert "was faster" in results[lost][1]
        assert f"typed for {('handle', 'investigate')[lost]}" in results[lost][1]
        assert db.session.get(Complaint, case.id, populate_existing=True).state == ("investigating", "handling")[lost]
        taken = db.session.query(Event).filter(
            Event.stream_id == case.stream_id, Event.action.in_(["handle", "investigate"])
        )
        assert taken.count() == 1
    assert verify_history() == [] and not list(verify.verify())


def test_converting_while_the_person_withdraws_leaves_one_of_both(app: Any, cast: Any) -> None:
    for _ in range(10):
        case = sayings.concern()
        person = sayings.person_of(case)
        triage = cast.triage
        db.session.commit()
        case_id = case.id

        def convert(case_id: int = case_id, triage: Any = triage) -> str:
            cases.perform(db.session.get(Feedback, case_id), "convert", triage)
            db.session.commit()
            return "converted"

        def withdraw(case_id: int = case_id, person: Any = person) -> str:
            cases.perform(db.session.get(Feedback, case_id), "withdraw", person)
            db.session.commit()
            return "withdrawn"

        results = at_once(app, [convert, withdraw])
        won = [each for each in results if isinstance(each, str)]
        assert len(won) == 1, results
        assert all(isinstance(each, cases.Clash | Refused) for each in results if not isinstance(each, str)), results
        db.session.rollback()
        kept = db.session.get(Feedback, case_id, populate_existing=True)
        assert kept.state == won[0] and (kept.became_id is not None) == (won[0] == "converted")
    assert verify_history() == []


def test_merging_two_complaints_into_each_other_at_once_merges_one(app: Any, cast: Any, demo_mode: None) -> None:
    from tests.desks import at_the_desk, value_of

    first, second = at_the_desk(app, cast, "triage"), at_the_desk(app, cast, "handler")
    for _ in range(5):
        one, two = sayings.recorded(cast), sayings.recorded(cast)
        db.session.commit()
        jobs = []
        for browser, this, other in ((first, one, two), (second, two, one)):
            path = f"/staff/complaints/{this.reference}/merge"
            browser.get(path)
            fields = {"version": value_of(browser, "version"), "into": "other", "reference": other.reference}
            jobs.append(post_of(app, browser, path, fields))
        results = at_once(app, jobs)
        assert sorted(status for status, _ in results) == [303, 409], [status for status, _ in results]
        db.session.rollback()
        states = {db.session.get(Complaint, each.id, populate_existing=True).state for each in (one, two)}
        assert states == {"merged", "recorded"}


def test_naming_somebody_while_they_get_the_case_leaves_one_of_both(app: Any, cast: Any) -> None:
    handler, triage = cast.account("handler").id, cast.triage
    for _ in range(5):
        case = sayings.logged(cast)
        db.session.commit()
        case_id = case.id

        def give(case_id: int = case_id) -> str:
            cases.assign(db.session.get(Complaint, case_id), handler, triage)
            db.session.commit()
            return "given"

        def name(case_id: int = case_id) -> str:
            complaints.name_subject(complaints.queries.allegations(case_id)[0], triage, account_id=handler)
            db.session.commit()
            return "named"

        at_once(app, [give, name])
        db.session.rollback()
        given = db.session.get(Complaint, case_id, populate_existing=True).assigned_to == handler
        named = db.session.query(Subject).filter_by(case_id=case_id, account_id=handler).count() == 1
        assert given != named


def test_the_database_itself_keeps_subject_and_handler_apart(app: Any, cast: Any, database: dict[str, str]) -> None:
    case = sayings.logged(cast)
    handler = cast.account("handler").id
    cases.assign(case, handler, cast.triage)
    allegation = complaints.queries.allegations(case.id)[0].id
    db.session.commit()
    insert = "INSERT INTO subjects (case_id, allegation_id, account_id, name, number, rank, team, description) VALUES (%s, %s, %s, '', '', '', '', '')"
    for url in (database["url"], database["owner_url"]):
        with psycopg.connect(url) as connection, pytest.raises(psycopg.errors.CheckViolation):
            connection.execute(insert, (case.id, allegation, handler))
    with psycopg.connect(database["url"]) as connection:
        connection.execute("UPDATE cases SET assigned_to = NULL WHERE id = %s", (case.id,))
        connection.execute(insert, (case.id, allegation, handler))
        with pytest.raises(psycopg.errors.CheckViolation):
            connection.execute("UPDATE cases SET assigned_to = %s WHERE id = %s", (handler, case.id))
