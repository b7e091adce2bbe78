"""The page of figures, and the same figures as a file."""

from __future__ import annotations

import csv
import io

from flask import Blueprint, Response, render_template

from casework.accounts.door import public
from casework.rides import numbers
from casework.rides.numbers import Published
from casework.rides.tables import Shown

bp = Blueprint("numbers", __name__)

# What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@bp.get("/ride-along/numbers")
@public
def show() -> str:
    """The figures as tables."""
    return render_template("rides/numbers.html", published=numbers.published())


@bp.get("/ride-along/numbers.csv")
@public
def download() -> Response:
    """The figures as one file (RFC 4180): a line for each number."""
    answer = Response(as_csv(numbers.published()), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="ride-along-numbers.csv"'
    return answer


def as_csv(published: Published) -> str:
    """Every number with its table, row and column. No cell begins like a formula."""
    kept = io.StringIO()
    lines = csv.writer(kept, lineterminator="\r\n")
    lines.writerow(("table", "row", "column", "value"))
    for table in published.tables:
        for name, values in table.rows:
            for column, value in zip(table.columns, values, strict=True):
                lines.writerow((_safe(table.title), _safe(name), _safe(column), _safe(value)))
    return kept.getvalue()


def _safe(value: Shown) -> Shown:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
