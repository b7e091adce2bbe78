"""What staff may see of cases: one scoped look-up, the queue by key, search, the history. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Date,
    Label,
    Row,
    ScalarSelect,
    Select,
    Text,
    all_,
    and_,
    any_,
    bindparam,
    func,
    literal,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import aliased, joinedload, with_polymorphic

from casework.accounts.models import Account
from casework.cases import once, registry
from casework.cases.models import Case, CaseTag, DueDuty, Note
from casework.cases.scope import Scope, covered
from casework.extensions import db
from casework.history.models import Event, EventNote
from casework.outbox.models import Owed, Sent
from casework.parties.models import Party
from casework.roles import OTHERS

PAGE = 25
LONGEST = 500  # so many events of a history are shown
MANY = 101  # counts stop at "100+"
CRITICAL = timedelta(days=10)
SOON = timedelta(days=5)
GROUPS = ("critical", "overdue", "soon", "later")
VIEWS = ("mine", "unassigned", "waiting", "all")
_AREAS = bindparam("areas", type_=ARRAY(BigInteger))
_KINDS = bindparam("kinds", type_=ARRAY(Text))
_HIDDEN = bindparam("hidden", type_=ARRAY(BigInteger))


@dataclass(frozen=True)
class Filter:
    """What the address of the queue holds."""

    view: str = "mine"
    state: str = ""
    area_id: int | None = None
    kind: str = ""
    after: tuple[date, int] | None = None
    tag: str = ""


def by_reference(reference: str, scope: Scope) -> Case | None:
    """The case of a reference if it lies in a scope; None otherwise, so that both look alike."""
    wanted = _one(scope.force_wide, scope.kinds is None)
    return db.session.scalars(wanted, {"reference": reference} | scope.values).unique().one_or_none()


@cache
def _one(force_wide: bool, every_kind: bool) -> Select[Case]:
    """A case with its people and the columns of its kind in one statement: what every page of a case begins with."""
    whole = with_polymorphic(Case, "*")
    return (
        select(whole)
        .options(joinedload(whole.parties))
        .where(Case.reference == bindparam("reference"), covered(force_wide, every_kind))
    )


def of_party(party_id: int) -> tuple[Case, Party] | None:
    """A party with its case, whose columns of its kind come with it."""
    row = db.session.execute(_of_party(), {"party_id": party_id}).one_or_none()
    return (row[0], row[1]) if row else None


@cache
def _of_party() -> Select[*tuple[Any, ...]]:
    whole = with_polymorphic(Case, "*")
    return select(whole, Party).join(Party, Party.case_id == whole.id).where(Party.id == bindparam("party_id"))


def inbox(scope: Scope, account_id: int, chosen: Filter, limit: int = PAGE + 1) -> list[Row[Any]]:
    """One page of the queue, by what is owed next: a row per case with the applicant's and the holder's name."""
    return list(db.session.execute(_inbox(_way(scope, chosen), limit), _values(scope, account_id, chosen)))


def inbox_with_counts(
    scope: Scope, account_id: int, chosen: Filter, today: date
) -> tuple[list[Row[Any]], dict[str, int]]:
    """One page of the queue, and how many stand in each of its groups; a count stops at 101, which reads as "100+"."""
    way, values = _way(scope, chosen), _values(scope, account_id, chosen) | _days(today)
    rows = list(db.session.execute(_inbox_with_counts(way, PAGE + 1), values))
    if rows:
        return rows, {name: getattr(rows[0], name) for name in GROUPS}
    return rows, counts(scope, account_id, chosen, today) if chosen.after else dict.fromkeys(GROUPS, 0)


def counts(scope: Scope, account_id: int, chosen: Filter, today: date) -> dict[str, int]:
    """How many stand in each group of this view, wherever its page begins."""
    whole = replace(chosen, after=None)
    found = db.session.execute(select(*_counts(_way(scope, whole))), _values(scope, account_id, whole) | _days(today))
    return dict(found.one()._mapping)


def group_of(due: date, today: date) -> str:
    """In which group of the queue a due date falls."""
    if due < today - CRITICAL:
        return "critical"
    if due < today:
        return "overdue"
    return "soon" if due < today + SOON else "later"


def holds_any(account_id: int) -> bool:
    """Whether somebody has an open case of their own: then their queue begins with those."""
    return db.session.scalar(select(Case.id).where(Case.assigned_to == account_id, Case.is_open).limit(1)) is not None


def matching(scope: Scope, account_id: int, chosen: Filter, limit: int) -> list[int]:
    """The ids of what a filter of the queue finds, in its order."""
    whole = replace(chosen, after=None)
    return [row.id for row in db.session.execute(_ids(_way(scope, whole), limit), _values(scope, account_id, whole))]


class Happened(NamedTuple):
    """An event as it is read in hundreds: all that is said of it, and nothing that keeps its chain."""

    number: int
    at: datetime
    subject_kind: str
    action: str
    from_state: str | None
    to_state: str | None
    role: str
    account_id: int | None
    party_id: int | None
    qualified: str
    facts: dict[str, Any]


@once.asked
def timeline(stream_id: int, limit: int = LONGEST) -> list[tuple[Happened, str, str]]:
    """The history of a case, newest first: event, its words, the name of the member of staff."""
    found = db.session.execute(_timeline(limit), {"stream_id": stream_id})
    # all of it, its words and who took it are the last three columns
    return [(Happened._make((*row[:-3], row[-3] or {})), row[-2] or "", row[-1] or "") for row in found]


@cache
def _timeline(limit: int) -> Select[*tuple[Any, ...]]:
    return (
        select(
            *(Event.__table__.c[name] for name in Happened._fields[:-2]),
            Event.subject_kind + "." + Event.action,
            # nearly all have none, and each costs a parser of its own
            func.nullif(Event.facts, literal({}, JSONB), type_=JSONB),
            EventNote.text,
            Account.name,
        )
        .outerjoin(EventNote, EventNote.event_id == Event.id)
        .outerjoin(Account, Account.id == Event.account_id)
        .where(Event.stream_id == bindparam("stream_id"))
        .order_by(Event.number.desc())
        .limit(limit)
    )


def messages(stream_id: int) -> list[tuple[Owed, Sent | None]]:
    """Every message of a case with what was sent, newest first."""
    return [(owed, sent) for owed, sent in db.session.execute(_messages(), {"stream_id": stream_id})]


@cache
def _messages() -> Select[*tuple[Any, ...]]:
    return (
        select(Owed, Sent)
        .outerjoin(Sent, Sent.owed_id == Owed.id)
        .where(Owed.stream_id == bindparam("stream_id"), Owed.kind != "job")
        .order_by(Owed.id.desc())
        .limit(200)
    )


def notes(case_id: int) -> list[tuple[Note, str]]:
    """Staff's notes, newest first, with the author's name."""
    return [(note, name) for note, name in db.session.execute(_notes(), {"case_id": case_id})]


@cache
def _notes() -> Select[*tuple[Any, ...]]:
    return (
        select(Note, Account.name)
        .join(Account, Account.id == Note.account_id)
        .where(Note.case_id == bindparam("case_id"))
        .order_by(Note.id.desc())
        .limit(200)
    )


def last_event(stream_id: int) -> tuple[Event, str] | None:
    """The newest event of a stream and who took it: for "somebody did this just now"."""
    row = db.session.execute(
        select(Event, Account.name)
        .outerjoin(Account, Account.id == Event.account_id)
        .where(Event.stream_id == stream_id)
        .order_by(Event.number.desc())
        .limit(1)
    ).one_or_none()
    return (row[0], row[1] or "") if row else None


class _Way(NamedTuple):
    """A way to ask for the queue: of each there is one statement, built once, for whatever areas, kinds and days."""

    view: str
    everywhere: bool
    state: bool
    after: bool
    tag: bool


def _way(scope: Scope, chosen: Filter) -> _Way:
    everywhere = scope.force_wide and (chosen.area_id is None or chosen.view == "mine")
    return _Way(chosen.view, everywhere, bool(chosen.state), chosen.after is not None, bool(chosen.tag))


def _values(scope: Scope, account_id: int, chosen: Filter) -> dict[str, Any]:
    areas = scope.area_ids if chosen.area_id is None else scope.area_ids & {chosen.area_id}
    kinds = registry.case_kinds() if scope.kinds is None else scope.kinds
    if chosen.state:
        # the whole range of a kind would be read in vain for a state that it does not have
        kinds = frozenset(kind for kind in kinds if chosen.state in registry.named(kind).workflow.states)
    after_on, after_id = chosen.after or (None, None)
    return {
        "account_id": account_id,
        "hidden": sorted(scope.hidden),
        "areas": sorted(areas),
        "kinds": sorted(kind for kind in kinds if chosen.kind in ("", kind)),
        "state": chosen.state,
        "after_on": after_on,
        "after_id": after_id,
        "tag": chosen.tag,
    }


@cache
def _inbox(way: _Way, limit: int) -> Select[*tuple[Any, ...]]:
    ids = _page(way, limit).subquery()
    person, holder = aliased(Party), aliased(Account)
    return (
        select(
            Case.id,
            Case.reference,
            Case.kind,
            Case.state,
            Case.waits_for,
            Case.next_due_on,
            Case.received_on,
            Case.area_id,
            Case.assigned_to,
            Case.channel,
            person.name.label("applicant"),
            holder.name.label("holder"),
            _owed().label("owed"),
        )  # fmt: skip
        .join(ids, ids.c.id == Case.id)
        .outerjoin(person, and_(person.case_id == Case.id, person.part.in_(["applicant", "complainant"])))
        .outerjoin(holder, holder.id == Case.assigned_to)
        .order_by(Case.next_due_on, Case.id)
    )


def _owed() -> ScalarSelect[str]:
    """The duty from which the date of a case in the queue comes, if it comes from one."""
    open_one = (DueDuty.met_on.is_(None), DueDuty.ended_on.is_(None), DueDuty.due_on == Case.next_due_on)
    return (
        select(DueDuty.name)
        .where(DueDuty.case_id == Case.id, *open_one)
        .order_by(DueDuty.id)
        .limit(1)
        .correlate(Case)
        .scalar_subquery()
    )


@cache
def _ids(way: _Way, limit: int) -> Select[int, date]:
    return _page(way, limit)


@cache
def _inbox_with_counts(way: _Way, limit: int) -> Select[*tuple[Any, ...]]:
    return _inbox(way, limit).add_columns(*_counts(way._replace(after=False)))


@cache
def _counts(way: _Way) -> list[Label[int]]:
    due, critical_on, today, soon_on = Case.next_due_on, _day("critical_on"), _day("today"), _day("soon_on")
    groups = {
        "critical": (due < critical_on,),
        "overdue": (due >= critical_on, due < today),
        "soon": (due >= today, due < soon_on),
        "later": (due >= soon_on,),
    }
    columns = []
    for name, conditions in groups.items():
        page = _page(way, MANY, *conditions).subquery()
        columns.append(select(func.count()).select_from(page).scalar_subquery().label(name))
    return columns


def _days(today: date) -> dict[str, date]:
    return {"critical_on": today - CRITICAL, "today": today, "soon_on": today + SOON}


def _page(way: _Way, limit: int, *further: ColumnElement[bool]) -> Select[int, date]:
    """Ids of one page in order. Each way of asking walks one index: per area, over the force, or of one person."""
    # bare: as the partial indexes have it
    conditions: list[Any] = [Case.is_open, Case.id != all_(_HIDDEN), *further]
    public = [str(role) for role in OTHERS]
    match way.view:
        case "mine":
            conditions.append(Case.assigned_to == bindparam("account_id", type_=BigInteger))
        case "unassigned":
            conditions += [Case.assigned_to.is_(None), Case.waits_for.not_in(public)]
        case "waiting":
            conditions.append(Case.waits_for.in_(public))
    if way.state:
        conditions.append(Case.state == bindparam("state"))
    if way.after:
        last = tuple_(_day("after_on"), bindparam("after_id", type_=BigInteger))
        conditions.append(tuple_(Case.next_due_on, Case.id) > last)
    columns = select(Case.id, Case.next_due_on)
    order = (Case.next_due_on, Case.id)
    if way.tag:
        # few cases bear any one tag: they are found by it, and sorted
        conditions.append(Case.id.in_(select(CaseTag.case_id).where(CaseTag.tag == bindparam("tag"))))
    if way.view == "mine" or way.tag:
        conditions += [Case.kind == any_(_KINDS), *([] if way.everywhere else [Case.area_id == any_(_AREAS)])]
        return columns.where(*conditions).order_by(*order).limit(limit)
    return _by_range(columns, conditions, order, way.everywhere, limit)


def _by_range(
    columns: Select[int, date], conditions: Sequence[Any], order: Sequence[Any], everywhere: bool, limit: int
) -> Select[int, date]:
    """The first rows of each kind's index range (in each of the areas), then the first of those.

    As short for a million cases as for ten, and what somebody may not see is never read on the way.
    """
    kinds = func.unnest(_KINDS).table_valued("kind", name="wanted_kinds").render_derived()
    areas = func.unnest(_AREAS).table_valued("id", name="wanted_areas").render_derived()
    here = [Case.kind == kinds.c.kind] + ([] if everywhere else [Case.area_id == areas.c.id])
    each = columns.where(*here, *conditions).order_by(*order).limit(limit).lateral("each")
    ranges = kinds if everywhere else kinds.join(areas, true())
    joined = select(each.c.id, each.c.next_due_on).select_from(ranges.join(each, true()))
    return joined.order_by(each.c.next_due_on, each.c.id).limit(limit)


def _day(name: str) -> BindParameter[date]:
    return bindparam(name, type_=Date)
