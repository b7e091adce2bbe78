"""What the tracking page of feedback and complaints says: where it stands, what is owed and when, what was written."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template
from sqlalchemy import select

from casework.accounts import queries as accounts
from casework.cases import duties, registry
from casework.cases import queries as case_queries
from casework.cases import service as cases
from casework.cases.models import Case
from casework.cases.page import explained
from casework.clocks import Owed as Duty
from casework.clocks import Sum
from casework.complaints import queries as complaints
from casework.complaints import review, terms
from casework.complaints.models import Complaint
from casework.complaints.workflow import State as C
from casework.exchanges import files
from casework.exchanges import queries as exchanges
from casework.exchanges.models import Attachment, Exchange
from casework.extensions import db
from casework.feedback import effects, growing_up
from casework.feedback import queries as feedback
from casework.feedback.models import Feedback
from casework.feedback.workflow import State as F
from casework.outbox.models import Owed, Sent
from casework.parties.models import Party
from casework.roles import PUBLIC_ROLES, Role
from casework.saying import history
from casework.settings import service as settings
from casework.tracking import entry, pages

# What is owed to the person, in their words. What is owed to others, or is about others, is not shown here.
OWED = {
    "acknowledge": "We tell you that we have it",
    "contact": "We contact you and ask how you want it handled",
    "progress": "We tell you how it stands",
    "outcome": "We tell you the outcome in writing",
    "report": "If it takes that long: we tell you, the IOPC and the local policing body why",
    "report_again": "We tell you again why it takes so long",
    "suspension": "We look again whether it still has to wait",
    "act_on_review": "We act on the review",
}
# Who works on it is named once somebody was given it for good.
_NAMED = {C.LOGGED, C.CONTACTED, C.OUTSIDE, C.HANDLING, C.INVESTIGATING, C.DIRECTED, C.SUSPENDED, C.DRAFTED, C.APPROVED}
IOPC = "the Independent Office for Police Conduct (IOPC)"
RECORD = ("ask_complaint", "record", "record_after")


@dataclass(frozen=True)
class Due:
    """Something owed to the person by a day, with the sum."""

    words: str
    by_on: date
    late: bool
    sum: Sum


@pages.shows("feedback")
@pages.shows("complaint")
def show(case: Feedback | Complaint, party: Party) -> str:
    """The tracking page. Who acts for somebody sees no more than that we wait, until that person says yes."""
    if not party.acts:
        return render_template("saying/waiting.html", case=case, party=party)
    return render_template("saying/case.html", **page(case, party))


pages.closed_when("feedback")(growing_up.is_over)
pages.closed_when("complaint")(growing_up.is_over)


@pages.goes_on("feedback")
def same_person(case: Feedback, party: Party) -> Party | None:
    """The same person in the complaint that feedback became."""
    return _in_other(party, case.became_id) if case.became_id else None


@pages.came_from("complaint")
def same_person_before(case: Complaint, party: Party) -> Party | None:
    """The same person in the feedback that a complaint came from."""
    return _in_other(party, case.came_from_id) if case.came_from_id else None


def page(case: Feedback | Complaint, party: Party) -> dict[str, Any]:
    """Everything that the tracking page shows of a case to one of its people."""
    complaint = case if isinstance(case, Complaint) else None
    origin = db.session.get(Case, complaint.came_from_id) if complaint and complaint.came_from_id else None
    open_now = may(case, party)
    ours = _people_of(feedback.story(case))
    # What somebody wrote in a case that was merged into this one is for those who work on it.
    written = [e for e in exchanges.of_cases(feedback.story(case)) if e.party_id is None or e.party_id in ours]
    added = [each for each in exchanges.attachments(feedback.story(case)) if files.shown_to_people(each)]
    return {
        "case": case,
        "complaint": complaint,
        "party": party,
        "words": _state_words(case),
        "turn": turn(case),
        "by_on": case.due_on if _has_day(case) else None,
        "logs": isinstance(case, Feedback) and case.state == F.OFFERED and effects.meets(case),
        "sum": explained(case) if _has_day(case) else None,
        "owed": owed(case),
        "question": question(case) if case.state == F.ASKED else None,
        "may": open_now,
        "record": next((action for action in RECORD if action in open_now), ""),
        "representatives": _representatives(case, party),
        "mine": {each.id for each in ours.values() if each.part == party.part and each.name == party.name},
        "written": [(each, [file for file in added if file.exchange_id == each.id]) for each in written],
        "loose": [file for file in added if file.exchange_id is None],
        "sent": sent(case, party, origin),
        "steps": history.steps(case, origin),
        "allegations": _allegations(complaint) if complaint else [],
        "results": terms.names("result") if complaint and complaint.told_on else {},
        "reviewer": reviewer(complaint) if complaint else "",
        "footage": feedback.preservation(case.id),
        "handler": _handler(case),
        "encounter": case.encounter,
    }


def may(case: Case, party: Party) -> set[str]:
    """The actions of the table that are open to this person now."""
    return {offer.row.action for offer in cases.open_to(case, entry.actor(party)) if not offer.refused}


def turn(case: Case) -> str:
    """Whose turn it is: "you", "us", "others", or nobody's any more."""
    if not case.is_open or case.state == C.SENT:
        return ""
    if _is_secret(case):
        return "us"
    if case.waits_for in PUBLIC_ROLES:
        return "you"
    return "others" if case.waits_for == Role.OUTSIDE else "us"


