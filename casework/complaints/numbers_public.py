"""The public page of figures on complaints, the same as a file, and the measures that staff see of their own areas."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from casework.accounts.door import current, public, staff
from casework.complaints import figures, numbers, terms
from casework.complaints.workflow import REASONS
from casework.extensions import db
from casework.history import service as history
from casework.moments import today
from casework.publishing import as_csv
from casework.roles import Role
from casework.settings import service as settings

bp = Blueprint("complaint_numbers", __name__)


@bp.get("/complaints/numbers")
@public
def show() -> str:
    """The figures as tables."""
    return render_template("complaints/numbers.html", published=numbers.published())


@bp.get("/complaints/numbers.csv")
@public
def download() -> Response:
    """The figures as one file: a line for each number."""
    answer = Response(as_csv(numbers.published().tables), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="complaint-numbers.csv"'
    return answer


@bp.get("/staff/complaints/measures")
@staff(Role.SUPERVISOR, Role.ANALYST)
def measures() -> str:
    """What is measured in my own areas, up to today, with nothing withheld: not for passing on."""
    history.record_access(current.actor, "measures")
    db.session.commit()
    where = None if current.force_wide else current.area_ids
    counted = figures.count(today(), settings.calendar(), where)
    year = today().year
    totals: dict[tuple[int, str], int] = {}
    for (what, month, _), n in counted.steps.items():
        totals[(month.year, what)] = totals.get((month.year, what), 0) + n
    return render_template(
        "complaints/measures.html",
        years=sorted({y for y, _ in totals}, reverse=True),
        totals=totals,
        headings=numbers.HEADINGS,
        waits=list(numbers.measures(counted)),
        reasons=[(words, counted.reasons.get((year, code), 0)) for code, words in REASONS.items()],
        categories=[
            (f"{code} {words}", n)
            for code, words in terms.names("category").items()
            if len(code) == 1 and (n := counted.categories.get((year, code), 0))
        ],
        year=year,
    )
