"""What a review recommends is answered, done by a day and published; powers are delegated in writing where that is set."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from casework.cases import service as cases
from casework.complaints import delegating, recommending, review
from casework.complaints import service as complaints
from casework.complaints.models import Delegation, Learning, Recommendation
from casework.extensions import db
from casework.history.models import Event
from casework.moments import today
from casework.settings import service as settings
from casework.workflow import Refused
from tests import sayings
from tests.browser import Browser
from tests.complaints.desk import opened, page_of, sent
from tests.complaints.test_life import delivered
from tests.desks import at_the_desk

pytestmark = pytest.mark.usefixtures("demo_mode")


def upheld(cast: Any) -> Any:
    """A complaint whose review found that we had not handled it as we should."""
    case = sayings.answered(cast)
    delivered(case, "complaint-outcome")
    cases.perform(case, "apply_for_review", sayings.person_of(case))
    cases.perform(case, "uphold", cast.handler)
    db.session.commit()
    return case


def day(on: date) -> dict[str, str]:
    return {"by_on-day": str(on.day), "by_on-month": str(on.month), "by_on-year": str(on.year)}


def test_what_a_review_recommends_is_answered_shown_on_the_case_and_published(app: Any, cast: Any) -> None:
    case, due = upheld(cast), today() + timedelta(days=30)
    supervisor = opened(app, cast, "supervisor", case, "recommendation")
    words = "Give every team a pad of receipts."
    bare = {"kind": "learning", "words": words, "accepted": "yes", "why": "It is right."}
    assert sent(supervisor, case, "recommendation", **bare).status_code == 400
    assert "Enter the unit" in supervisor.words and words in supervisor.text
    more = {"change": "Pads are handed out.", "who": "Response", **day(due)}
    assert sent(supervisor, case, "recommendation", **bare, **more).status_code == 303
    supervisor = opened(app, cast, "supervisor", case, "recommendation")
    refused = {"kind": "apology", "words": "Apologise.", "accepted": "no", "why": "We have done so already."}
    assert sent(supervisor, case, "recommendation", **refused).status_code == 303
    supervisor.get(f"/staff/cases/{case.reference}")
    for said in (
        "Recommended by the review",
        words,
        "Accepted",
        "Not accepted",
        "We have done so already.",
        "Response",
    ):
        assert said in supervisor.words, said
    kept = db.session.query(Learning).one()
    assert (kept.change, kept.who, kept.by_on) == ("Pads are handed out.", "Response", due)
    assert [each.accepted for each in recommending.of(case.id)] == [True, False]
    kept.published = True
    db.session.commit()
    anybody = Browser(app)
    anybody.get("/what-changed")
    assert "What a review recommended" in anybody.words and "Pads are handed out." in anybody.words
    assert "Apologise" not in anybody.words


def test_without_a_result_of_a_review_nothing_was_recommended(app: Any, cast: Any) -> None:
    case = sayings.answered(cast)
    supervisor = opened(app, cast, "supervisor", case, "recommendation")
    assert "No review of this complaint has come to a result yet." in supervisor.words
    given = {"kind": "apology", "words": "Apologise.", "accepted": "no", "why": "No."}
    assert sent(supervisor, case, "recommendation", **given).status_code == 409
    assert db.session.query(Recommendation).count() == 0
    handler = at_the_desk(app, cast, "handler")
    assert handler.get(page_of(case, "recommendation")).status_code == 403


def test_pressing_twice_writes_one_recommendation(app: Any, cast: Any) -> None:
    case = upheld(cast)
    first = opened(app, cast, "supervisor", case, "recommendation")
    shown, given = first.text, {"kind": "apology", "words": "Apologise.", "accepted": "no", "why": "No."}
    assert sent(first, case, "recommendation", **given).status_code == 303
    first.text = shown
    assert sent(first, case, "recommendation", **given).status_code == 303
    assert db.session.query(Recommendation).count() == 1


def drafted(cast: Any) -> Any:
    """A complaint whose outcome waits for approval."""
    case = sayings.investigated(cast)
    for each in complaints.queries.allegations(case.id):
        complaints.resolve(each, "acceptable", "The reason was recorded.", ["explanation"], cast.handler)
    complaints.draft_outcome(case, "We looked at it.", cast.handler)
    complaints.answer_review_questions(case, dict.fromkeys(review.QUESTIONS, False), cast.supervisor_too)
    db.session.commit()
    return case


def test_the_grant_of_a_role_stands_for_a_delegation_until_one_is_demanded(app: Any, cast: Any) -> None:
    case, actor = drafted(cast), cast.supervisor
    assert not {offer.row.action: offer.refused for offer in cases.open_to(case, actor)}["approve"]
    settings.change("complaint.delegation.written", True, cast.admin, "The law asks for it.")
    with pytest.raises(Refused, match="written delegation of the power"):
        cases.perform(case, "approve", actor)

    def given(power: str, from_on: date, to_on: date | None) -> None:
        delegating.delegate(power, cast.account("supervisor").id, cast.admin, from_on=from_on, to_on=to_on,
                            given_by="The Deputy Commissioner", paper="File 7")  # fmt: skip

    now_ = today()
    # Another power, one that is over, one that is still to come: none of them is this one today.
    given("referral", now_ - timedelta(days=9), None)
    given("outcome", now_ - timedelta(days=9), now_ - timedelta(days=1))
    given("outcome", now_ + timedelta(days=1), None)
    with pytest.raises(Refused, match="written delegation of the power"):
        cases.perform(case, "approve", actor)
    given("outcome", now_, now_)
    cases.perform(case, "approve", actor)
    assert case.state == "approved"


def test_only_finding_no_case_to_answer_needs_the_power_for_it(app: Any, cast: Any) -> None:
    settings.change("complaint.delegation.written", True, cast.admin, "The law asks for it.")
    case = sayings.investigated(cast)
    case.special_procedures = True
    allegation = complaints.queries.allegations(case.id)[0]
    with pytest.raises(Refused, match="written delegation of the power"):
        complaints.resolve(allegation, "no-case", "Nothing.", [], cast.handler)
    complaints.resolve(allegation, "case", "There is something.", [], cast.handler)
    assert allegation.result == "case"


def test_an_administrator_notes_and_ends_delegations(app: Any, cast: Any) -> None:
    handler = cast.account("handler")
    admin = at_the_desk(app, cast, "admin")
    path, first = "/staff/settings/delegations", today()
    given = {"power": "no-case", "account": str(handler.id), "given_by": "The Commissioner", "paper": "File 9"}
    given |= {f"from_on-{part}": str(getattr(first, part)) for part in ("day", "month", "year")}
    past = {f"to_on-{part}": "1" for part in ("day", "month")} | {"to_on-year": str(first.year + 1)}
    late = {f"from_on-{part}": "2" for part in ("day", "month")} | {"from_on-year": str(first.year + 1)}
    assert admin.submit(path, given | past | late).status_code == 400
    assert "must not be before the first day" in admin.words and "File 9" in admin.text
    assert admin.submit(path, given | {"account": str(cast.account("triage").id)}).status_code == 400
    assert admin.submit(path, given).status_code == 303
    kept = db.session.query(Delegation).one()
    assert delegating.holds(handler.id, "no-case", today())
    admin.get(path)
    assert "The Commissioner" in admin.words and "No end" in admin.words
    for _ in range(2):
        assert admin.post(f"{path}/{kept.id}/end").status_code == 303
        admin.get(path)
    assert not delegating.holds(handler.id, "no-case", today())
    assert [e.action for e in db.session.query(Event).filter_by(subject_kind="delegation").order_by(Event.id)] == [
        "delegate", "end_delegation",
    ]  # fmt: skip
    assert at_the_desk(app, cast, "supervisor").get(path).status_code == 403
