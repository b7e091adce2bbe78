"""What the post room's figures are, as a page and as CSV. A clerk finds their own rates and nobody else's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from flask import Response, abort, render_template, request
from sqlalchemy import Select, select

from casework.accounts.door import current, staff
from casework.accounts.models import Account
from casework.moments import today
from casework.post import desk as desks
from casework.post import measures
from casework.post.desk import bp
from casework.post.measures import Figure
from casework.post.workflow import ROOM
from casework.roles import Role
from casework.triage import spreadsheet

MONTHS = (1, 3, 12)
_FIGURE = (
    "Fields keyed first",
    "Checked",
    "Wrong",
    "Error rate",
    "at least",
    "at most",
    "Left wrong",
    "at least",
    "at most",
)
TABLES = {
    "clerks": ("Clerk", *_FIGURE),
    "fields": ("Field", *_FIGURE),
    "pace": ("Clerk", "First keyings", "Second keyings", "Settled", "Minutes each (median)"),
    "days": ("Day", "First keyings", "Second keyings", "Settled"),
    "stages": ("Stage", "Items", "Oldest since", "Hours (median)"),
}


@bp.get("/measures")
@staff(*ROOM)
def show_measures() -> str:
    """Error rates with their ranges, what sampling leaves, work done, age of each stage."""
    months, since, whose = _asked()
    return render_template(
        "post/measures.html",
        months=months,
        choices=MONTHS,
        own=_only_own(),
        total=measures.total(since, whose),
        clerks=measures.clerks(since, whose),
        fields=measures.fields(since, whose),
        paces=measures.paces(since, whose),
        days=measures.days(whose),
        stages=[] if _only_own() else measures.stages(*desks.scope()),
        tables=TABLES,
    )


@bp.get("/measures/<table>.csv")
@staff(*ROOM)
def measures_csv(table: str) -> Response:
    """One table as CSV."""
    if table not in TABLES or (table == "stages" and _only_own()):
        abort(404)
    _, since, whose = _asked()
    answer = Response("".join(spreadsheet.lines(TABLES[table], _rows(table, since, whose))), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="post-{table}.csv"'
    return answer


def _asked() -> tuple[int, date, Select[Any]]:
    """For how many months, since when, and of whom."""
    months = request.args.get("months", 3, type=int)
    if months not in MONTHS:
        months = 3
    back = today().year * 12 + today().month - months
    since = date(back // 12, back % 12 + 1, 1)
    if _only_own():
        return months, since, select(Account.id).where(Account.id == current.account.id)
    return months, since, measures.people(None if current.force_wide else current.area_ids)


def _only_own() -> bool:
    return current.role != Role.SUPERVISOR


def _rows(table: str, since: date, whose: Select[Any]) -> Iterator[Sequence[object]]:
    match table:
        case "clerks":
            yield from map(_figure, measures.clerks(since, whose))
        case "fields":
            yield from map(_figure, measures.fields(since, whose))
        case "pace":
            for name, pace in measures.paces(since, whose).values():
                minutes = "" if pace.minutes is None else round(pace.minutes, 1)
                yield name, pace.first, pace.second, pace.settled, minutes
        case "days":
            for day, *counts in measures.days(whose):
                yield day.isoformat(), *counts
        case _:
            for stage in measures.stages(*desks.scope()):
                oldest = stage.oldest.isoformat() if stage.oldest else ""
                yield stage.name, stage.count, oldest, round(stage.median_hours, 1)


def _figure(figure: Figure) -> Sequence[object]:
    rate = "" if figure.rate is None else round(figure.rate, 6)
    left = ["", "", ""] if figure.residual is None else [round(each, 6) for each in figure.residual]
    low, high = figure.range
    tally = figure.tally
    return figure.name, figure.keyed, tally.checked, tally.wrong, rate, round(low, 6), round(high, 6), *left