def owed(case: Case) -> list[Due]:
    """What is owed to the person, the soonest first, each with how its day was worked out; nothing once answered."""
    if turn(case) == "":
        return []
    found = [_due(each) for each in duties.owed(case) if each.is_open and each.duty.name in OWED]
    return sorted((due for due in found if due is not None), key=lambda due: due.by_on)


def question(case: Case) -> Exchange | None:
    """The question that waits for an answer."""
    return next((each for each in exchanges.of_cases([case.id]) if each.asks), None)


def sent(case: Case, party: Party, origin: Case | None = None) -> list[tuple[Owed, Sent | None]]:
    """What this person was sent, newest first, also while it was feedback."""
    parts = {f"party:{party.id}"}
    rows = case_queries.messages(case.stream_id)
    if origin is not None:
        before = _in_other(party, origin.id)
        parts |= {f"party:{before.id}"} if before else set()
        rows += case_queries.messages(origin.stream_id)
    return [(each, kept) for each, kept in rows if each.part in parts and each.done_at is not None]


def reviewer(complaint: Complaint) -> str:
    """Who reviews how a complaint was handled, as people know them; empty where there is no review."""
    if complaint.told_on is None:
        return ""
    local = str(settings.value("complaint.review.local"))
    return {review.IOPC: IOPC, review.LOCAL: local}.get(complaint.review_body, "")


def own_files(case: Case, party: Party, ids: list[int]) -> list[Attachment]:
    """Of these files, those that this person added here and that belong to nothing they wrote yet."""
    mine = [each for each in exchanges.attachments([case.id]) if each.party_id == party.id and each.exchange_id is None]
    return [each for each in mine if each.id in ids]


def _state_words(case: Case) -> str:
    """Where it stands. A referral that nobody may be told of looks like what it was before."""
    state = C.RECORDED if _is_secret(case) else case.state
    return registry.of(case).workflow.states[state].public


def _is_secret(case: Case) -> bool:
    """Whether a complaint is referred and telling so would prejudice an investigation."""
    return isinstance(case, Complaint) and case.prejudicial and case.state == C.REFERRED


def _has_day(case: Case) -> bool:
    return turn(case) in {"you", "us"} and case.due_on is not None and not _is_secret(case)


def _due(each: Duty) -> Due | None:
    if each.due is None:
        return None
    return Due(OWED[each.duty.name], each.due, each.days_late > 0, each.explained)


def _representatives(case: Case, party: Party) -> list[Party]:
    """Who acts, or wants to act, for the person who looks: only that person is asked."""
    return list(cases.parties_of(case.id, "representative")) if party.part == "complainant" else []


def _allegations(complaint: Complaint) -> list[Any]:
    return complaints.allegations(complaint.id) if complaint.state != C.RECEIVED else []


def _handler(case: Case) -> str:
    if not isinstance(case, Complaint) or case.assigned_to is None or case.state not in _NAMED:
        return ""
    return accounts.names_of([case.assigned_to]).get(case.assigned_to, "")


def _people_of(case_ids: Collection[int]) -> dict[int, Party]:
    found = db.session.scalars(select(Party).where(Party.case_id.in_(case_ids)))
    return {each.id: each for each in found}


def _in_other(party: Party, case_id: int) -> Party | None:
    """The same person in a case that has the people of this one: by name, or as the only one of that part."""
    there = list(cases.parties_of(case_id, party.part))
    named = [each for each in there if each.name == party.name]
    found = named if len(named) == 1 else there
    return found[0] if len(found) == 1 else None
