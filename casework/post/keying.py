"""Keying a letter: one clerk, then another who sees nothing of it, then a third where they differ. Never commits.

Who does which round is kept by the database: one account has one keying of an item, in one round. What was typed stays
when a lease runs out; whoever goes on with the round finds it, and each field knows who typed it last.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from casework.cases import service as cases
from casework.extensions import db
from casework.moments import now
from casework.post import accuracy, leases, sampling, sheets
from casework.post.comparing import Mark, Read, differ
from casework.post.models import Item, KeyedField, Keying
from casework.post.sheets import Blank
from casework.post.workflow import OPENS, State
from casework.roles import SYSTEM, Actor
from casework.sealed import digest
from casework.settings import service as settings
from casework.workflow import Refused

FIRST, SECOND, THIRD = 1, 2, 3
ROUNDS: dict[str, int] = {State.INDEXED: FIRST, State.KEYED_ONCE: SECOND, State.DIFFERING: THIRD}
STATES = {round: state for state, round in ROUNDS.items()}


@dataclass(frozen=True)
class Kept:
    """What was kept for a field in a round: what was read, by whom, and whether somebody keys it again."""

    read: Read
    account_id: int
    share: float | None = None
    again: bool = False


def open_to(account_id: int, round: int) -> tuple[ColumnElement[bool], ...]:
    """The conditions under which an item waits for this round of keying by this account."""
    other = aliased(Keying)
    mine = exists().where(other.item_id == Item.id, other.account_id == account_id, other.round != round)
    return Item.state == STATES[round], Item.kind.in_(OPENS), Item.attached.is_(False), ~mine


def round_of(item: Item) -> int | None:
    """Which round of keying an item waits for."""
    return ROUNDS.get(item.state) if item.kind in OPENS and not item.attached else None


def begin(item: Item, account_id: int) -> Keying:
    """The keying of this item by this account in the round that it waits for; `Refused` where it may not be theirs."""
    round = round_of(item)
    if round is None:
        raise Refused("There is nothing to key here any more.", "keyed")
    row = {"item_id": item.id, "round": round, "account_id": account_id, "begun_at": now()}
    db.session.execute(insert(Keying).values(row).on_conflict_do_nothing(index_elements=["item_id", "account_id"]))
    found = db.session.scalars(select(Keying).where(Keying.item_id == item.id, Keying.account_id == account_id)).one()
    if found.round != round:
        raise Refused("You have keyed this before, so somebody else does it now.", "apart_from")
    return found


def blanks(item: Item, round: int) -> list[Blank]:
    """The fields that are keyed in a round: all, then those that are keyed again, then those that differ."""
    whole = sheets.sheet(item.kind, item.form)
    if round == FIRST:
        return whole
    first = kept(item.id, FIRST)
    if round == SECOND:
        return [blank for blank in whole if blank.name in first and first[blank.name].again]
    wanted = _differing(whole, first, kept(item.id, SECOND))
    return [blank for blank in whole if blank.name in wanted]


def kept(item_id: int, round: int) -> dict[str, Kept]:
    """What was kept in a round by field: where several clerks typed in it, what was typed last."""
    rows = db.session.execute(
        select(KeyedField, Keying.account_id)
        .join(Keying, Keying.id == KeyedField.keying_id)
        .where(Keying.item_id == item_id, Keying.round == round)
        .order_by(KeyedField.at, KeyedField.id)
    )
    return {row.name: Kept(_read(row), account_id, row.share, row.again) for row, account_id in rows}


def keep(keying: Keying, reads: Mapping[str, Read]) -> int:
    """Keep what was read in these fields, and return how many changed; what stands there already stays whose it is.

    The caller holds the item. A field of which nothing is said any more is forgotten.
    """
    known = kept(keying.item_id, keying.round)
    changed = {name: read for name, read in reads.items() if _said(known.get(name)) != read}
    wanted = select(KeyedField).where(KeyedField.keying_id == keying.id, KeyedField.name.in_(changed))
    rows = {row.name: row for row in db.session.scalars(wanted)} if changed else {}
    missing = [name for name in changed if name not in rows]
    for name, id in zip(missing, _ids(len(missing)), strict=True):
        rows[name] = KeyedField(id=id, keying_id=keying.id, name=name)
    moment = now()
    for name, read in changed.items():
        row = rows[name]
        row.value = json.dumps(read.texts) if read.texts else None
        row.mark = "" if read.mark == Mark.SUMMARY else str(read.mark)
        row.summarised, row.at = read.mark == Mark.SUMMARY, moment
        db.session.add(row)
    db.session.flush()
    return len(changed)


def unanswered(item: Item, round: int) -> list[Blank]:
    """The fields of which nothing was said yet in a round."""
    known = kept(item.id, round)
    return [b for b in blanks(item, round) if b.name not in known or not known[b.name].read.is_answered]


def finish(item: Item, keying: Keying, actor: Actor, *, rest_missing: bool = False) -> bool:
    """End this round; returns whether the item is verified now. The caller holds the item.

    Raises `Refused` while nothing was said of some field, unless the rest is said to be missing on the paper.
    """
    left = unanswered(item, keying.round)
    if left and not rest_missing:
        raise Refused("Something is not keyed yet.", "unanswered")
    keep(keying, {blank.name: Read(mark=Mark.MISSING) for blank in left})
    keying.done_at = now()
    leases.give_back(item)
    match keying.round:
        case 1:
            _after_first(item, keying, actor)
        case 2:
            _after_second(item, keying, actor)
        case _:
            _after_third(item, keying, actor)
    return item.state == State.VERIFIED


def answers(item: Item) -> dict[str, Kept]:
    """What counts: what a third person settled, else what the first one read."""
    return kept(item.id, FIRST) | kept(item.id, THIRD)


def waiting(account_id: int, *scope: ColumnElement[bool]) -> dict[int, int]:
    """How many items wait for each round by this account, up to a hundred and one."""
    found = {}
    for round in STATES:
        some = select(Item.id).where(*open_to(account_id, round), leases.free_for(account_id), *scope).limit(101)
        found[round] = int(db.session.scalar(select(func.count()).select_from(some.subquery())) or 0)
    return found


def _after_first(item: Item, keying: Keying, actor: Actor) -> None:
    whole = sheets.sheet(item.kind, item.form)
    alone = settings.value("post.single_clerk")
    if not alone:
        _choose(item, whole, keying.account_id)
    item.keyed_at = now()
    cases.perform(item, "key", actor, keying=keying.id)
    accuracy.count_keyed((k.account_id, name, k.share, k.again) for name, k in kept(item.id, FIRST).items())
    if alone:
        cases.perform(item, "pass", SYSTEM)


def _after_second(item: Item, keying: Keying, actor: Actor) -> None:
    whole = sheets.sheet(item.kind, item.form)
    first, second = kept(item.id, FIRST), kept(item.id, SECOND)
    wanted = _differing(whole, first, second)
    agreed = [name for name, one in first.items() if one.again and name not in wanted]
    accuracy.note(item.id, [check for name in agreed for check in _checks(name, first[name], second[name], True, True)])
    cases.perform(item, "key_again", actor, keying=keying.id, differ=len(wanted))


def _after_third(item: Item, keying: Keying, actor: Actor) -> None:
    whole = {blank.name: blank for blank in sheets.sheet(item.kind, item.form)}
    first, second, third = (kept(item.id, round) for round in (FIRST, SECOND, THIRD))
    found = []
    for name, settled in third.items():
        if name not in whole:
            continue  # a question that is no longer asked
        right = [not differ(whole[name].kind, settled.read, one[name].read) for one in (first, second)]
        found += _checks(name, first[name], second[name], *right)
    accuracy.note(item.id, found)
    cases.perform(item, "settle", actor, keying=keying.id)


def _checks(name: str, first: Kept, second: Kept, first_right: bool, second_right: bool) -> list[accuracy.Checked]:
    """What is known of both clerks once a field is settled. A share is of the first round alone."""
    return [
        accuracy.Checked(name, first.account_id, first_right, first.share),
        accuracy.Checked(name, second.account_id, second_right, None),
    ]


def _choose(item: Item, whole: Iterable[Blank], account_id: int) -> None:
    """Say which fields are keyed again, and with which share each was drawn."""
    before = accuracy.items_done(account_id)
    tallies = accuracy.tallies(account_id)
    policy = sampling.Policy(
        floor=settings.value("post.sample") / 100,
        target=settings.value("post.left") / 1000,
        new_items=settings.value("post.first_items"),
    )
    found = list(whole)
    chosen = sampling.choose(
        [blank.name for blank in found],
        frozenset(blank.name for blank in found if blank.critical),
        before,
        tallies,
        lambda name: sampling.drawn(digest("post-sample", f"{item.id} {name}")),
        policy,
    )
    last = _last_rows(item.id, FIRST)
    for one in chosen:
        last[one.name].share, last[one.name].again = one.share, one.taken
    db.session.flush()


def _last_rows(item_id: int, round: int) -> dict[str, KeyedField]:
    rows = db.session.scalars(
        select(KeyedField)
        .join(Keying, Keying.id == KeyedField.keying_id)
        .where(Keying.item_id == item_id, Keying.round == round)
        .order_by(KeyedField.at, KeyedField.id)
    )
    return {row.name: row for row in rows}


def _differing(whole: Iterable[Blank], first: Mapping[str, Kept], second: Mapping[str, Kept]) -> set[str]:
    kinds = {blank.name: blank.kind for blank in whole}
    both = [name for name, one in first.items() if one.again and name in second and name in kinds]
    return {name for name in both if differ(kinds[name], first[name].read, second[name].read)}


def _said(known: Kept | None) -> Read:
    return known.read if known is not None else Read()


def _ids(how_many: int) -> list[int]:
    """Ids for so many rows at once: what is sealed is bound to its row."""
    sequence = func.pg_get_serial_sequence("post_keyed_fields", "id")
    return list(db.session.scalars(select(func.nextval(sequence)).select_from(func.generate_series(1, how_many))))


def _read(row: KeyedField) -> Read:
    mark = Mark.SUMMARY if row.summarised else Mark(row.mark)
    return Read(tuple(json.loads(row.value)) if row.value else (), mark)
