"""Facts that come after the case was opened, as from a letter whose pages were there first. Never commits.

In the end the case is what it would have been online, with its first date; what staff changed meanwhile stays.
"""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, datetime
from typing import Any

from casework.areas import queries as areas
from casework.cases import duties, opening, registry
from casework.cases import service as cases
from casework.cases.models import Case
from casework.cases.registry import Step
from casework.extensions import db
from casework.feedback import effects, queries, service
from casework.feedback.models import Encounter, Feedback
from casework.feedback.service import Person, Told
from casework.history.models import Event
from casework.joining import join
from casework.moments import now
from casework.parties import service as parties
from casework.parties.models import Party
from casework.roles import Actor

ENCOUNTER = tuple(
    column.key for column in Encounter.__table__.columns if column.key not in {"id", "words"}
)  # fmt: skip
SORTED = {"thanks", "comment", "concern", "question"}


def complete(case: Any, told: Told, actor: Actor, *, opened: Told, at: datetime | None = None) -> dict[str, Any]:
    """Fill in feedback or a complaint. `opened` is what it was opened with; hold the case before.

    Returns what the paper says where staff have written something else meanwhile, by the name of the fact.
    """
    moment = at or now()
    conflicts = _facts(case, told, opened)
    conflicts |= _people(case, told, opened)
    _keep_footage(case, opened)
    db.session.flush()
    event = cases.record(case, "complete", actor, at=at, conflicts=sorted(conflicts))
    if not opening.was_told(case, "authority-wanted"):
        service.ask_for_authority(case, event)
    opening.acknowledge(case, event)
    follow(case, "point_out", "route", event=event, actor=actor, at=moment)
    if registry.of(case).mentions:
        duties.project(case)
    return conflicts


def follow(case: Case, *names: str, event: Event, actor: Actor, at: datetime) -> None:
    """Do again what the table does when such a case is received: now there is something to go by."""
    kind = registry.of(case)
    step = Step(case, "complete", actor, at, "", {}, {}, event=event)
    for name in names:
        kind.nows[name](step)


def _facts(case: Any, told: Told, opened: Told) -> dict[str, Any]:
    """What the encounter was, where, and of what sort it is."""
    place: Encounter = case.encounter
    found = join(*({name: getattr(each, name) for name in ENCOUNTER} for each in (opened, told, place)))
    for name, value in found.changes.items():
        setattr(place, name, value)
    area = join({"area": _area(opened)}, {"area": _area(told)}, {"area": case.area_id})
    case.area_id = area.changes.get("area", case.area_id)
    if told.anonymous != opened.anonymous and case.anonymous == opened.anonymous:
        case.anonymous = told.anonymous
    conflicts = dict(found.conflicts)
    if isinstance(case, Feedback) and told.intent != "complaint":
        before = opened.intent if opened.intent in SORTED else ""
        sort = join({"sort": before}, {"sort": told.intent if told.intent in SORTED else ""}, {"sort": case.sort})
        case.sort = sort.changes.get("sort", case.sort)
        case.intent = told.intent or case.intent
        conflicts |= sort.conflicts
    return conflicts


def _area(told: Told) -> int | None:
    borough = areas.by_id(told.borough_id)
    return borough.parent_id if borough else None


def _people(case: Case, told: Told, opened: Told) -> dict[str, Any]:
    """Whom it happened to, and who acts for them. Whoever wrote keeps their link, their code and their letters."""
    alone = told.representative is not None and told.authority in effects.ACTS_ALONE
    concerned = next(iter(cases.parties_of(case.id, "complainant")), None)
    acting = next(iter(cases.parties_of(case.id, "representative")), None)
    if concerned is None:
        return {}
    if told.representative is None:
        return _fill(concerned, opened.person, _reached(told, told.anonymous))
    if acting is None and opened.representative is None and not list(cases.parties_of(case.id, "guardian")):
        # The letter was taken for the person's own: whoever wrote it acts for somebody else.
        acting, concerned.part, concerned.acts = concerned, "representative", False
        conflicts = _fill(acting, opened.person, told.representative)
        db.session.flush()
        service.add_concerned(case.id, told, alone)
    else:
        conflicts = _fill(concerned, opened.person, _reached(told, told.anonymous or alone))
        if acting is not None:
            conflicts |= _fill(acting, opened.representative or Person(), told.representative)
        concerned.acts = concerned.acts and not alone
    if alone and acting is not None and not acting.acts:
        acting.part, acting.acts = "guardian", True
    db.session.flush()
    return conflicts


def _reached(told: Told, on_page: bool) -> Person:
    return replace(told.person, channel="page") if on_page else told.person


def _keep_footage(case: Any, opened: Told) -> None:
    """The last day of footage counts from the encounter as we know it now; of a thank-you there is none to keep."""
    kept, matters = queries.preservation(case.id), getattr(case, "sort", "") in effects.MAY_HAVE_FOOTAGE
    if kept is None:
        if matters:
            service.keep_preservation(case, case.encounter)
        return
    if kept.asked_at is not None or kept.result:
        return
    if not matters:
        db.session.delete(kept)
    elif kept.last_on == effects.footage_last_on(opened.happened_on, case.received_on):
        kept.last_on = effects.footage_last_on(case.encounter.happened_on, case.received_on)


def _fill(party: Party, opened: Person, keyed: Person) -> dict[str, Any]:
    names = [each.name for each in fields(Person)]
    return parties.fill(party, *({name: getattr(one, name) for name in names} for one in (opened, keyed)))


@opening.follows_receipt
def footage_follows(case: Case, was: date) -> None:
    """The last day of footage counts from the day of receipt where nobody knows when the encounter was."""
    kept = queries.preservation(case.id)
    if kept is not None and not kept.result and kept.last_on == effects.footage_last_on(None, was):
        encounter = getattr(case, "encounter", None)
        if encounter is not None and encounter.happened_on is None:
            kept.last_on = effects.footage_last_on(None, case.received_on)
