"""What the tables of a complaint and of its allegations check and do at once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from casework.cases import duties as case_duties
from casework.cases import registry
from casework.cases import service as cases
from casework.cases.registry import Step
from casework.clocks import Days
from casework.clocks.london import london_date
from casework.complaints import delegating, duties, independence, queries, review, terms, triggers
from casework.complaints.models import Allegation, Complaint, ContactTry
from casework.complaints.workflow import ALLEGATION, COMPLAINT, DESK, REASONS, State
from casework.extensions import db
from casework.feedback import queries as told
from casework.feedback import service as feedback
from casework.moments import today
from casework.outbox.models import Owed
from casework.parties.models import Party
from casework.roles import SYSTEM, Role
from casework.settings import service as settings

# Tries at reaching somebody count if they lie so far apart (domain A5: three tries at different times).
TRIES, APART = 3, timedelta(hours=3)


def _may_act(step: Step) -> bool:
    if step.actor.role != Role.REPRESENTATIVE:
        return True
    party = db.session.get(Party, step.actor.party_id)
    return party is not None and party.acts


def _logging_checked(step: Step) -> bool:
    last = queries.last_number(step.subject.id)
    return last > 0 and any(check.covers >= last for check in queries.checks(step.subject.id))


def _recording_checked(step: Step) -> bool:
    last = queries.last_number(step.subject.id)
    return any(check.stage != "log" and check.covers >= last for check in queries.checks(step.subject.id)) and last > 0


def _none_mandatory(step: Step) -> bool:
    return not any(check.met for check in _latest(step.subject.id))


def _latest(case_id: int) -> list[Any]:
    """The newest checklist, and those of single allegations after it."""
    found = queries.checks(case_id)
    whole = next((n for n, check in enumerate(found) if check.allegation_id is None), len(found) - 1)
    return found[: whole + 1]


def _contact_made(step: Step) -> bool | str:
    if step.asking:
        return True
    made = queries.tries(step.subject.id)
    if any(each.result == "spoke" for each in made):
        return True
    counted: list[ContactTry] = []
    for each in made:
        if not counted or each.at - counted[-1].at >= APART:
            counted.append(each)
    if len(counted) >= TRIES and any(each.how in {"letter", "email"} for each in made):
        return True
    return f"{len(counted)} of {TRIES} tries so far that lie three hours apart, and a letter or email after them."


def _every_result(step: Step) -> bool | str:
    if step.asking:
        return True
    found = queries.allegations(step.subject.id)
    missing = [str(each.number) for each in found if each.state == "open"]
    if not found:
        return "Add at least one allegation first."
    return not missing or f"No result yet for allegation {', '.join(missing)}. Each of them is answered in the outcome."


def _not_its_writer(step: Step) -> bool:
    """Whoever kept words of the outcome for later wrote it as well, whoever sent it for approval."""
    kept = queries.events_since(step.subject.stream_id, 0, ["write_outcome"])
    return all(event.account_id != step.actor.account_id for event in kept)


def _body_computed(step: Step) -> bool:
    complaint: Complaint = step.subject
    return complaint.recorded_on is None or review.is_complete(complaint.review_answers)


def _in_time(step: Step) -> bool | str:
    complaint: Complaint = step.subject
    if complaint.recorded_on is None:
        return "There is no review of what was handled outside Schedule 3. You can ask for it to be recorded instead."
    if step.actor.role not in {Role.COMPLAINANT, Role.REPRESENTATIVE}:
        day = date.fromisoformat(step.facts["on"]) if isinstance(step.facts.get("on"), str) else london_date(step.at)
    else:
        day = london_date(step.at)
    last = complaint.review_open_until
    return last is None or day <= last or f"The last day to apply for a review was {last:%-d %B %Y}."


def _came_from(state: State) -> Any:
    return lambda step: step.subject.merged_from == state


def _was(route: State) -> Any:
    return lambda step: step.subject.route == route


# What a complaint does at once.


def _owe_preservation(step: Step) -> None:
    feedback.keep_preservation(step.subject, step.subject.encounter)


def _take_route(step: Step) -> None:
    assert step.row is not None
    step.subject.route = step.row.to_state


def _note_contact(step: Step) -> None:
    step.subject.contacted_on = step.subject.contacted_on or london_date(step.at)


def _note_recorded(step: Step) -> None:
    complaint: Complaint = step.subject
    asked = step.actor.role in {Role.COMPLAINANT, Role.REPRESENTATIVE, Role.CLERK}
    complaint.logged_on = complaint.logged_on or london_date(step.at)
    complaint.recorded_on = london_date(step.at)
    complaint.recorded_reason = str(
        step.facts.get("reason") or ("dissatisfied" if step.action == "record_after" else "wishes")
    )
    complaint.asked_to_record = complaint.asked_to_record or asked
    complaint.route = ""
    complaint.told_on = complaint.review_by = complaint.review_open_until = complaint.approved_on = None


def _note_referred(step: Step) -> None:
    step.subject.referred_at = step.at
    step.subject.prejudicial = bool(step.facts.get("prejudicial"))


def _tell_referred(step: Step) -> None:
    """Told, unless that would prejudice an investigation."""
    if not step.subject.prejudicial:
        assert step.event is not None
        cases.tell(step.event, step.subject, "complaint-referred", "people")


def _note_answered(step: Step) -> None:
    step.subject.referral_answered_at = step.at


def _note_approved(step: Step) -> None:
    complaint: Complaint = step.subject
    complaint.approved_on = london_date(step.at)
    complaint.review_body = review.body(
        complaint.recorded_on is not None, complaint.review_answers, complaint.referred_at is not None
    ).slug


def _note_sent(step: Step) -> None:
    """What was told before, in an earlier round, counts no more."""
    complaint: Complaint = step.subject
    complaint.told_on = complaint.review_by = complaint.review_open_until = None


def _tell_finalised(step: Step) -> None:
    complaint: Complaint = step.subject
    complaint.finalised_on = london_date(step.at)
    if complaint.recorded_on is not None:
        assert step.event is not None
        cases.tell(step.event, complaint, "complaint-finalised", "people")


def _open_results(step: Step) -> None:
    for each in queries.allegations(step.subject.id):
        if each.state == "answered":
            cases.perform(each, "reconsider", SYSTEM, at=step.at)


def _drop_results(step: Step) -> None:
    for each in queries.allegations(step.subject.id):
        if each.state in {"open", "answered"}:
            cases.perform(each, "drop", SYSTEM, at=step.at)


def _follow_other(step: Step) -> None:
    other = db.session.get_one(Complaint, step.facts["into"])
    assert step.event is not None
    step.subject.merged_into_id, step.subject.merged_from = other.id, step.event.from_state or ""
    cases.record(other, "merged_here", step.actor, at=step.at, of=step.subject.id)


def _leave_other(step: Step) -> None:
    step.subject.merged_into_id, step.subject.merged_from = None, ""


def _nothing(step: Step) -> None:
    """Supplied by a feature to the left, or noted by the event alone."""


def outcome_told(complaint: Complaint, message: str) -> None:
    """The outcome was really sent or posted: from that day the review window counts."""
    if message != "complaint-outcome" or complaint.state != State.SENT or complaint.told_on is not None:
        return
    sent = db.session.scalars(
        select(Owed)
        .where(Owed.stream_id == complaint.stream_id, Owed.name == message, Owed.done_at.is_not(None))
        .order_by(Owed.done_at.desc(), Owed.id.desc())
        .limit(1)
    ).one()
    assert sent.done_at is not None
    in_format = case_duties.told_on(complaint, message) if settings.value("format.only") else None
    complaint.told_on = in_format or london_date(sent.done_at)
    set_window(complaint, sent.channel)
    cases.project(registry.of(complaint), complaint)


def set_window(complaint: Complaint, channel: str = "letter") -> None:
    """Work out the review window from the day on which the outcome was told."""
    if complaint.told_on is None:
        return
    delivery = settings.rule("delivery.letter" if channel == "letter" else "delivery.email")
    found = review.window(
        complaint.told_on, settings.rule("complaint.review"), delivery, settings.calendar(), complaint.misdirected_days
    )
    complaint.review_by, complaint.review_open_until = found.printed, found.open_until


def _clock_days(complaint: Complaint) -> dict[str, date] | None:
    """After the outcome, time finishes a complaint: at the end of the review window, never before it was told."""
    if complaint.state != State.SENT:
        return None
    if complaint.told_on is None:
        return {}
    last = complaint.review_open_until if complaint.recorded_on is not None else complaint.told_on
    return {"finalise": last or today()}


def _mentions() -> frozenset[str]:
    return frozenset(name for duty in duties.declared(lambda key: Days(1)) for name in duty.mentions) | {
        "complaint.record", "complaint.record_after"
    }  # fmt: skip


# Each allegation.


def _keep_result(step: Step) -> None:
    allegation: Allegation = step.subject
    allegation.result = step.facts["result"]
    allegation.result_words = str(step.private.get("words") or "")
    allegation.actions = list(step.facts.get("actions") or [])
    allegation.resulted_on = london_date(step.at)


def _clear_result(step: Step) -> None:
    step.subject.result, step.subject.resulted_on, step.subject.actions = "", None, []


def _categorise(step: Step) -> None:
    step.subject.category = step.facts["category"]


def _result_fits(step: Step) -> bool:
    complaint = independence.complaint_of(step)
    return step.asking or step.facts.get("result") in terms.results_for(complaint.route, complaint.special_procedures)


registry.register(
    registry.Kind(
        COMPLAINT,
        Complaint,
        workers=DESK,
        stream_of=lambda complaint: complaint.stream_id,
        case_of=lambda complaint: complaint,
        barred=independence.involved,
        duties=lambda: duties.declared(settings.rule),
        mentions=_mentions(),
        derive=lambda complaint, found: duties.derive(complaint, found, told.preservation(complaint.id) is not None),
        clock_days=_clock_days,
        told=outcome_told,
        checks={
            "independent": independence.independent,
            "not_own_decision": independence.not_own_decision,
            **delegating.CHECKS,
            "may_act": _may_act,
            "logging_checked": _logging_checked,
            "recording_checked": _recording_checked,
            "none_mandatory": _none_mandatory,
            "not_asked_to_record": lambda step: not step.subject.asked_to_record,
            "reason_known": lambda step: step.asking or step.facts.get("reason") in REASONS,
            "not_contacted": lambda step: step.subject.contacted_on is None,
            "contact_made": _contact_made,
            "has_allegation": lambda step: queries.last_number(step.subject.id) > 0,
            "referral_decided": lambda step: (
                step.subject.criteria_met_at is None or step.subject.referral_answered_at is not None
            ),
            "every_result": _every_result,
            "outcome_written": lambda step: step.asking or bool(step.subject.outcome.strip()),
            "not_its_writer": _not_its_writer,
            "body_computed": _body_computed,
            "is_outside": lambda step: step.subject.recorded_on is None,
            "is_schedule_3": lambda step: step.subject.recorded_on is not None,
            "was_outside": _was(State.OUTSIDE),
            "was_handling": _was(State.HANDLING),
            "was_investigating": _was(State.INVESTIGATING),
            "was_directed": _was(State.DIRECTED),
            "was_independent": _was(State.INDEPENDENT),
            "reachable": lambda step: case_duties.can_be_told(step.subject),
            "outcome_told": lambda step: step.subject.told_on is not None,
            "in_time": _in_time,
            "signed": lambda step: step.asking or bool(step.facts.get("signed")),
            "interest_decided": lambda step: step.asking or step.facts.get("interest") in {"yes", "no"},
            "other_known": lambda step: (
                step.asking or (bool(step.facts.get("into")) and step.facts["into"] != step.subject.id)
            ),
            "body_known": lambda step: step.asking or bool(step.facts.get("body")),
            "why_known": lambda step: step.asking or bool(step.note.strip()),
            **{f"came_from_{state}": _came_from(state) for state in State},
        },
        nows={
            "owe_preservation": _owe_preservation,
            "point_out": lambda step: triggers.at_receipt(step.subject, step.at),
            "take_route": _take_route,
            "note_contact": _note_contact,
            "note_recorded": _note_recorded,
            "note_referred": _note_referred,
            "tell_referred": _tell_referred,
            "note_answered": _note_answered,
            "note_approved": _note_approved,
            "note_sent": _note_sent,
            "tell_finalised": _tell_finalised,
            "note_review": _nothing,
            "note_withdrawal": _nothing,
            "open_results": _open_results,
            "drop_results": _drop_results,
            "follow_other": _follow_other,
            "leave_other": _leave_other,
            "route": _nothing,
        },
    )
)

registry.register(
    registry.Kind(
        ALLEGATION,
        Allegation,
        stream_of=lambda allegation: db.session.get_one(Complaint, allegation.case_id).stream_id,
        case_of=lambda allegation: db.session.get_one(Complaint, allegation.case_id),
        checks={
            "independent": independence.independent,
            "not_own_decision": independence.not_own_decision,
            **delegating.CHECKS,
            "category_known": lambda step: step.asking or step.facts.get("category") in terms.offered("category"),
            "result_fits": _result_fits,
        },
        nows={
            "keep_result": _keep_result,
            "clear_result": _clear_result,
            "categorise": _categorise,
            "point_out": lambda step: triggers.at_allegation(independence.complaint_of(step), step.subject, step.at),
        },
    )
)
