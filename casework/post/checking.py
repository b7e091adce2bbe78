"""Where there is one clerk, whoever works on the case looks at what matters beside the paper. Never commits.

What a case says of its letter stands in its history as codes: which fields stay open, and whether one person keyed it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import exists, select

from casework.cases import service as cases
from casework.cases.models import Case
from casework.extensions import db
from casework.history.models import Event
from casework.post import accuracy, keying, sheets
from casework.post.comparing import Read
from casework.post.models import Item, Keying
from casework.post.sheets import Blank
from casework.roles import Actor
from casework.workflow import Refused


@dataclass(frozen=True)
class Letter:
    """What a case says of a letter that was keyed for it."""

    item_id: int
    open: Mapping[str, str]
    alone: bool
    checked: bool


def of(case: Case) -> list[Letter]:
    """The letters of a case of which something stays open, or that one person keyed alone; the oldest first."""
    wanted = select(Event.action, Event.facts).where(
        Event.stream_id == case.stream_id,
        Event.subject_id == case.id,
        Event.action.in_(("key_open", "check_keyed")),
    )
    rows = list(db.session.execute(wanted.order_by(Event.number)))
    done = {facts.get("item") for action, facts in rows if action == "check_keyed"}
    return [
        Letter(facts["item"], facts.get("open") or {}, bool(facts.get("alone")), facts["item"] in done)
        for action, facts in rows
        if action == "key_open"
    ]


def to_check(case: Case) -> tuple[Item, list[tuple[Blank, Read]]] | None:
    """The letter of a case that one person keyed and nobody has checked, with the fields that matter."""
    letter = next((each for each in of(case) if each.alone and not each.checked), None)
    item = db.session.get(Item, letter.item_id) if letter is not None else None
    if item is None or item.case_id != case.id:
        return None
    reads = keying.answers(item)
    found = [(b, reads[b.name].read) for b in sheets.sheet(item.kind, item.form) if b.critical and b.name in reads]
    return (item, found) if found else None


def check(case: Case, wrong: Collection[str], actor: Actor) -> list[str]:
    """Note what was right and what was not, and return the names of the latter. Hold the case before.

    `Refused` for whoever keyed it: nobody checks their own.
    """
    found = to_check(case)
    if found is None:
        raise Refused("Somebody has checked it already.", "checked")
    item, fields = found
    if db.session.scalar(select(exists().where(Keying.item_id == item.id, Keying.account_id == actor.account_id))):
        raise Refused("You keyed this yourself, so somebody else checks it.", "apart_from")
    reads = keying.answers(item)
    bad = [blank.name for blank, _ in fields if blank.name in wrong]
    accuracy.note(
        item.id,
        [accuracy.Checked(b.name, reads[b.name].account_id, b.name not in bad, None) for b, _ in fields],
    )
    cases.record(case, "check_keyed", actor, item=item.id, wrong=bad)
    return bad
