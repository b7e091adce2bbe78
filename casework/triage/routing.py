"""Where what comes in goes: rules as data, tried in their order at submission, whatever the channel; the first fits.

`fitting` is pure. A rule never gives a case to somebody who may not have it; what a rule did stands in the history.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from casework.areas import queries as areas
from casework.cases import registry
from casework.cases import service as cases
from casework.cases.models import Case
from casework.cases.queries import Scope
from casework.cases.registry import Step
from casework.complaints.models import Complaint
from casework.extensions import db
from casework.feedback.models import Encounter, Feedback
from casework.feedback.workflow import SORTS
from casework.history import service as history
from casework.history.models import Event, Stream
from casework.moments import now
from casework.roles import SYSTEM, Actor
from casework.triage import workers
from casework.triage.models import RoutingRule

KINDS = {"feedback": "Feedback", "complaint": "Complaint"}
# The dry run looks at so many days back, and at so many cases at most.
BACK = timedelta(days=31)
MOST = 5000
# How many cases are named for each rule.
NAMED = 25


@dataclass(frozen=True)
class Incoming:
    """What rules look at: the areas around the encounter, the kind, the sort, and what was written."""

    areas: frozenset[int]
    kind: str
    sort: str
    text: str


@dataclass
class Tried:
    """What a rule would have taken: how many, and the first of them."""

    rule: RoutingRule | None
    count: int = 0
    references: list[str] = field(default_factory=list)


def fitting(rules: Sequence[RoutingRule], incoming: Incoming) -> RoutingRule | None:
    """The first rule that fits, in the order given."""
    text = plain(incoming.text)
    return next((rule for rule in rules if _fits(rule, incoming, text)), None)


def plain(text: str) -> str:
    """A text as its words with a blank around each, so that a word is found whole and a phrase in a row."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " " + " ".join(re.findall(r"[^\W_]+", folded)) + " "


def phrases(words: str) -> list[str]:
    """The words and phrases of a rule, as `plain` writes them."""
    found = (plain(each) for each in words.split(","))
    return [each for each in found if each.strip()]


@registry.also("feedback", "route")
@registry.also("complaint", "route")
def route(step: Step) -> None:
    """Apply the rules to what was just received, or to what was keyed of it after it was opened."""
    case: Any = step.subject
    if step.action == "complete" and not _take_back(case):
        return
    rule = fitting(in_order(active=True), _incoming(case))
    if rule is None:
        return
    given = False
    if rule.to_account_id is not None and may_have(rule.to_account_id, case):
        cases.assign(case, rule.to_account_id, SYSTEM)
        given = True
    if rule.tag:
        cases.tag(case, rule.tag, SYSTEM)
    cases.record(case, "route", SYSTEM, at=step.at, rule=rule.id, given=given)


def _take_back(case: Any) -> bool:
    """Undo what a rule did before there was anything to go by; False where somebody has taken it in hand since."""
    steps = list(
        db.session.execute(
            select(Event.action, Event.account_id, Event.facts)
            .where(Event.stream_id == case.stream_id, Event.action.in_(["assign", "release", "tag", "untag", "route"]))
            .order_by(Event.number)
        )
    )
    if any(account_id is not None for _, account_id, _ in steps):
        return False
    ruled = next((facts["rule"] for action, _, facts in reversed(steps) if action == "route"), None)
    rule = db.session.get(RoutingRule, ruled) if ruled is not None else None
    if rule is not None and rule.tag:
        cases.untag(case, rule.tag, SYSTEM)
    if case.assigned_to is not None:
        cases.assign(case, None, SYSTEM)
    return True


def may_have(account_id: int, case: Any) -> bool:
    """Whether somebody works on cases of this kind in this area today."""
    around, roles = workers.around(case.area_id), registry.of(case).workers
    return any(role in roles and area_id in around for role, area_id in workers.roles_of(account_id))


def in_order(active: bool = False) -> list[RoutingRule]:
    """The rules in the order in which they are tried."""
    wanted = select(RoutingRule).order_by(RoutingRule.place, RoutingRule.id)
    return list(db.session.scalars(wanted.where(RoutingRule.active) if active else wanted))


def within(area_ids: Collection[int], force_wide: bool) -> list[RoutingRule]:
    """The rules that somebody may change: of their areas, and those of everywhere where they work force-wide."""
    return [each for each in in_order() if editable(each, area_ids, force_wide)]


