"""The page of figures, and the same figures as a file."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from casework.accounts.door import public
from casework.publishing import as_csv
from casework.rides import numbers

bp = Blueprint("numbers", __name__)


@bp.get("/ride-along/numbers")
@public
def show() -> str:
    """The figures as tables."""
    return render_template("rides/numbers.html", published=numbers.published())


@bp.get("/ride-along/numbers.csv")
@public
def download() -> Response:
    """The figures as one file (RFC 4180): a line for each number."""
    answer = Response(as_csv(numbers.published().tables), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="ride-along-numbers.csv"'
    return answer
