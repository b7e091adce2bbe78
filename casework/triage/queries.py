"""What the triage desk reads: the conversation of a case and those merged into it, footage, tries. Reads only."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import BigInteger, Select, any_, bindparam, func, literal, select, tuple_, union_all
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from casework.accounts import queries as accounts
from casework.cases.models import Case
from casework.cases.queries import PAGE, Scope
from casework.complaints.effects import APART
from casework.complaints.models import Complaint, ContactTry
from casework.exchanges import queries as exchanges
from casework.exchanges.models import Attachment, Exchange
from casework.extensions import db
from casework.feedback import queries as feedback
from casework.feedback.models import Feedback, Preservation
from casework.feedback.workflow import State
from casework.history.models import Event
from casework.parties.models import Party


@dataclass(frozen=True)
class Said:
    """Something written in a case: by whom, whether it is ours, whether nobody has read it yet, its files."""

    exchange: Exchange
    who: str
    ours: bool
    new: bool
    noted_by: str = ""  # who wrote down what the person said
    elsewhere: str = ""  # the reference of the case that it was written in, if that is another one
    files: list[Attachment] = field(default_factory=list)


def story(case: Case) -> tuple[int, ...]:
    """The ids of a case, of the feedback it came from, and of those merged into either: for the desk alone.

    Somebody's tracking page shows what they wrote themselves; that is `feedback.queries.story`.
    """
    own = feedback.story(case)
    return (*own, *db.session.scalars(_MERGED, {"own": list(own)}))


_OWN = any_(bindparam("own", type_=ARRAY(BigInteger)))
_MERGED = union_all(
    select(Feedback.__table__.c.id).where(Feedback.__table__.c.merged_into_id == _OWN),
    select(Complaint.__table__.c.id).where(Complaint.__table__.c.merged_into_id == _OWN),
)


def conversation(case: Case, ids: Collection[int], files: list[Attachment] | None = None) -> list[Said]:
    """What both sides wrote, newest first. `files`: those of these cases, where they are known already."""
    written = exchanges.with_names(ids)
    rows = [each for each, _ in written]
    attached = exchanges.attachments(ids) if files is None else files
    people = {each.id: each.name for each in case.parties}
    others = {each.party_id for each in rows if each.party_id} - people.keys()
    people |= {each.id: each.name for each in _parties(others)}
    references = _references({each.case_id for each in rows if each.case_id != case.id})
    return [
        Said(
            exchange=each,
            who=(people.get(each.party_id, "") or "Anonymous") if each.party_id else name,
            ours=each.party_id is None,
            new=each.account_id is None and each.seen_at is None,
            noted_by=name if each.party_id else "",
            elsewhere=references.get(each.case_id, ""),
            files=[file for file in attached if file.exchange_id == each.id],
        )
        for each, name in written
    ]


def loose_files(case: Case, files: Collection[Attachment]) -> dict[str, list[Attachment]]:
    """Files of a case's story that came with the form, not with a later message, by the reference of their case."""
    found: dict[str, list[Attachment]] = {}
    loose = [each for each in files if each.exchange_id is None and each.case_id]
    names = _references({each.case_id for each in loose if each.case_id and each.case_id != case.id})
    for each in loose:
        found.setdefault(names.get(each.case_id or 0, case.reference), []).append(each)
    return found


def last_from_people(ids: Collection[int]) -> int:
    """The id of the newest thing that the people of these cases wrote themselves; 0 where there is none."""
    wanted = select(func.max(Exchange.id)).where(Exchange.case_id.in_(ids), Exchange.account_id.is_(None))
    return int(db.session.scalar(wanted) or 0)


def last_of_mine(case_id: int, account_id: int) -> Exchange | None:
    """What somebody of us wrote last in a case."""
    wanted = select(Exchange).where(Exchange.case_id == case_id, Exchange.account_id == account_id)
    return db.session.scalars(wanted.order_by(Exchange.id.desc()).limit(1)).first()


