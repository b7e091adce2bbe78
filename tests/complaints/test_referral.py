"""The mandatory referral checklist: on one screen, in rounds, about what is alleged."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from casework.complaints import queries
from casework.complaints import service as complaints
from casework.extensions import db
from casework.moments import today
from tests import sayings
from tests.complaints.desk import done, fresh, opened, sent
from tests.complaints.test_life import owed_now
from tests.desks import at_the_desk


def test_none_of_these_is_one_press_and_logs_the_complaint(app: Any, cast: Any, demo_mode: None) -> None:
    case = sayings.complaint()
    sayings.alleged(case, cast)
    browser = opened(app, cast, "triage", case, "checklist")
    assert 'data-key="n"' in browser.text
    for word in ("credible", "believable", "likely"):
        assert word not in browser.words.lower()
    assert sent(browser, case, "checklist", then="none").status_code == 303
    case = fresh(case)
    assert case.state == "logged" and case.criteria_met_at is None
    check = queries.checks(case.id)[0]
    assert (check.stage, check.met, check.account_id) == ("log", False, cast.account("triage").id)


def test_nothing_ticked_is_no_answer(app: Any, cast: Any, demo_mode: None) -> None:
    case = sayings.complaint()
    sayings.alleged(case, cast)
    browser = opened(app, cast, "triage", case, "checklist")
    assert sent(browser, case, "checklist").status_code == 400
    assert "press “None of these”" in browser.words
    assert queries.checks(case.id) == []


def test_a_complaint_without_an_allegation_cannot_be_logged(app: Any, cast: Any, demo_mode: None) -> None:
    case = sayings.complaint()
    browser = opened(app, cast, "triage", case, "checklist")
    assert sent(browser, case, "checklist", then="none").status_code == 409
    assert "Add at least one allegation first" in browser.words


def test_a_yes_records_the_complaint_and_owes_the_referral_by_the_end_of_tomorrow(
    app: Any, cast: Any, demo_mode: None
) -> None:
    case = sayings.complaint()
    sayings.alleged(case, cast)
    case = done(app, cast, "triage", case, "checklist", alleged=["aggravated"])
    assert case.state == "recorded" and case.recorded_reason == "mandatory"
    assert owed_now(case)["refer"] == today() + timedelta(days=1)
    page = at_the_desk(app, cast, "supervisor")
    page.get(f"/staff/cases/{case.reference}")
    assert "The referral checklist is due at recording" in page.words
    done(app, cast, "supervisor", case, "checklist", alleged=["aggravated"])
    page.get(f"/staff/cases/{case.reference}")
    assert "What is alleged must be referred to the IOPC first." in page.words


def test_a_later_round_shows_the_earlier_answers_to_confirm(app: Any, cast: Any, demo_mode: None) -> None:
    case = sayings.complaint()
    sayings.alleged(case, cast)
    case = done(app, cast, "triage", case, "checklist", alleged=["discipline"])
    browser = opened(app, cast, "supervisor", case, "checklist")
    assert "Last answered at logging by Triage" in browser.words
    assert 'value="discipline" aria-describedby="alleged-9-item-hint" checked' in browser.text
    assert sent(browser, case, "checklist", alleged=["discipline"]).status_code == 303
    assert queries.checks(case.id)[0].stage == "record"


def test_a_yes_that_is_taken_back_needs_a_reason_and_a_supervisor_where_it_refers(
    app: Any, cast: Any, demo_mode: None
) -> None:
    case = sayings.complaint()
    sayings.alleged(case, cast)
    case = done(app, cast, "triage", case, "checklist", alleged=["assault"])
    supervisor = opened(app, cast, "supervisor", case, "checklist")
    assert sent(supervisor, case, "checklist", then="none").status_code == 409
    assert "Say why it is not alleged any more: A serious assault." in supervisor.words
    handler = opened(app, cast, "handler", case, "checklist")
    assert sent(handler, case, "checklist", then="none", note="A slip of the mouse.").status_code == 409
    assert "taken back by a supervisor only" in handler.words and "A slip of the mouse." in handler.text
    assert fresh(case).criteria_met_at is not None
    case = done(app, cast, "supervisor", case, "checklist", then="none", note="A slip of the mouse.")
    assert case.criteria_met_at is None and "refer" not in owed_now(case)
    assert case.state == "recorded"


def test_a_new_allegation_asks_again_before_anything_can_be_closed(app: Any, cast: Any, demo_mode: None) -> None:
    case = sayings.investigated(cast)
    complaints.resolve(queries.allegations(case.id)[0], "acceptable", "x", ["none"], cast.handler)
    added = complaints.allege(case, "They said something about my colour.", cast.triage, "F6")
    complaints.resolve(added, "acceptable", "x", ["none"], cast.handler)
    handler = opened(app, cast, "handler", case, "outcome")
    assert sent(handler, case, "outcome", outcome="Done.").status_code == 409
    assert "Answer the referral checklist" in handler.words
    case = done(app, cast, "handler", case, "checklist", alleged=["aggravated"])
    assert case.criteria_met_at is not None and owed_now(case)["refer"] == today() + timedelta(days=1)
    db.session.rollback()
