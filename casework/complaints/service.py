"""What people do with a complaint, in their words. Never commits; never reads the request."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from casework import references
from casework.cases import registry
from casework.cases import service as cases
from casework.cases.registry import Step
from casework.clocks.london import london_date
from casework.complaints import effects, queries, referral
from casework.complaints.models import Allegation, Complaint, ContactTry, Learning, ReferralCheck, Subject
from casework.complaints.workflow import RECORDABLE
from casework.extensions import db
from casework.feedback import queries as told_queries
from casework.feedback import service as feedback
from casework.feedback.models import Feedback
from casework.feedback.service import Told
from casework.history import service as history
from casework.history.models import Event
from casework.moments import now
from casework.roles import SYSTEM, Actor
from casework.sealed import next_id


def submit(
    told: Told, actor: Actor, *, received_on: date | None = None, via: str = "online", at: datetime | None = None
) -> Complaint:
    """Open a complaint by its own door. The same facts as feedback's."""
    moment = at or now()
    complaint = Complaint(
        reference=references.new("CM"),
        encounter=feedback.encounter(told),
        anonymous=told.anonymous,
        **feedback.opening(told, via, received_on, moment),
    )
    feedback.people(complaint, told)
    feedback.ask_for_authority(complaint, cases.perform(complaint, "submit", actor, at=moment, via=via))
    return complaint


@registry.also("feedback", "open_complaint")
def open_from_feedback(step: Step) -> None:
    """Feedback goes on as a complaint: same encounter, same people, same day of receipt. Nothing is asked again."""
    origin: Feedback = step.subject
    complaint = Complaint(
        id=next_id("cases"),
        reference=references.new("CM"),
        stream_id=feedback.history.open_stream("case").id,
        encounter=origin.encounter,
        came_from_id=origin.id,
        anonymous=origin.anonymous,
        area_id=origin.area_id,
        assigned_to=None,
        channel=origin.channel,
        received_on=origin.received_on,
        opened_at=step.at,
    )
    feedback.copy_people(origin, complaint)
    opened = cases.perform(complaint, "submit", SYSTEM, at=step.at, came_from=origin.id, why=step.action)
    feedback.ask_for_authority(complaint, opened)
    origin.became_id = complaint.id
    feedback.link(origin, complaint, "became", SYSTEM)
    kept, new = told_queries.preservation(origin.id), told_queries.preservation(complaint.id)
    if kept is not None and new is not None and kept.asked_at is not None:
        # What was asked for under the feedback need not be asked for again.
        new.asked_at, new.asked_by, new.result, new.result_at = (
            kept.asked_at,
            kept.asked_by,
            kept.result,
            kept.result_at,
        )
        cases.record(complaint, "preserve", SYSTEM, at=step.at, on=london_date(kept.asked_at))
        if kept.result:
            cases.record(complaint, "preservation", SYSTEM, at=step.at, result=kept.result)


def allege(
    complaint: Complaint, words: str, actor: Actor, category: str = "", at: datetime | None = None
) -> Allegation:
    """Add an allegation. The referral checklist is asked again for it, and nothing can be closed before."""
    cases.lock(Complaint, complaint.id)
    allegation = Allegation(
        case_id=complaint.id, number=queries.last_number(complaint.id) + 1, words=words, category=category
    )
    db.session.add(allegation)
    cases.perform(allegation, "allege", actor, at=at, category=category)
    return allegation


def correct_allegation(
    allegation: Allegation,
    actor: Actor,
    *,
    words: str,
    category: str,
    factors: list[str],
    at: datetime | None = None,
) -> None:
    """Correct what an allegation says. The words that stood there stay in the history."""
    before = allegation.words
    if words != before or factors != allegation.factors:
        allegation.words, allegation.factors = words, factors
        db.session.flush()
        history.append(
            db.session.get_one(Complaint, allegation.case_id).stream_id,
            "edit",
            actor,
            subject=("allegation", allegation.id),
            note=before if words != before else "",
            at=at,
            facts={"factors": factors},
        )
    if category != allegation.category:
        cases.perform(allegation, "recategorise", actor, at=at, category=category)


def name_subject(allegation: Allegation, actor: Actor, at: datetime | None = None, **known: Any) -> Subject:
    """Say whom an allegation is about: an account, a name or number, or a description of somebody unidentified."""
    subject = Subject(case_id=allegation.case_id, allegation_id=allegation.id, **known)
    db.session.add(subject)
    db.session.flush()
    complaint = db.session.get_one(Complaint, allegation.case_id)
    cases.record(complaint, "name_subject", actor, at=at, subject=subject.id)
    return subject


