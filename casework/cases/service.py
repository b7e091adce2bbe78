"""The one writer of states: `perform`. It writes state, event and owed effects; the caller commits once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm.exc import StaleDataError

from casework.accounts import service as accounts
from casework.accounts.models import Account
from casework.cases import duties, registry, tags
from casework.cases.models import Case, CaseTag
from casework.cases.registry import Kind, Step
from casework.clocks.london import london_date
from casework.extensions import db
from casework.history import service as history
from casework.history.models import Event
from casework.moments import now
from casework.outbox import service as outbox
from casework.outbox.messages import MESSAGES
from casework.parties import needs
from casework.parties.models import Party
from casework.roles import CLOCK, Actor
from casework.settings import service as settings
from casework.workflow import Check, Do, Now, Offer, Period, Refused, Row, Tell
from casework.workflow.machine import Past

# Prepared once: asked for every message that a transition owes.
_PEOPLE = select(Party).where(Party.case_id == bindparam("case_id"), Party.erased_at.is_(None)).order_by(Party.id)
_TOLD = frozenset({"complainant", "guardian", "representative"})


class Clash(Exception):
    """Somebody else changed this since the page was shown. Nothing was written."""


def perform(
    subject: Any,
    action: str,
    actor: Actor,
    note: str = "",
    at: datetime | None = None,
    private: dict[str, Any] | None = None,
    **facts: Any,
) -> Event:
    """Take one transition, record it and owe its effects, or raise `Refused`. The caller commits.

    `facts` are recorded in the event: codes, ids, numbers and dates. Words about people belong in `note`, which can be
    erased; `private` is given to checks and immediate effects and recorded nowhere (they keep it sealed).
    Raises `Clash` when somebody else was faster.
    """
    kind = registry.of(subject)
    step = Step(subject, action, actor, at or now(), note, facts, private or {})
    step.row = kind.workflow.plan(subject.state, action, actor, _past(kind, subject), _holds(kind, step))
    before = subject.state
    try:
        # Nothing may be flushed half-way: who was slower learns it here and nowhere else.
        with db.session.no_autoflush:
            _move(kind, subject, step.row, step.at)
        db.session.flush()
    except StaleDataError:
        raise Clash from None
    step.event = history.append(
        kind.stream_of(subject),
        action,
        actor,
        subject=(kind.workflow.name, subject.id),
        states=(before, step.row.to_state),
        note=note,
        at=step.at,
        facts=_plain(facts),
    )
    for effect in step.row.then:
        _follow(kind, step, effect)
    if kind.mentions and isinstance(subject, Case):
        duties.project(subject)
    return step.event


def open_to(subject: Any, actor: Actor) -> list[Offer]:
    """What the table offers this person here now, each with the sentence where it is refused."""
    kind = registry.of(subject)

    step = Step(subject, "", actor, now(), "", {}, {}, asking=True)

    @cache  # many rows ask for the same thing
    def holds(check: Check) -> bool | str:
        return kind.checks[check.name](step)

    return kind.workflow.open_to(subject.state, actor, _past(kind, subject), holds)


def would_take(subject: Any, action: str, actor: Actor, note: str = "", private: dict[str, Any] | None = None) -> Row:
    """The row that this actor would take with this note, or `Refused` with the sentence. Changes nothing."""
    kind = registry.of(subject)
    step = Step(subject, action, actor, now(), note, {}, private or {})
    return kind.workflow.plan(subject.state, action, actor, _past(kind, subject), _holds(kind, step))


def lock(model: type[Any], subject_id: int) -> Any:
    """Load a row of this kind with a lock, as it is now. Take locks in the order case, booking, slot, counter."""
    return db.session.scalars(
        select(model).where(model.id == subject_id).with_for_update(of=model).execution_options(populate_existing=True)
    ).one_or_none()


def record(case: Case, action: str, actor: Actor, note: str = "", *, at: datetime | None = None, **facts: Any) -> Event:
    """Add something to a case's history that changes no state: a claim, a correction, a note."""
    event = history.append(
        case.stream_id, action, actor, subject=(case.kind, case.id), note=note, at=at, facts=_plain(facts)
    )
    duties.settle(case, event.qualified)
    return event


def assign(case: Case, to: int | None, actor: Actor) -> Event:
    """Give a case to somebody, or put it back (`None`)."""
    case.assigned_to = to
    db.session.flush()
    return record(case, "assign" if to else "release", actor, to=to)


def tag(case: Case, word: str, actor: Actor) -> bool:
    """Add a tag to a case. Its word can be erased: the history keeps it as a note. False: it was there, or too many."""
    have = set(db.session.scalars(select(CaseTag.tag).where(CaseTag.case_id == case.id)))
    if word in have or len(have) >= tags.MOST:
        return False
    db.session.add(CaseTag(case_id=case.id, tag=word))
    db.session.flush()
    record(case, "tag", actor, word)
    return True


def untag(case: Case, word: str, actor: Actor) -> bool:
    """Take a tag away. False where it was not there."""
    held = db.session.get(CaseTag, (case.id, word))
    if held is None:
        return False
    db.session.delete(held)
    db.session.flush()
    record(case, "untag", actor, word)
    return True


def return_all(account: Account, actor: Actor) -> None:
    """Put every open case of somebody whose account ends back into the queue."""
    for case in db.session.scalars(select(Case).where(Case.assigned_to == account.id, Case.is_open).order_by(Case.id)):
        assign(case, None, actor)


accounts.on_disabled.append(return_all)


def tell(
    event: Event, case: Case, name: str, to: str = "applicant", due_at: datetime | None = None, recheck: bool = False
) -> None:
    """Owe a message to everybody of a part in a case, each in their own channel."""
    for party in parties_of(case.id, to):
        tell_party(event, party, name, due_at, recheck)


