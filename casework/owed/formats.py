"""Messages that somebody asked to have in braille, as audio, in Easy Read, in BSL or translated: a person makes them.

The message goes out in the ordinary way at once; the format is a task with a day. Never commits.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Select, func, select, text
from sqlalchemy.dialects.postgresql import insert

from casework.cases import duties
from casework.cases import service as cases
from casework.cases.models import Case
from casework.cases.queries import Scope
from casework.clocks.london import london_date
from casework.extensions import db
from casework.moments import now
from casework.outbox.models import FormatTask, Owed, Sent
from casework.parties import needs
from casework.parties.models import FORMAT_WANTED, Party
from casework.roles import Actor
from casework.settings import service as settings

MOST = 200
# How far back a told message is looked for: the sweep runs every hour, and may have been away for some days.
BACK = timedelta(days=14)


def gather() -> int:
    """Make the tasks for what has been told since. Doing it again makes none twice; returns how many are new."""
    known = select(FormatTask.id).where(FormatTask.owed_id == Owed.id)
    wanted = (
        select(Owed.id, Owed.stream_id, Owed.done_at, Party.adjustments)
        .select_from(Party)
        .join(Case, Case.id == Party.case_id)
        .join(Owed, (Owed.stream_id == Case.stream_id) & (Owed.part == func.concat("party:", Party.id)))
        .where(text("parties." + FORMAT_WANTED), Owed.kind.in_(("message", "letter")), Owed.done_at > now() - BACK)
        .where(~known.exists())
    )
    rule, calendar = settings.rule("format.made"), settings.calendar()
    rows = [
        {
            "owed_id": owed_id,
            "stream_id": stream_id,
            "format": each,
            "at": now(),
            "due_on": rule.due(london_date(at), calendar),
            "how": "",
        }
        for owed_id, stream_id, at, adjustments in db.session.execute(wanted)
        if at is not None
        for each in needs.formats(adjustments)
    ]
    if rows:
        db.session.execute(insert(FormatTask).values(rows).on_conflict_do_nothing())
    return len(rows)


def waiting(scope: Scope) -> list[tuple[FormatTask, Owed, Case]]:
    """What is to be made in some areas, the most pressing first."""
    return _found(_tasks(scope).where(FormatTask.done_on.is_(None)).order_by(FormatTask.due_on, FormatTask.id))


def one(task_id: int, scope: Scope, lock: bool = False) -> tuple[FormatTask, Owed, Case] | None:
    """One task, if it may be seen."""
    wanted = _tasks(scope).where(FormatTask.id == task_id)
    if lock:
        wanted = wanted.with_for_update(of=FormatTask).execution_options(populate_existing=True)
    return next(iter(_found(wanted)), None)


def said(owed_id: int) -> tuple[str, str]:
    """What the message said, as it was sent: its subject and its words; empty where that is deleted."""
    kept = db.session.scalars(select(Sent).where(Sent.owed_id == owed_id)).one_or_none()
    return (kept.subject or "", kept.body or "") if kept is not None else ("", "")


def done(task: FormatTask, owed: Owed, case: Case, on: date, how: str, actor: Actor) -> None:
    """Note that a message was given in the format that was asked for; by setting only that tells."""
    task.done_on, task.done_by, task.how = on, actor.account_id, how
    cases.record(case, "format_done", actor, owed=owed.id, name=owed.name, format=task.format, on=on)
    duties.delivered(owed.stream_id, owed.name)


def _tasks(scope: Scope) -> Select[FormatTask, Owed, Case]:
    """The tasks in some areas with what they are for."""
    return (
        select(FormatTask, Owed, Case)
        .join(Owed, Owed.id == FormatTask.owed_id)
        .join(Case, Case.stream_id == FormatTask.stream_id)
        .where(scope.covers())
        .limit(MOST)
    )


def _found(wanted: Select[FormatTask, Owed, Case]) -> list[tuple[FormatTask, Owed, Case]]:
    return [(row[0], row[1], row[2]) for row in db.session.execute(wanted)]
