"""The case page as every view of a case shows it: at first, after a refusal, after a clash."""

from __future__ import annotations

from functools import cache
from typing import Any

from flask import render_template
from sqlalchemy import Row

from casework.accounts import queries as people
from casework.accounts.door import current
from casework.areas import queries as areas
from casework.cases import desk, duties, once, queries, registry, service, sight, tagged
from casework.cases.models import Case
from casework.clocks import Sum, explain
from casework.outbox.messages import MESSAGES
from casework.settings import service as settings


def render(case: Case, *, problem: str = "", typed: str = "", typed_note: str = "") -> str:
    """The page of a case; `problem` is said at its top, and what was typed stands in its box again.

    Who may only read (data protection, an administrator who broke the glass) is offered nothing.
    """
    with once.while_shown():
        return render_template("cases/show.html", **_shown(case), problem=problem, typed=typed, typed_note=typed_note)


def _shown(case: Case) -> dict[str, Any]:
    kind = registry.of(case)
    acts = current.role in kind.workers
    # First of all, because duties are worked out from it.
    history = queries.timeline(case.stream_id)
    template, context = desk.facts_of(case)
    offers = service.open_to(case, current.actor) if acts else []
    events = [each for each in history if not desk.is_left_out(each[0].qualified)]
    names = _names(case, events)
    tags, known_tags = tagged.with_known(case.id, sight.scope()) if acts else (tagged.of(case.id), [])
    return {
        "case": case,
        "workflow": kind.workflow,
        "spec": kind.workflow.states[case.state],
        "area": areas.by_id(case.area_id),
        "holder": names.get(case.assigned_to or 0, ""),
        "acts": acts,
        "assignable": assignable(case) if acts else [],
        "offers": [(offer, desk.page_of(case.kind, offer.row.action)) for offer in offers],
        "is_seldom": lambda action: desk.is_seldom(case.kind, action),
        "sum": explained(case),
        "events": events,
        "given_to": names,
        "words": _words(),
        "messages": queries.messages(case.stream_id),
        "message_words": MESSAGES,
        "notes": queries.notes(case.id),
        "facts_template": template,
        "top_parts": desk.parts_of(case, top=True),
        "parts": desk.parts_of(case),
        "tags": tags,
        "known_tags": known_tags,
        **context,
    }


def done_words(case: Case, action: str) -> str:
    """What a transition is called once it is done."""
    words = registry.of(case).workflow.words.get(action, "done")
    return f"{case.reference}: {words}."


def explained(case: Case) -> Sum | None:
    """The sum behind the date by which somebody should act."""
    kind = registry.of(case)
    within = kind.workflow.states[case.state].within
    key = kind.due_key(case) if kind.due_key else within.key if within else ""
    if not key or case.due_on is None:
        return None
    return explain(duties.start_of(case), settings.rule(key), settings.calendar())


def assignable(case: Case) -> list[Row[int, str, str]]:
    """Who could work on this case today, by id, name and team: whose desk it is, in its area, and who is not barred."""
    kind = registry.of(case)
    found = people.workers(kind.workers, case.area_id)
    out = kind.barred(case, {each.id: each.team for each in found}) if kind.barred and found else frozenset()
    return [each for each in found if each.id not in out]


def is_barred(case: Case) -> bool:
    """Whether the one who acts may not be given this case, and so decides nothing about who is."""
    kind, me = registry.of(case), current.account
    return kind.barred is not None and me.id in kind.barred(case, {me.id: me.team})


def _names(case: Case, events: list[tuple[queries.Happened, str, str]]) -> dict[int, str]:
    """The names of everybody who has the case or to whom it was ever given."""
    known = {event.account_id: name for event, _, name in events if event.account_id}
    given = {int(event.facts["to"]) for event, _, _ in events if event.action == "assign" and event.facts.get("to")}
    if case.assigned_to:
        given.add(case.assigned_to)
    unknown = given - known.keys()
    return known | people.names_of(unknown) if unknown else known


@cache
def _words() -> dict[str, str]:
    """Every action of every table in words, by its qualified name. They do not change while the program runs."""
    found: dict[str, Any] = {
        f"{kind.workflow.name}.{action}": words
        for kind in registry.everything()
        for action, words in kind.workflow.words.items()
    }
    common = {f"{kind}.{action}": words for kind in registry.case_kinds() for action, words in _COMMON.items()}
    # What a table calls by a name of its own goes before what is called so everywhere.
    return common | found | desk.steps()


# What is done with a case of any kind without changing its state.
_COMMON = {
    "note": "note added",
    "tag": "tag added",
    "untag": "tag taken away",
    "assign": "given to somebody",
    "release": "put back into the queue",
    "match": "confirmed as the same person as in another case",
    "unmatch": "not the same person as in another case",
    "contact": "contact details corrected",
    "ask_email": "new email address asked to confirm",
    "email": "new email address confirmed",
    "object_email": "change of email address objected to",
    "hold": "held back from deletion",
    "lift_hold": "hold on deletion lifted",
    "call": "telephoned",
    "post": "letter posted",
    "by_post": "to be sent by post instead",
    "drop": "message not needed any more",
    "address_good": "letters go on to the address from which one came back",
    "write": "wrote to us",
    "panel": "said whether a panel may look at it",
    "authorise": "said yes to the person who acts for them",
    "forbid": "said no to the person who acts for them",
    "refuse_file": "file refused by the scanner",
    "break_glass": "read in an emergency by an administrator",
}