def tries(case_id: int) -> list[tuple[ContactTry, str]]:
    """Tries at reaching the person, newest first, with who made them."""
    rows = list(db.session.scalars(_TRIES, {"case_id": case_id}))
    names = accounts.names_of({each.account_id for each in rows})
    return [(each, names.get(each.account_id, "")) for each in rows]


_TRIES = (
    select(ContactTry)
    .where(ContactTry.case_id == bindparam("case_id"))
    .order_by(ContactTry.at.desc(), ContactTry.id.desc())
)


def counted(made: Collection[ContactTry]) -> int:
    """How many tries count: those that lie so far apart that somebody may have come home in between."""
    found: list[ContactTry] = []
    for each in sorted(made, key=lambda one: one.at):
        if not found or each.at - found[-1].at >= APART:
            found.append(each)
    return len(found)


def people_differ(case: Case, other: Case) -> bool:
    """Whether nothing says that two cases are of the same person: no equal e-mail, name with birth date, or name."""
    mine, theirs = _known(case.id), _known(other.id)
    return not mine & theirs


def in_sight(scope: Scope, ids: Collection[int]) -> frozenset[int]:
    """Which of these cases somebody may see."""
    return frozenset(db.session.scalars(select(Case.id).where(Case.id.in_(ids), scope.covers())))


def sharing(encounter_id: int) -> list[Feedback | Complaint]:
    """Every case about an encounter, by id."""
    found: list[Feedback | Complaint] = [
        *db.session.scalars(select(Feedback).where(Feedback.encounter_id == encounter_id)),
        *db.session.scalars(select(Complaint).where(Complaint.encounter_id == encounter_id)),
    ]
    return sorted(found, key=lambda case: case.id)


def last_edit(case: Case, name: str) -> Event | None:
    """The newest correction of a fact."""
    rows = db.session.scalars(
        select(Event)
        .where(Event.stream_id == case.stream_id, Event.action == "edit_facts")
        .order_by(Event.number.desc())
        .limit(20)
    )
    return next((event for event in rows if name in event.facts.get("fields", [])), None)


def footage(
    scope: Scope, after: tuple[date, int] | None = None, limit: int = PAGE + 1
) -> list[tuple[Preservation, Case, str]]:
    """Footage that may still be lost, in these areas: by its likely last day. With the name of who was asked for it.

    What went on as a complaint is owed there; what was not meant for us is owed nowhere.
    """
    holder = aliased(Party)
    wanted: Select[Preservation, Case, str] = (
        select(Preservation, Case, holder.name)
        .join(Case, Case.id == Preservation.case_id)
        .outerjoin(holder, (holder.case_id == Case.id) & (holder.part == "complainant"))
        .where(Preservation.result == "", Case.state.not_in([State.CONVERTED, State.SPAM]), scope.covers())
        .order_by(Preservation.last_on, Preservation.id)
        .limit(limit)
    )
    if after:
        wanted = wanted.where(
            tuple_(Preservation.last_on, Preservation.id) > tuple_(literal(after[0]), literal(after[1]))
        )
    return [(row[0], row[1], row[2] or "") for row in db.session.execute(wanted)]


def _parties(ids: Collection[int]) -> list[Party]:
    return list(db.session.scalars(select(Party).where(Party.id.in_(ids)))) if ids else []


def _references(ids: Collection[int]) -> dict[int, str]:
    if not ids:
        return {}
    return {row[0]: row[1] for row in db.session.execute(select(Case.id, Case.reference).where(Case.id.in_(ids)))}


def _known(case_id: int) -> set[object]:
    found: set[object] = set()
    for each in db.session.scalars(select(Party).where(Party.case_id == case_id, Party.erased_at.is_(None))):
        found |= {mark for mark in (each.email_digest, each.person_digest, each.name_folded) if mark}
    return found