def tell_party(event: Event, party: Party, name: str, due_at: datetime | None = None, recheck: bool = False) -> None:
    """Owe a message to one person of a case, in their own channel."""
    channel = {"phone": "call"}.get(party.channel, party.channel)
    if channel == "call" and MESSAGES[name].written:
        post = party.address and not needs.not_home(party)
        channel = "letter" if post else "email" if party.email else "call"
    outbox.owe(event, name, f"party:{party.id}", channel=channel, due_at=due_at, recheck=recheck)


def parties_of(case_id: int, part: str) -> Iterable[Party]:
    """The people of a part in a case who have not been erased.

    "people" are all those who may be told of the case, "everyone" also who would like to act for somebody. A child for
    whom a parent acts is in neither.
    """
    everybody = db.session.scalars(_PEOPLE, {"case_id": case_id}).all()
    if part == "everyone":
        return [p for p in everybody if p.part in _TOLD and (p.acts or p.part == "representative")]
    if part == "people":
        return [party for party in everybody if party.part in _TOLD and party.acts]
    return [party for party in everybody if party.part == part]


def take_time(kind: Kind, subject: Any) -> bool:
    """Take the row that only time may take, if its day or its moment has passed. Returns whether one was taken."""
    for row in kind.workflow.clock_rows(subject.state):
        if row.at and (moment := getattr(subject, row.at)) is not None and moment <= now():
            perform(subject, row.action, CLOCK)
            return True
    today = london_date(now())
    due = _clock_rows(kind, subject)
    for day, row in sorted(due, key=lambda pair: pair[0]):
        if day >= today:
            continue
        try:
            perform(subject, row.action, CLOCK)
        except Refused:
            continue
        return True
    subject.clock_on = min((day for day, _ in due if day >= today), default=None)
    return False


def project(kind: Kind, subject: Any) -> None:
    """Store by when somebody should act and when only time acts: the projection that queues sort by.

    A pure function of state, since when, settings and calendar: `casework verify` computes it again.
    """
    spec = kind.workflow.states[subject.state]
    start, cal = duties.start_of(subject), settings.calendar()
    key = kind.due_key(subject) if kind.due_key else spec.within.key if spec.within else ""
    subject.due_on = settings.rule(key).due(start, cal) if key else None
    subject.clock_on = min((day for day, _ in _clock_rows(kind, subject)), default=None)
    if isinstance(subject, Case):
        subject.waits_for = kind.waits_for(subject) if kind.waits_for else str(spec.waits_for or "")
        subject.is_open = not spec.final
        # Duties are taken in by `duties.project`, once the history that they follow from is written.
        subject.next_due_on = subject.due_on or subject.clock_on or start


def _clock_rows(kind: Kind, subject: Any) -> list[tuple[date, Row]]:
    """The rows that only time takes from here, each with the last day before it does."""
    rows = [row for row in kind.workflow.clock_rows(subject.state) if row.after]
    if not rows:
        return []
    special = kind.clock_days(subject) if kind.clock_days else None
    if special is not None:
        return [(special[row.action], row) for row in rows if row.action in special]
    start, cal = duties.start_of(subject), settings.calendar()
    return [(settings.rule(row.after.key).due(start, cal), row) for row in rows if row.after]


def reproject(after_id: int = 0, limit: int = 500) -> int:
    """Bring the dates of a batch of open cases up to date after a setting or the calendar changed; last id or 0."""
    wanted = select(Case).where(Case.is_open, Case.id > after_id).order_by(Case.id).limit(limit)
    last = 0
    for case in db.session.scalars(wanted.with_for_update(of=Case, skip_locked=True)):
        kind = registry.of(case)
        project(kind, case)
        if kind.mentions:
            duties.project(case)
        last = case.id
    return last


def _move(kind: Kind, subject: Any, row: Row, at: datetime) -> None:
    subject.state = row.to_state
    subject.state_since = at
    project(kind, subject)
    db.session.add(subject)


def _follow(kind: Kind, step: Step, effect: Tell | Do | Now) -> None:
    event = step.event
    assert event is not None
    match effect:
        case Now():
            kind.nows[effect.name](step)
        case Tell():
            case = kind.case_of(step.subject)
            due = _later(effect.delay, step.at)
            tell(event, case, effect.name, effect.to, due, recheck=effect.delay is not None and not effect.always)
        case Do():
            outbox.owe(event, effect.name, kind="job", due_at=_later(effect.delay, step.at))


def _later(delay: Period | timedelta | None, at: datetime) -> datetime:
    if delay is None:
        return at
    if isinstance(delay, timedelta):
        return at + delay
    return settings.delay(delay.key).after(at, settings.calendar())


def _past(kind: Kind, subject: Any) -> Any:
    """Who took which action in this history: asked only where four eyes need it."""

    def look() -> list[Past]:
        if subject.id is None:
            return []
        wanted = select(Event.subject_kind, Event.action, Event.account_id).where(
            Event.stream_id == kind.stream_of(subject), Event.account_id.is_not(None)
        )
        if kind.own_past:
            wanted = wanted.where(Event.subject_kind == kind.workflow.name, Event.subject_id == subject.id)
        rows = db.session.execute(wanted)
        return [(f"{what}.{action}", account) for what, action, account in rows]

    return look


def _holds(kind: Kind, step: Step) -> Any:
    return lambda check: kind.checks[check.name](step)


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    return {k: v.isoformat() if isinstance(v, date | datetime) else v for k, v in facts.items()}


__all__ = ["Clash", "Refused", "assign", "lock", "open_to", "perform", "project", "record", "take_time", "tell"]
