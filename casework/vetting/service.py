"""Opens, renews and concludes the vetting of a person. Detail never leaves this folder. Never commits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from casework.cases import registry
from casework.cases import service as cases
from casework.cases.models import Case, Question
from casework.cases.registry import Step
from casework.clocks.london import london_date
from casework.extensions import db
from casework.moments import now
from casework.roles import SYSTEM, Actor
from casework.settings import service as settings
from casework.vetting import findings
from casework.vetting.models import Clearance, Declaration, VettingCheck
from casework.vetting.workflow import CHECK, CONDITIONS, VETTING, CheckState, State


def open_for(case: Case, at: datetime | None = None) -> Clearance:
    """Begin the vetting of the person of a case, with a check of every kind that the setting asks for."""
    clearance = Clearance(case_id=case.id, stream_id=case.stream_id)
    cases.perform(clearance, "open", SYSTEM, at=at)
    return clearance


def renew(clearance: Clearance, at: datetime | None = None) -> None:
    """Make the checks again: an adverse result goes to a second person, anything else starts anew."""
    adverse = {State.NOT_CLEAR, State.CLEAR_WITH_CONDITIONS, State.UNABLE}
    action = "reopen" if clearance.state in adverse else "renew"
    if clearance.state not in {State.OPEN, State.ADVERSE_REVIEW}:
        cases.perform(clearance, action, SYSTEM, at=at)


def stop(case_id: int, at: datetime | None = None) -> None:
    """End open checks: the applicant withdrew."""
    clearance = db.session.scalars(select(Clearance).where(Clearance.case_id == case_id)).one_or_none()
    if clearance is not None and clearance.state in {State.OPEN, State.ADVERSE_REVIEW}:
        cases.perform(clearance, "stop", SYSTEM, at=at)


def declare(case_id: int, *, other_names: str, addresses: str, convictions: str, police_matters: str) -> Declaration:
    """Keep what the applicant declares for the checks, sealed. Giving it again replaces it."""
    row = db.session.scalars(select(Declaration).where(Declaration.case_id == case_id)).one_or_none()
    row = row or Declaration(case_id=case_id)
    row.given_at = now()
    row.other_names, row.addresses = other_names, addresses
    row.convictions, row.police_matters = convictions, police_matters
    db.session.add(row)
    db.session.flush()
    return row


def conclude(
    clearance: Clearance,
    action: str,
    actor: Actor,
    *,
    detail: str = "",
    conditions: tuple[str, ...] = (),
    at: datetime | None = None,
) -> None:
    """Give the result of a person's vetting. `detail` stays sealed here; conditions and a valid-until date go on."""
    cases.lock(Case, clearance.case_id)
    cases.perform(clearance, action, actor, at=at, private={"detail": detail, "conditions": conditions})
    _write(clearance, action, actor, detail, at)
    if action not in {"refer", "report_change"}:
        clearance.decided_at = at or now()


def finish_check(
    check: VettingCheck, action: str, actor: Actor, *, detail: str = "", at: datetime | None = None
) -> None:
    """Begin one check, or give its result; what was found stays sealed here."""
    cases.lock(Case, check.case_id)
    cases.perform(check, action, actor, at=at, private={"detail": detail})
    _write(check, action, actor, detail, at)


def ask(check: VettingCheck, words: str, actor: Actor, at: datetime | None = None) -> None:
    """Ask the applicant something for a check. Question and answer stay in this room."""
    cases.lock(Case, check.case_id)
    cases.perform(check, "ask", actor, at=at, private={"question": words})


def answer(check: VettingCheck, words: str, actor: Actor, at: datetime | None = None) -> None:
    """Take the applicant's answer to a check's question."""
    cases.lock(Case, check.case_id)
    question = open_question(check.case_id)
    if question is not None:
        question.answer, question.answered_at = words, at or now()
        db.session.flush()
    cases.perform(check, "answer", actor, at=at)


def answer_open(case_id: int, words: str, actor: Actor) -> None:
    """Take the applicant's answer, whichever check asked."""
    check = db.session.scalars(
        select(VettingCheck)
        .where(VettingCheck.case_id == case_id, VettingCheck.state == CheckState.INFO_REQUESTED)
        .limit(1)
    ).first()
    if check is not None:
        answer(check, words, actor)


