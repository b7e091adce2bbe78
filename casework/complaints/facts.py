"""What the case page shows of a complaint: who and what it is about, what is owed and why, what was said and done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from casework.areas import queries as areas
from casework.cases import desk
from casework.cases import duties as case_duties
from casework.cases.models import Case
from casework.clocks import Owed
from casework.complaints import queries, recommending, staff_outcome, staff_referral, terms
from casework.complaints.models import Complaint
from casework.complaints.staff_allegations import CHANGEABLE
from casework.complaints.workflow import BEFORE_OUTCOME, REASONS, ROUTES, WORKED, State
from casework.extensions import db
from casework.feedback.workflow import RELATIONS
from casework.moments import today
from casework.outbox.messages import MESSAGES
from casework.parties import needs
from casework.parties import service as parties
from casework.parties.models import Party
from casework.tracking import correcting

PARTS = {
    "complainant": "Person concerned",
    "guardian": "Parent or guardian, acts alone",
    "representative": "Acts for them",
}
CHANNELS = {
    "email": "by email",
    "letter": "by letter",
    "phone": "by telephone",
    "page": "only on the tracking page",
}
AUTHORITIES = {"parent-under-16": "as the parent of a child under 16"}
# Longer sums stand on a page of their own: a year day by day would bury the rest.
SHORT = 45

desk.say(
    complaint__check_referral="referral checklist answered",
    complaint__criteria_met="must be referred to the IOPC",
    complaint__criteria_cleared="need not be referred any more",
    complaint__name_subject="somebody named",
    complaint__try_contact="tried to reach the person",
    complaint__update="progress told",
    complaint__report="delay reported",
    complaint__write_outcome="outcome written on",
    complaint__answer_review_questions="questions on the review body answered",
    complaint__exclude_days="days with the wrong body left out",
    complaint__learn="something learned",
    complaint__recommend="recommendation of the review written down",
    complaint__revise_learning="learning worded differently",
    complaint__publish_learning="learning published",
    complaint__withdraw_learning="learning not published any more",
    complaint__finish_learning="what was learned is done",
    complaint__preserve="footage asked for",
    complaint__preservation="footage answered for",
    complaint__merged_here="another complaint merged here",
    complaint__link="linked with another case",
    complaint__escalate="supervisors told of dates",
    complaint__escalate_footage="supervisors told of footage",
    complaint__look_at_trigger="looked at what was pointed out",
    complaint__authorise="person agreed to somebody acting for them",
    complaint__forbid="person did not agree to somebody acting for them",
    feedback__escalate="supervisors told of dates",
    feedback__escalate_footage="supervisors told of footage",
    feedback__look_at_trigger="looked at what was pointed out",
    allegation__edit="allegation corrected",
)


@dataclass(frozen=True)
class DutyLine:
    """One duty as the page shows it: its state in words, what alone meets it, where its number comes from."""

    owed: Owed
    words: str
    state: str
    tag: str
    met_by: str
    days: int


@desk.facts("complaint", "complaints/_facts.html")
def facts(complaint: Complaint) -> dict[str, Any]:
    """The facts of a complaint in words."""
    names = terms.all_names()
    checks = queries.checks(complaint.id)
    learned = queries.learnings(complaint.id)
    allegations = queries.allegations(complaint.id)
    people = [person for person in complaint.parties if person.part in PARTS and person.erased_at is None]
    borough = areas.by_id(complaint.encounter.borough_id)
    return {
        "people": [_person(each) for each in people],
        "encounter": complaint.encounter,
        "borough": borough.name if borough else "",
        "relation": RELATIONS.get(complaint.encounter.relation, ""),
        "route_words": ROUTES.get(State(complaint.route), "") if complaint.route else "",
        "reason_words": REASONS.get(complaint.recorded_reason, complaint.recorded_reason),
        "duty_lines": duty_lines(complaint),
        "allegations": allegations,
        "term_names": names,
        "checklist": staff_referral.standing(complaint, checks),
        "stage_words": staff_referral.STAGE_WORDS,
        "review_of": staff_outcome.review_of(complaint) if complaint.recorded_on or complaint.route else {},
        "origin": db.session.get(Case, complaint.came_from_id) if complaint.came_from_id else None,
        "merged_into": db.session.get(Case, complaint.merged_into_id) if complaint.merged_into_id else None,
        "learned": learned,
        "recommended": recommending.of(complaint.id) if complaint.approved_on else [],
        "may_change": complaint.state in CHANGEABLE,
        "worked_on": complaint.state in WORKED,
        "pages": _pages(complaint, bool(allegations)),
    }


def duty_lines(complaint: Complaint) -> list[DutyLine]:
    """Every duty, open ones first by their day, then those that are over, newest first."""
    lines = [_line(each) for each in case_duties.owed(complaint)]
    open_ = [line for line in lines if line.owed.is_open]
    over = [line for line in lines if not line.owed.is_open]
    last = date.max
    open_.sort(key=lambda line: line.owed.due or last)
    over.sort(key=lambda line: line.owed.met_on or line.owed.ended_on or last, reverse=True)
    return open_ + over


def _line(owed: Owed) -> DutyLine:
    words = owed.duty.words + (f" ({owed.number})" if owed.number > 1 else "")
    due = owed.due
    length = (due - owed.started_on).days if due else 0
    if owed.met_on is not None:
        late = f", {_late(owed)}" if owed.days_late else ""
        return DutyLine(owed, words, f"Met{late}", "good" if not late else "wait", _met_by(owed), length)
    if owed.ended_on is not None:
        return DutyLine(owed, words, "Ended", "quiet", _met_by(owed), length)
    if owed.days_late:
        return DutyLine(owed, words, _late(owed).capitalize(), "late", _met_by(owed), length)
    soon = due is not None and (due - today()).days <= 2
    return DutyLine(owed, words, "Due soon" if soon else "Open", "wait" if soon else "info", _met_by(owed), length)


def _late(owed: Owed) -> str:
    days = owed.days_late
    return f"late by {days} day{'' if days == 1 else 's'}"


def _met_by(owed: Owed) -> str:
    """What alone meets it, as staff call it."""
    found = []
    for name in owed.duty.satisfied_by:
        kind, _, what = name.partition(":")
        if kind == "told" and what:
            found.append(f"“{MESSAGES[what].words}” delivered or posted" if what in MESSAGES else what)
        else:
            found.append(_MET.get(name, name.partition(".")[2].replace("_", " ")))
    return " or ".join(dict.fromkeys(found))


_MET = {
    "complaint.contact": "the first contact recorded",
    "complaint.refer": "the referral recorded",
    "complaint.report": "the report recorded",
    "complaint.preserve": "those who hold it asked",
    "complaint.preservation": "their answer recorded",
    "complaint.review_suspension": "the suspension looked at",
    "complaint.find_reasonable": "the result of the review",
    "complaint.uphold": "the result of the review",
    "complaint.reinvestigate": "a new investigation",
    "complaint.act_on_review": "the recommendations acted on",
}


def _person(party: Party) -> dict[str, Any]:
    return {
        "party": party,
        "part": PARTS[party.part],
        "born_on": parties.born_on(party),
        "channel": CHANNELS.get(party.channel, party.channel),
        "needs": needs.in_words(party),
        "correctable": correcting.is_reachable(party),
    }


def _pages(complaint: Complaint, alleged: bool) -> list[tuple[str, str]]:
    """Further pages of this complaint, each with its link's words. Whom they open to, they say themselves."""
    state, found = complaint.state, []
    before = state in BEFORE_OUTCOME
    if state in CHANGEABLE:
        found.append(("complaints.allege", "Add an allegation"))
    if before and alleged:
        found.append(("complaints.check", "Referral checklist"))
    if complaint.is_open:
        found.append(("complaints.try_contact", "Write down a try at contact"))
        found.append(("complaints.update", "Tell the person how it stands"))
    if any(each.part == "representative" for each in complaint.parties):
        found.append(("triage.authority", "Record whether somebody may act"))
    if state in WORKED:
        found.append(("complaints.draft", "Write the outcome"))
    if before and complaint.recorded_on is not None:
        found.append(("complaints.report", "Report the delay"))
        if state != State.APPROVED:
            found.append(("complaints.review_body", "Which body reviews it"))
    if complaint.told_on is not None and complaint.recorded_on is not None:
        found.append(("complaints.misdirected", "Leave out days with the wrong body"))
    if complaint.approved_on is not None and recommending.were_reviewed(complaint):
        found.append(("complaints.recommendation", "Write down what the review recommended"))
    found += [
        ("triage.edit", "Correct the facts"),
        ("triage.link", "Link with another case"),
        ("triage.split", "Open a second case for what else they say"),
        ("complaints.learn", "Record what was learned"),
        ("complaints.sums", "Every date, day by day"),
    ]
    return found
