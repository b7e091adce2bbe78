"""The duties of a case: worked out from its history and from what was really sent, and stored as queues need them.

A duty is met by what `casework.clocks.duties` says and by nothing else. What stands in the table `due_duties` and in
`cases.next_due_on` is a projection: written by every transition and record, by delivery, and when a calendar changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, BindParameter, ScalarSelect, Text, any_, bindparam, delete, func, insert, select
from sqlalchemy.dialects.postgresql import ARRAY

from casework.cases import once, queries, registry
from casework.cases.models import Case, DueDuty
from casework.clocks import Happening
from casework.clocks import Owed as OwedDuty
from casework.clocks.duties import duties
from casework.clocks.london import london_date
from casework.extensions import db
from casework.history.models import Event
from casework.moments import today
from casework.outbox.jobs import job
from casework.outbox.messages import MESSAGES
from casework.outbox.models import FormatTask, Owed
from casework.parties import needs
from casework.parties.models import Party
from casework.settings import service as settings

# How a message that was delivered, or a letter that was posted, stands in what meets a duty.
TOLD = "told:"
# The job that the delivery of such a message owes, in the same statement that closes the message.
MET = "meet_duties"
# The cases that wait for their projection, inside `at_the_end`.
_later: ContextVar[dict[int, Case] | None] = ContextVar("later", default=None)


def happenings(case: Case) -> list[Happening]:
    """Everything in a case that may start, meet or end one of its kind's duties, by the day on which it counts.

    A case begins on the day that it was received. Something recorded later counts on the day on which it was done
    (`on` in the event's facts). A message counts when it was handed over, a letter when it was posted, and only
    where it reached somebody who is to know: see `_reaches`.
    """
    mentioned = registry.mentioned_by(case.kind)
    if case.id is None or not mentioned:
        return []
    found = []
    for kind, action, at, on_day, before, after in _events(case.stream_id, mentioned):
        opened = kind == case.kind and before is None and after is not None
        on = case.received_on if opened else _day(on_day) or london_date(at)
        found.append(Happening(f"{kind}.{action}", on))
    told = db.session.execute(_TOLD, {"case": case.id, "stream": case.stream_id})
    rows = [
        (owed_id, name, london_date(at), adjustments)
        for owed_id, name, at, channel, part, adjustments, represented in told
        if at is not None and _reaches(name, channel, part, represented)
    ]
    made = _made(case.stream_id) if settings.value("format.only") else None
    for owed_id, name, on, adjustments in rows:
        if made is None or not needs.formats(adjustments):
            found.append(Happening(TOLD + name, on))
        elif owed_id in made:
            found.append(Happening(TOLD + name, made[owed_id]))
    return found


def told_on(case: Case, message: str) -> date | None:
    """The last day on which a message counts as told to somebody who is to know; None if it does not yet."""
    return max((each.on for each in happenings(case) if each.name == TOLD + message), default=None)


def _made(stream_id: int) -> dict[int, date]:
    """When messages of a case were told in the format that somebody had asked for."""
    done = FormatTask.stream_id == stream_id, FormatTask.done_on.is_not(None)
    wanted = select(FormatTask.owed_id, func.min(FormatTask.done_on)).where(*done).group_by(FormatTask.owed_id)
    return {row[0]: row[1] for row in db.session.execute(wanted) if row[1] is not None}


def _events(stream_id: int, mentioned: frozenset[str]) -> Iterable[Sequence[Any]]:
    """What matters of a history, oldest first: from what a page has read of it already, if that is all there is."""
    read = once.known(queries.timeline, stream_id)
    if read is not None and len(read) < queries.LONGEST:
        return [
            (each.subject_kind, each.action, each.at, each.facts.get("on"), each.from_state, each.to_state)
            for each, _, _ in reversed(read)
            if each.qualified in mentioned
        ]
    # A case that has gone on for long has hundreds of events, of which few matter here.
    return db.session.execute(_EVENTS, {"stream": stream_id, "names": sorted(mentioned)}).all()


def can_be_told(case: Case) -> bool:
    """Whether a message to the people of a case would reach one of them."""
    acting = select(Party.part, Party.channel, _represented(case.id)).where(Party.case_id == case.id, Party.acts)
    return any(_reaches("", channel, part, represented) for part, channel, represented in db.session.execute(acting))


def _represented(case_id: int | BindParameter[int]) -> ScalarSelect[bool]:
    wanted = select(Party.id).where(Party.case_id == case_id, Party.part == "representative")
    return select(wanted.exists()).scalar_subquery()


# Asked by every transition and every page of a case with duties, so they are put together once.
_EVENTS = (
    select(Event.subject_kind, Event.action, Event.at, Event.facts["on"].astext, Event.from_state, Event.to_state)
    .where(
        Event.stream_id == bindparam("stream"),
        Event.subject_kind + "." + Event.action == any_(bindparam("names", type_=ARRAY(Text))),
    )
    .order_by(Event.number)
)
_CASE = bindparam("case", type_=BigInteger)
_TOLD = (
    select(Owed.id, Owed.name, Owed.done_at, Owed.channel, Party.part, Party.adjustments, _represented(_CASE))
    .outerjoin(Party, (Party.case_id == _CASE) & (Owed.part == func.concat("party:", Party.id)))
    .where(Owed.stream_id == bindparam("stream"), Owed.kind != "job", Owed.done_at.is_not(None))
    .order_by(Owed.done_at, Owed.id)
)


def _reaches(message: str, channel: str, part: str | None, represented: bool) -> bool:
    """Whether a message that went out told somebody who is to be told, so that it may meet a duty.

    A bare receipt for somebody who would like to act for another tells that other person nothing. Nor does a page that
    the person concerned cannot know of, because we were never told how to reach them.
    """
    if part == "representative":
        return message not in MESSAGES or not MESSAGES[message].bare
    return not (part == "complainant" and channel == "page" and represented)


def owed(case: Case) -> list[OwedDuty]:
    """Every duty of a case up to today: when it is due, when it was met, how late it is, and the sum."""
    kind = registry.of(case)
    if kind.duties is None:
        return []
    derived = kind.derive(case, happenings(case)) if kind.derive else happenings(case)
    return duties(kind.duties(), derived, settings.calendar(), today())


@contextmanager
def at_the_end() -> Iterator[None]:
    """Project each case once, when this ends well: for whoever writes long histories at once and reads no duties."""
    token = _later.set({})
    try:
        yield
        waiting = _later.get() or {}
    finally:
        _later.reset(token)
    for case in waiting.values():
        project(case)


def project(case: Case) -> list[OwedDuty]:
    """Store what the duties of a case come to, and by which day something must happen next."""
    waiting = _later.get()
    if waiting is not None:
        waiting[case.id] = case
        return []
    found = owed(case)
    db.session.flush()
    db.session.execute(delete(DueDuty).where(DueDuty.case_id == case.id))
    if found:
        db.session.execute(insert(DueDuty), rows(case.id, found))
    case.next_due_on = next_due_on(case, found)
    return found


def settle(case: Case, *names: str) -> None:
    """Project the duties of a case again if one of these happenings has to do with any of them."""
    mentioned = registry.mentioned_by(case.kind)
    if mentioned and mentioned.intersection(names):
        project(case)


def delivered(stream_id: int, message: str) -> None:
    """A message went out, or a letter was posted: what it meets is met. The caller commits."""
    if not registry.is_told(TOLD + message):
        return
    case = db.session.scalars(
        select(Case)
        .where(Case.stream_id == stream_id)
        .with_for_update(of=Case)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if case is not None:
        # What was asked for in another format is told once it was given in it, where the force has set so.
        if not settings.value("format.only") or told_on(case, message) is not None:
            registry.after_told(case, message)
        settle(case, TOLD + message)


def matters(message: str) -> bool:
    """Whether the delivery of a message may meet a duty: then it owes the job below."""
    return registry.is_told(TOLD + message)


@job(MET)
def meet_duties(event_id: int) -> None:
    """What an event owed has gone out: what that meets is met. Doing it again changes nothing."""
    event = db.session.get_one(Event, event_id)
    gone_out = select(Owed.name).where(
        Owed.stream_id == event.stream_id,
        Owed.event_number == event.number,
        Owed.kind != "job",
        Owed.done_at.is_not(None),
    )
    for name in sorted(set(db.session.scalars(gone_out))):
        delivered(event.stream_id, name)


def rows(case_id: int, found: Iterable[OwedDuty]) -> list[dict[str, object]]:
    """The duties of a case as they are stored: numbered through, also where one that had ended began afresh."""
    numbers: Counter[str] = Counter()
    made = []
    for each in found:
        numbers[each.duty.name] += 1
        made.append(_row(case_id, each, numbers[each.duty.name]))
    return made


def stored(case_id: int) -> list[dict[str, object]]:
    """The duties of a case as they stand in the database, in the order in which they were written."""
    columns = [column for column in DueDuty.__table__.columns if column.name != "id"]
    found = db.session.execute(select(*columns).where(DueDuty.case_id == case_id).order_by(DueDuty.id))
    return [dict(row._mapping) for row in found]


def next_due_on(case: Case, found: Iterable[OwedDuty]) -> date:
    """By which day something must happen next: the first open duty, or what its state asks for if that is sooner.

    While a case waits for somebody else, the state's own day is theirs; the duties are ours all the same.
    """
    ours = [each.due for each in found if each.is_open and each.due is not None]
    state = case.due_on or case.clock_on
    days = ours + ([state] if state else [])
    return min(days) if days else start_of(case)


def start_of(subject: Any) -> date:
    """The day from which the present state's time counts: for what was just received, the day it arrived."""
    if isinstance(subject, Case) and subject.state_since == subject.opened_at:
        return subject.received_on
    return london_date(subject.state_since)


def _row(case_id: int, each: OwedDuty, number: int) -> dict[str, object]:
    return {
        "case_id": case_id,
        "name": each.duty.name,
        "number": number,
        "started_on": each.started_on,
        "due_on": each.due,
        "met_on": each.met_on,
        "ended_on": each.ended_on,
    }


def _day(text: object) -> date | None:
    return date.fromisoformat(text) if isinstance(text, str) and len(text) == 10 else None
