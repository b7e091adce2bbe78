"""Tells supervisors of dates that come near or have passed, and of footage that is about to be lost: each once.

Run every day. Nothing here changes a case or meets a duty; a second run on the same day says nothing again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import select

from casework.accounts import queries as accounts
from casework.cases import registry
from casework.cases import service as cases
from casework.cases.models import Case, DueDuty
from casework.clocks.words import long_date
from casework.complaints import independence
from casework.extensions import db
from casework.feedback.models import Preservation
from casework.history.models import Event
from casework.logs import log
from casework.moments import today
from casework.outbox import service as outbox
from casework.roles import SYSTEM, Role
from casework.settings import service as settings

BEFORE, AFTER = "before", "after"
# How many days before its likely last day footage that nobody has secured is cried out for.
FOOTAGE_DAYS = timedelta(days=7)
# It has an alarm of its own.
_APART = "footage"

Due = tuple[DueDuty, str]


def run() -> int:
    """Alarm the supervisors of every case with something to be told now. Commits case by case; returns how many."""
    day = today()
    told = 0
    for case_id in [*_with_dates(day), *_with_footage(day)]:
        try:
            case = cases.lock(Case, case_id)
            if case is not None and case.is_open:
                told += _dates(case, day) + _footage(case, day)
            db.session.commit()
        except Exception as error:  # a fault with one case leaves the others theirs
            db.session.rollback()
            log.error("not escalated", case=case_id, error=error)
    return told


def _with_dates(day: date) -> list[int]:
    """The open cases with a duty that is due soon or late."""
    latest = settings.rule("complaint.escalate.before").due(day, settings.calendar())
    open_ = DueDuty.met_on.is_(None) & DueDuty.ended_on.is_(None) & (DueDuty.name != _APART)
    wanted = (
        select(DueDuty.case_id)
        .join(Case, Case.id == DueDuty.case_id)
        .where(open_, DueDuty.due_on <= latest, Case.is_open)
        .distinct()
    )
    return list(db.session.scalars(wanted.order_by(DueDuty.case_id)))


def _with_footage(day: date) -> list[int]:
    """The open cases with footage that is about to be overwritten, and nobody has said what became of it."""
    wanted = (
        select(Preservation.case_id)
        .join(Case, Case.id == Preservation.case_id)
        .where(Preservation.result == "", Preservation.last_on <= day + FOOTAGE_DAYS)
        .where(Preservation.alarmed_on.is_(None), Case.is_open)
    )
    return list(db.session.scalars(wanted.order_by(Preservation.case_id)))


def _dates(case: Case, day: date) -> int:
    """Say what is due soon or late in a case, as far as it was not said yet. Returns 1 if there was anything."""
    said = {
        (str(one[0]), int(one[1]), str(one[2]))
        for facts in db.session.scalars(
            select(Event.facts).where(Event.stream_id == case.stream_id, Event.action == "escalate")
        )
        for one in facts.get("duties", [])
    }
    rows = db.session.scalars(
        select(DueDuty)
        .where(DueDuty.case_id == case.id, DueDuty.met_on.is_(None), DueDuty.ended_on.is_(None))
        .where(DueDuty.name != _APART, DueDuty.due_on.is_not(None))
        .order_by(DueDuty.due_on, DueDuty.id)
    )
    new = [(row, stage) for row in rows if (stage := _stage(row, day)) and (row.name, row.number, stage) not in said]
    if not new:
        return 0
    _alarm(case, _words(case, new), [[row.name, row.number, stage] for row, stage in new])
    return 1


def _stage(row: DueDuty, day: date) -> str:
    assert row.due_on is not None
    calendar = settings.calendar()
    if row.due_on >= day:
        return BEFORE if row.due_on <= settings.rule("complaint.escalate.before").due(day, calendar) else ""
    return AFTER if settings.rule("complaint.escalate.after").due(row.due_on, calendar) <= day else ""


def _words(case: Case, due: Iterable[Due]) -> str:
    """What is due, in words that name nobody."""
    declared = registry.of(case).duties
    names = {each.name: each.words for each in declared()} if declared else {}
    parts = [
        f"“{names.get(row.name, row.name)}” {'is due on' if stage == BEFORE else 'was due on'} {long_date(row.due_on)}"
        for row, stage in due
        if row.due_on is not None
    ]
    return "; ".join(parts)


def _footage(case: Case, day: date) -> int:
    kept = db.session.scalars(select(Preservation).where(Preservation.case_id == case.id)).one_or_none()
    if kept is None or kept.result or kept.alarmed_on is not None or kept.last_on > day + FOOTAGE_DAYS:
        return 0
    kept.alarmed_on = day
    when = f"is overwritten after {long_date(kept.last_on)}" if kept.last_on >= day else "may be overwritten already"
    _alarm(case, f"footage that nobody has confirmed as saved {when}", [], "escalate_footage")
    return 1


def _alarm(case: Case, words: str, duties: list[list[object]], action: str = "escalate") -> None:
    event = cases.record(case, action, SYSTEM, reference=case.reference, words=words, duties=duties)
    holders = {account.id: account for _, account in accounts.holders([Role.SUPERVISOR], case.area_id)}
    # Whom it is about learns nothing of it, not even that it is late.
    told = [number for number, account in sorted(holders.items()) if case.id not in independence.about(account)]
    for account_id in told:
        outbox.owe(event, "staff-alarm", f"account:{account_id}")
    if not told:
        log.error("no supervisor to tell", case=case.id)
