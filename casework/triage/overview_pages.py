"""The supervisor's page: who has how much, what grows old, what will be late this week; and its export."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flask import Response, abort, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue

from casework.accounts.door import current, staff
from casework.areas import queries as areas
from casework.cases import sight
from casework.cases.queries import Scope
from casework.cases.registry import everything as every_kind
from casework.cases.staff import KIND_WORDS
from casework.extensions import db
from casework.history import service as history
from casework.moments import today
from casework.roles import ROLE_WORDS, Role
from casework.triage import overview, spreadsheet
from casework.triage.many import bp

HEADING = (
    "Reference",
    "Kind",
    "Status",
    "Name",
    "Area",
    "With",
    "Team",
    "Waits for",
    "Received",
    "Due",
    "Days late",
    "What is owed next",
    "Channel",
)


@bp.get("/overview", endpoint="overview")
@staff(Role.SUPERVISOR)
def show() -> ResponseReturnValue:
    """The page, for all of one's areas or one of them."""
    scope, day = _scope(), today()
    people = overview.loads(scope, day)
    return render_template(
        "triage/overview.html",
        people=people,
        teams=overview.teams(people),
        ages=overview.ages(scope, day),
        bands=_bands(),
        reasons=overview.reasons(scope, day),
        coming=overview.coming(scope, day),
        why=overview.why,
        named=overview.NAMED,
        kind_words=KIND_WORDS,
        workflows={kind.workflow.name: kind.workflow for kind in every_kind()},
        areas=[area for area in areas.bcus() if area.id in current.area_ids],
        chosen=request.args.get("area", ""),
    )


@bp.get("/overview.csv")
@staff(Role.SUPERVISOR)
def export() -> ResponseReturnValue:
    """Every open case in scope as a table for a spreadsheet. That it was taken is recorded."""
    scope = _scope()
    history.record_access(current.actor, "export", task="overview")
    db.session.commit()
    answer = Response(stream_with_context(spreadsheet.lines(HEADING, _cells(scope))), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="open-cases-{today().isoformat()}.csv"'
    return answer


def _cells(scope: Scope) -> Iterator[tuple[object, ...]]:
    day = today()
    workflows = {kind.workflow.name: kind.workflow for kind in every_kind()}
    for row in overview.everything(scope):
        yield (
            row.reference,
            KIND_WORDS[row.kind],
            workflows[row.kind].states[row.state].staff,
            row.person or "",
            row.area or "",
            row.holder or "",
            row.team or "",
            ROLE_WORDS[Role(row.waits_for)] if row.waits_for else "",
            row.received_on.isoformat(),
            row.next_due_on.isoformat(),
            max((day - row.next_due_on).days, 0),
            overview.why(row.kind, row.duty, row.state),
            row.channel,
        )


def _scope() -> Scope:
    """What the one who acts may see, or one area of it. 404 for an area that is not theirs."""
    scope = sight.scope()
    slug = request.args.get("area", "")
    if not slug:
        return scope
    area = areas.by_slug(slug)
    if area is None or area.id not in current.area_ids:
        abort(404)
    return replace(scope, area_ids=areas.within([area.id]), force_wide=False)


def _bands() -> list[str]:
    """The age bands in words."""
    edges = overview.BANDS
    middle = [f"{first} to {last - 1} days" for first, last in zip(edges, edges[1:], strict=False)]
    return [f"Under {edges[0]} days", *middle, f"{edges[-1]} days or more"]
