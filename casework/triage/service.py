"""What people do at the triage desk, in their words. Never commits; never reads the request."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from casework import references
from casework.areas import queries as areas
from casework.cases import duties, registry
from casework.cases import queries as case_queries
from casework.cases import service as cases
from casework.cases.models import Case
from casework.cases.queries import PAGE, Filter, Scope
from casework.clocks.london import london_date
from casework.complaints import service as complaints
from casework.complaints.independence import is_independent
from casework.complaints.models import Complaint, ContactTry
from casework.exchanges import service as exchanges
from casework.extensions import db
from casework.feedback import effects, service
from casework.feedback import queries as feedback
from casework.feedback.models import Encounter, Feedback
from casework.feedback.workflow import DESK
from casework.history import service as history
from casework.history.models import Event
from casework.moments import now
from casework.roles import OTHERS, Actor
from casework.sealed import next_id
from casework.triage import queries
from casework.workflow import Refused

# How many pages of the queue `Next` looks through before it says that there is nothing.
_PAGES = 8


def take_next(scope: Scope, actor: Actor, leave: int | None = None) -> Case | None:
    """The most urgent case that nobody has and that this person may take, now theirs; else their own most urgent one.

    Two people who ask at once get two cases: what one of them is about to take, the other skips. `leave` is the case
    that they come from. None where there is nothing left to do.
    """
    assert actor.account_id is not None
    after = None
    for _ in range(_PAGES):
        rows = case_queries.inbox(scope, actor.account_id, Filter("unassigned", after=after))
        taken = _take_one([row.id for row in rows if row.id != leave and _may_take(row, actor)], actor)
        if taken is not None:
            return taken
        if len(rows) <= PAGE:
            break
        after = (rows[-1].next_due_on, rows[-1].id)
    mine = case_queries.inbox(scope, actor.account_id, Filter("mine"))
    own = next((row.id for row in mine if row.id != leave and row.waits_for not in OTHERS), None)
    return db.session.get(Case, own) if own else None


def _may_take(row: Any, actor: Actor) -> bool:
    """Whether it waits for this role; feedback is worked on by everybody at its desk."""
    return row.waits_for == actor.role or (row.kind == "feedback" and actor.role in DESK)


def _take_one(ids: list[int], actor: Actor) -> Case | None:
    """Claim the first of these that nobody has taken or is taking just now."""
    barred: list[int] = []
    while set(ids) - set(barred):
        free = (
            select(Case)
            .where(Case.id.in_(ids), Case.id.not_in(barred), Case.assigned_to.is_(None), Case.is_open)
            .order_by(Case.next_due_on, Case.id)
            .limit(1)
            .with_for_update(of=Case, skip_locked=True)
            .execution_options(populate_existing=True)
        )
        case = db.session.scalars(free).one_or_none()
        if case is None:
            return None
        if not isinstance(case, Complaint) or is_independent(case, actor.account_id):
            cases.assign(case, actor.account_id, actor)
            return case
        barred.append(case.id)  # about themselves or their team: one in thousands
    return None


def claim_if_free(case: Case, actor: Actor) -> None:
    """Whoever begins to work on something that nobody has, has it."""
    if case.assigned_to is None and case.is_open:
        cases.assign(case, actor.account_id, actor)


def write(case: Case, words: str, actor: Actor, canned: str = "", at: datetime | None = None) -> Event:
    """Write to the people of a case without changing where it stands."""
    apart(case, actor)
    event = cases.record(case, "write", actor, at=at)
    exchanges.say(case.id, words.strip(), actor, at=at, canned=canned, event_number=event.number)
    cases.tell(event, case, "case-message", "people")
    return event


def log_try(
    case: Case, actor: Actor, *, how: str, result: str, words: str = "", made_at: datetime | None = None
) -> ContactTry:
    """Write down a try at reaching the person of a case: when it was, how, what came of it."""
    apart(case, actor)
    if isinstance(case, Complaint):
        return complaints.try_contact(case, actor, how=how, result=result, words=words, made_at=made_at)
    assert actor.account_id is not None
    made = ContactTry(
        case_id=case.id, at=made_at or now(), account_id=actor.account_id, how=how, result=result, words=words
    )
    db.session.add(made)
    db.session.flush()
    cases.record(case, "try_contact", actor, on=london_date(made.at), how=how, result=result)
    return made


def merge(case: Feedback, into: Case, actor: Actor, note: str = "") -> Event:
    """Answer a case together with another open one, to which what comes later is shown as well. Can be undone.

    Hold both before, the one with the lower id first.
    """
    if into.id == case.id:
        raise Refused("A case cannot be merged into itself.")
    if not into.is_open:
        raise Refused(f"{into.reference} is closed. Merge into a case that is open, or link the two.")
    for each in (case, into):
        apart(each, actor)
    event = cases.perform(case, "merge", actor, note, into=into.id)
    service.link(case, into, "merged", actor)
    return event


def split(case: Feedback | Complaint, sort: str, actor: Actor, note: str = "", at: datetime | None = None) -> Feedback:
    """Open a second case with the encounter, the people and the day of receipt of this one, for what else it says."""
    apart(case, actor)
    moment = at or now()
    other = Feedback(
        id=next_id("cases"),
        reference=references.new("FB"),
        stream_id=history.open_stream("case").id,
        encounter=case.encounter,
        sort=sort,
        intent=case.intent if isinstance(case, Feedback) else "complaint",
        anonymous=case.anonymous,
        area_id=case.area_id,
        channel=case.channel,
        received_on=case.received_on,
        opened_at=moment,
    )
    service.copy_people(case, other)
    cases.perform(other, "submit", actor, note, moment, split_from=case.id)
    service.link(case, other, "split", actor)
    # A second press of the button finds the case changed by the first.
    flag_modified(case, "received_on")
    db.session.flush()
    return other


def edit_facts(case: Feedback | Complaint, changes: Mapping[str, Any], actor: Actor, note: str = "") -> list[str]:
    """Correct facts of an encounter, for every case about it, with what follows: area, last day of footage.

    Hold the case and its encounter before. Returns which facts changed.
    """
    apart(case, actor)
    place: Encounter = case.encounter
    meets = changes.get("meets", getattr(case, "meets", None))
    changed = []
    for name, value in changes.items():
        target: Any = case if name == "meets" else place
        if getattr(target, name) != value:
            setattr(target, name, value)
            changed.append(name)
    if not changed:
        return []
    db.session.flush()
    for each in queries.sharing(place.id):
        if "borough_id" in changed and place.borough_id:
            borough = areas.by_id(place.borough_id)
            each.area_id = borough.parent_id if borough else each.area_id
        if "happened_on" in changed:
            _move_last_day(each, place)
        extra = {"meets": meets} if "meets" in changed and each.id == case.id else {}
        cases.record(each, "edit_facts", actor, note if each.id == case.id else "", fields=sorted(changed), **extra)
        if registry.of(each).mentions:
            duties.project(each)
    return changed


def apart(case: Case, actor: Actor) -> None:
    """Raise `Refused` for somebody whom a complaint is about, or who is in their team.

    Also where the case is the feedback that it came from, or was split off it: it is the same encounter.
    """
    if not isinstance(case, Feedback | Complaint):
        return
    for each in queries.sharing(case.encounter_id):
        if isinstance(each, Complaint) and not is_independent(each, actor.account_id):
            raise Refused("A complaint about this is about you or your team. Somebody else must do this.")


def _move_last_day(case: Feedback | Complaint, place: Encounter) -> None:
    """The likely last day of footage counts from the encounter, as we know it now."""
    kept = feedback.preservation(case.id)
    if kept is not None and not kept.result:
        kept.last_on = effects.footage_last_on(place.happened_on, case.received_on)
        db.session.flush()
