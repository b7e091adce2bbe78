"""Whoever a complaint is about, or their team, comes to it by no other way; whoever reads a case is recorded."""

from __future__ import annotations

from typing import Any

import pytest

from casework.cases import service as cases
from casework.cases.queries import Scope
from casework.complaints import review
from casework.complaints import service as complaints
from casework.complaints.models import Complaint
from casework.extensions import db
from casework.history.models import Access
from casework.triage import plans, service
from casework.triage.models import PlanItem
from casework.workflow import Refused
from tests import sayings
from tests.desks import at_the_desk

pytestmark = pytest.mark.usefixtures("demo_mode")


@pytest.fixture
def about_the_handler(app: Any, cast: Any) -> Any:
    """A complaint about the handler of the cast, with the feedback that it came from."""
    origin = sayings.concern()
    cases.perform(origin, "convert", cast.triage)
    complaint = db.session.get(Complaint, origin.became_id)
    allegation = sayings.alleged(complaint, cast)
    complaints.name_subject(allegation, cast.triage, account_id=cast.account("handler").id)
    db.session.commit()
    return origin, complaint


def test_nothing_is_merged_into_a_complaint_about_oneself(app: Any, cast: Any, about_the_handler: Any) -> None:
    with pytest.raises(Refused):
        service.merge(sayings.concern(), about_the_handler[1], cast.handler)


def test_the_verbs_refuse_as_well_whatever_page_somebody_comes_by(app: Any, cast: Any, about_the_handler: Any) -> None:
    for case in about_the_handler:
        with pytest.raises(Refused, match="about you or your team"):
            service.write(case, "Drop it.", cast.handler)
        with pytest.raises(Refused, match="about you or your team"):
            service.edit_facts(case, {"officers": "Nobody was there"}, cast.handler)
        with pytest.raises(Refused, match="about you or your team"):
            service.log_try(case, cast.handler, how="phone", result="spoke")


def test_a_plan_gives_nothing_to_the_team_that_it_is_about(app: Any, cast: Any, about_the_handler: Any) -> None:
    _, complaint = about_the_handler
    cast.account("handler").team, cast.account("triage").team = "Response A", " response a"
    db.session.flush()
    plan = plans.draft("assign", [complaint.id], cast.supervisor, Scope(frozenset(), True))
    plans.settle(plan, to=cast.account("triage").id)
    assert "about their team" in db.session.query(PlanItem).one().excluded


def test_who_kept_words_of_an_outcome_does_not_approve_it(app: Any, cast: Any) -> None:
    case = sayings.investigated(cast)
    for each in complaints.queries.allegations(case.id):
        complaints.resolve(each, "acceptable", "The reason was recorded.", ["explanation"], cast.handler)
    cases.record(case, "write_outcome", cast.supervisor)
    complaints.draft_outcome(case, "We looked at it.", cast.handler)
    complaints.answer_review_questions(case, dict.fromkeys(review.QUESTIONS, False), cast.handler)
    with pytest.raises(Refused, match="You wrote on this outcome"):
        cases.perform(case, "approve", cast.supervisor)


def test_who_recorded_a_result_does_not_approve_it(app: Any, cast: Any) -> None:
    case = sayings.investigated(cast)
    second = sayings.alleged(case, cast, category="H1")
    complaints.check_referral(case, sayings.NOTHING, cast.supervisor_too, stage="allegation")
    first = next(each for each in complaints.queries.allegations(case.id) if each.id != second.id)
    complaints.resolve(first, "acceptable", "The reason was recorded.", ["explanation"], cast.handler)
    complaints.resolve(second, "acceptable", "They were polite.", ["explanation"], cast.supervisor)
    complaints.draft_outcome(case, "We looked at it.", cast.handler)
    complaints.answer_review_questions(case, dict.fromkeys(review.QUESTIONS, False), cast.supervisor_too)
    with pytest.raises(Refused, match="you took an earlier decision here"):
        cases.perform(case, "approve", cast.supervisor)
    cases.perform(case, "approve", cast.supervisor_too)
    assert case.state == "approved"


@pytest.mark.parametrize("page", ["cases/{}/reply", "cases/{}/facts", "complaints/{}/try", "complaints/{}/outcome"])
def test_every_page_that_shows_a_case_is_recorded(app: Any, cast: Any, page: str) -> None:
    case = sayings.logged(cast)
    db.session.commit()
    desk = at_the_desk(app, cast, "handler")
    assert desk.get("/staff/" + page.format(case.reference)).status_code == 200
    read = db.session.query(Access).filter_by(case_id=case.id, account_id=cast.account("handler").id).all()
    assert [each.what for each in read] == ["case"] and read[0].task