def editable(rule: RoutingRule, area_ids: Collection[int], force_wide: bool) -> bool:
    """Whether somebody of these areas may change a rule."""
    return force_wide if rule.area_id is None else rule.area_id in area_ids


def dry_run(rules: Sequence[RoutingRule], scope: Scope) -> list[Tried]:
    """Where the cases of the last month would have gone by these rules, and how many by none. Changes nothing."""
    tried = {rule.id: Tried(rule) for rule in rules}
    none = Tried(None)
    for row in db.session.execute(_lately(scope)):
        incoming = Incoming(_areas(row.area_id, row.borough_id), row.kind, _sort(row.intent or ""), row.text)
        rule = fitting(rules, incoming)
        taken = tried[rule.id] if rule else none
        taken.count += 1
        if len(taken.references) < NAMED:
            taken.references.append(row.reference)
    return [*tried.values(), none]


def keep(rule: RoutingRule, actor: Actor, **values: Any) -> None:
    """Write a rule as it is wanted; a new one goes to the end."""
    for name, value in values.items():
        setattr(rule, name, value)
    rule.changed_at, rule.changed_by = now(), actor.account_id
    if rule.id is None:
        rule.place = int(db.session.scalar(select(func.coalesce(func.max(RoutingRule.place), 0))) or 0) + 1
        db.session.add(rule)
    db.session.flush()
    _record(rule, "change_rule", actor)


def move(rule: RoutingRule, up: bool, among: Sequence[RoutingRule], actor: Actor) -> None:
    """Change places with the one before or after, among those that one may change."""
    ids = [each.id for each in among]
    other = ids.index(rule.id) + (-1 if up else 1)
    if 0 <= other < len(ids):
        rule.place, among[other].place = among[other].place, rule.place
        db.session.flush()
        _record(rule, "move_rule", actor)


def forget(rule: RoutingRule, actor: Actor) -> None:
    """Delete a rule. What it did stays as it is."""
    _record(rule, "delete_rule", actor)
    db.session.delete(rule)
    db.session.flush()


def _fits(rule: RoutingRule, incoming: Incoming, text: str) -> bool:
    if rule.area_id is not None and rule.area_id not in incoming.areas:
        return False
    if rule.kind and rule.kind != incoming.kind:
        return False
    if rule.sort and rule.sort != incoming.sort:
        return False
    wanted = phrases(rule.words)
    return not wanted or any(each in text for each in wanted)


def _incoming(case: Any) -> Incoming:
    place: Encounter = case.encounter
    text = " ".join((place.what, place.effect, place.wish, place.place, place.officers))
    sort = _sort(getattr(case, "intent", ""))
    return Incoming(_areas(case.area_id, place.borough_id), case.kind, sort, text)


def _areas(area_id: int | None, borough_id: int | None) -> frozenset[int]:
    """The borough of an encounter with everything around it."""
    return frozenset(workers.around(area_id) | (workers.around(borough_id) if borough_id else set()))


def _sort(intent: str) -> str:
    return intent if intent in SORTS else ""


def _lately(scope: Scope) -> Any:
    told, complained = Feedback.__table__, Complaint.__table__
    words = (Encounter.what, Encounter.effect, Encounter.wish, Encounter.place, Encounter.officers)
    return (
        select(
            Case.reference,
            Case.kind,
            Case.area_id,
            Encounter.borough_id,
            told.c.intent,
            func.concat_ws(" ", *words).label("text"),
        )
        .outerjoin(told, told.c.id == Case.id)
        .outerjoin(complained, complained.c.id == Case.id)
        .join(Encounter, Encounter.id == func.coalesce(told.c.encounter_id, complained.c.encounter_id))
        .where(Case.kind.in_(KINDS), Case.opened_at >= now() - BACK, scope.covers())
        .order_by(Case.id.desc())
        .limit(MOST)
    )


def _record(rule: RoutingRule, action: str, actor: Actor) -> None:
    stream = db.session.scalars(select(Stream).where(Stream.kind == "routing").order_by(Stream.id).limit(1)).first()
    stream = stream or history.open_stream("routing")
    facts = {
        "area": rule.area_id,
        "kind": rule.kind,
        "sort": rule.sort,
        "to": rule.to_account_id,
        "active": rule.active,
    }
    said = "; ".join(each for each in (rule.name, rule.words, rule.tag) if each)
    history.append(stream.id, action, actor, subject=("routing_rule", rule.id), note=said, facts=facts)


def area_words(area_id: int | None) -> str:
    """Where a rule is in force."""
    area = areas.by_id(area_id)
    return area.name if area else "Everywhere"