def check_referral(
    complaint: Complaint,
    answers: Mapping[str, bool],
    actor: Actor,
    *,
    stage: str,
    allegation: Allegation | None = None,
    note: str = "",
    at: datetime | None = None,
) -> ReferralCheck:
    """Keep the checklist as answered. A yes records the complaint and starts the referral's clock at once.

    `stage`: log, record or allegation. ValueError unless every question has its answer.
    """
    if not referral.is_complete(answers):
        raise ValueError("Answer every question.")
    moment = at or now()
    given = {key: bool(answers[key]) for key in referral.BY_KEY}
    check = ReferralCheck(
        case_id=complaint.id,
        allegation_id=allegation.id if allegation else None,
        stage=stage,
        at=moment,
        account_id=actor.account_id,
        answers=given,
        met=referral.must_record(given),
        covers=queries.last_number(complaint.id),
    )
    db.session.add(check)
    db.session.flush()
    cases.record(complaint, "check_referral", actor, note, at=at, check=check.id, stage=stage, met=check.met)
    if referral.must_refer(given) and complaint.criteria_met_at is None:
        complaint.criteria_met_at = moment
        db.session.flush()
        cases.record(complaint, "criteria_met", actor, at=at)
    elif not referral.must_refer(given) and complaint.criteria_met_at is not None and complaint.referred_at is None:
        # A yes that was a mistake, taken back with a reason: what has to be referred is what is alleged now.
        complaint.criteria_met_at = None
        db.session.flush()
        cases.record(complaint, "criteria_cleared", actor, at=at)
    if check.met and complaint.recorded_on is None and complaint.state in RECORDABLE:
        cases.perform(complaint, "record", actor, at=at, reason="mandatory")
    return check


def try_contact(
    complaint: Complaint, actor: Actor, *, how: str, result: str, words: str = "", made_at: datetime | None = None
) -> ContactTry:
    """Write down a try at reaching the person: when it was, how, what came of it."""
    assert actor.account_id is not None
    made = ContactTry(
        case_id=complaint.id, at=made_at or now(), account_id=actor.account_id, how=how, result=result, words=words
    )
    db.session.add(made)
    db.session.flush()
    cases.record(complaint, "try_contact", actor, on=london_date(made.at), how=how, result=result)
    return made


def contact(complaint: Complaint, actor: Actor, *, note: str = "", at: datetime | None = None) -> Event:
    """The person was reached, or three tries failed and they were written to: the first contact is made."""
    reached = [each for each in queries.tries(complaint.id) if each.result == "spoke"]
    on = london_date(reached[0].at) if reached else london_date(at or now())
    return cases.perform(complaint, "contact", actor, note, at, on=on)


def update(complaint: Complaint, words: str, actor: Actor, at: datetime | None = None) -> Event:
    """Tell the person how it stands. Only its delivery meets the duty of regulation 34."""
    from casework.exchanges import service as exchanges

    event = cases.record(complaint, "update", actor, at=at)
    exchanges.say(complaint.id, words, actor, at=at, event_number=event.number)
    cases.tell(event, complaint, "complaint-update", "people")
    return event


def report_delay(complaint: Complaint, words: str, actor: Actor, at: datetime | None = None) -> Event:
    """Note that the local policing body, the IOPC and the person were told why it takes so long (reg 13)."""
    event = cases.record(complaint, "report", actor, words, at=at)
    cases.tell(event, complaint, "complaint-delayed", "people")
    return event


def resolve(
    allegation: Allegation, result: str, words: str, actions: list[str], actor: Actor, at: datetime | None = None
) -> Event:
    """Record the result of an allegation, with what is done because of it."""
    return cases.perform(allegation, "resolve", actor, at=at, private={"words": words}, result=result, actions=actions)


def draft_outcome(complaint: Complaint, words: str, actor: Actor, at: datetime | None = None) -> Event:
    """Write the outcome and send it for approval."""
    complaint.outcome = words
    return cases.perform(complaint, "draft", actor, at=at)


def answer_review_questions(complaint: Complaint, answers: Mapping[str, bool], actor: Actor) -> None:
    """Keep the answers from which the review body follows."""
    complaint.review_answers = dict(answers)
    db.session.flush()
    cases.record(complaint, "answer_review_questions", actor, answers=dict(answers))


def exclude_misdirected(complaint: Complaint, days: int, actor: Actor, note: str = "") -> None:
    """Leave out of the review window the days during which an application lay with the wrong body (reg 29)."""
    if days < 0 or complaint.told_on is None:
        raise ValueError("There is no review window to move.")
    complaint.misdirected_days = days
    effects.set_window(complaint)
    cases.project(registry.of(complaint), complaint)
    db.session.flush()
    cases.record(complaint, "exclude_days", actor, note, days=days)


def learn(case: Any, actor: Actor, *, what: str, change: str, who: str, by_on: date) -> Learning:
    """Record what was learned from a case, and who does what by when."""
    kept = Learning(
        case_id=case.id, area_id=case.area_id, at=now(), account_id=actor.account_id, what=what, change=change, who=who,
        by_on=by_on,
    )  # fmt: skip
    db.session.add(kept)
    db.session.flush()
    cases.record(case, "learn", actor, learning=kept.id)
    return kept


def mark_of(learning: Learning) -> str:
    """What a page remembers of a piece of learning, to notice that somebody else has changed it."""
    shown = (learning.what, learning.change, learning.who, learning.done_on, learning.evidence, learning.published)
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:32]


def revise_learning(
    learning: Learning,
    case: Any,
    actor: Actor,
    *,
    what: str,
    change: str,
    who: str,
    done_on: date | None,
    evidence: str,
    published: bool,
) -> None:
    """Word what was learned for the public, publish it or take it back, note that it was done. Its day never moves."""
    steps = [
        ("publish_learning" if published else "withdraw_learning", published != learning.published),
        ("finish_learning", done_on is not None and learning.done_on is None),
    ]
    learning.what, learning.change, learning.who = what, change, who
    learning.done_on, learning.evidence, learning.published = done_on, evidence, published
    db.session.flush()
    if case is not None:
        for action in [name for name, taken in steps if taken] or ["revise_learning"]:
            cases.record(case, action, actor, learning=learning.id)