def open_question(case_id: int) -> Question | None:
    """The question of the checks that waits for an answer."""
    return db.session.scalars(
        select(Question).where(
            Question.case_id == case_id,
            Question.room == "vetting",
            Question.answered_at.is_(None),
            Question.closed_at.is_(None),
        )
    ).one_or_none()


# What the tables do at once.


def _request_checks(step: Step) -> None:
    for kind in settings.value("vetting.kinds"):
        check = VettingCheck(
            clearance_id=step.subject.id, case_id=step.subject.case_id, stream_id=step.subject.stream_id, kind=kind
        )
        cases.perform(check, "request", SYSTEM, at=step.at)


def _renew_checks(step: Step) -> None:
    step.subject.valid_until = None
    step.subject.conditions = []
    for check in _checks(step.subject):
        if check.state in {CheckState.CLEAR, CheckState.CONCERN, CheckState.UNABLE, CheckState.CANCELLED}:
            cases.perform(check, "renew", SYSTEM, at=step.at)


def _cancel_checks(step: Step) -> None:
    for check in _checks(step.subject):
        if check.state in {CheckState.REQUESTED, CheckState.IN_PROGRESS, CheckState.INFO_REQUESTED}:
            cases.perform(check, "cancel", SYSTEM, at=step.at)


def _set_validity(step: Step) -> None:
    step.subject.valid_until = settings.rule("vetting.valid").due(london_date(step.at), settings.calendar())
    step.subject.conditions = list(step.private.get("conditions", ())) if step.action == "clear_with_conditions" else []
    step.subject.decided_at = step.at


def _ask_for_check(step: Step) -> None:
    question = Question(case_id=step.subject.case_id, room="vetting", asked_at=step.at, asked_by=step.actor.account_id)
    question.words = step.private.get("question", "") or "Please tell us more."
    db.session.add(question)
    db.session.flush()


def _close_question(step: Step) -> None:
    """Close the question of the checks, unless it is another check that waits for its answer."""
    if any(check.state == CheckState.INFO_REQUESTED for check in _checks(step.subject.clearance)):
        return
    question = open_question(step.subject.case_id)
    if question is not None:
        question.closed_at = step.at


def _nothing(step: Step) -> None:
    """Until a feature to the left says what follows from a result."""


# What the tables ask.


def _still_open(step: Step) -> bool:
    return step.subject.clearance.state in {State.OPEN, State.ADVERSE_REVIEW}


def _all_clear(step: Step) -> bool:
    states = [check.state for check in _checks(step.subject)]
    return bool(states) and all(state == CheckState.CLEAR for state in states)


def _all_done(step: Step) -> bool:
    states = [check.state for check in _checks(step.subject)]
    ended = {CheckState.CLEAR, CheckState.CONCERN, CheckState.UNABLE}
    return bool(states) and all(state in ended for state in states)


def _nothing_asked(step: Step) -> bool:
    return open_question(step.subject.case_id) is None


def _conditions_given(step: Step) -> bool:
    given = step.private.get("conditions", ())
    return step.asking or (bool(given) and set(given) <= set(CONDITIONS))


def _write(row: Clearance | VettingCheck, action: str, actor: Actor, words: str, at: datetime | None) -> None:
    """Add somebody's words to what was written before."""
    if words:
        row.detail = findings.add(row.detail, at or now(), actor.account_id, action, words)
        db.session.flush()


def _checks(clearance: Clearance) -> list[VettingCheck]:
    return list(
        db.session.scalars(
            select(VettingCheck).where(VettingCheck.clearance_id == clearance.id).order_by(VettingCheck.id)
        )
    )


def _case(subject: Clearance | VettingCheck) -> Case | None:
    return db.session.get(Case, subject.case_id)


registry.register(
    registry.Kind(
        VETTING,
        Clearance,
        stream_of=lambda clearance: clearance.stream_id,
        case_of=_case,
        checks={"all_checks_clear": _all_clear, "all_checks_done": _all_done, "conditions_given": _conditions_given},
        nows={
            "request_checks": _request_checks,
            "renew_checks": _renew_checks,
            "cancel_checks": _cancel_checks,
            "set_validity": _set_validity,
            "report": _nothing,
            "expired": _nothing,
        },
    )
)
registry.register(
    registry.Kind(
        CHECK,
        VettingCheck,
        stream_of=lambda check: check.stream_id,
        case_of=_case,
        checks={"still_open": _still_open, "nothing_asked": _nothing_asked},
        nows={"ask_for_check": _ask_for_check, "close_question": _close_question},
    )
)
