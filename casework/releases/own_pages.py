"""The page of figures on feedback; and, for those who review and sign, the tables of our own as they would come out."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, abort, render_template
from flask.typing import ResponseReturnValue

from casework.accounts.door import public, staff
from casework.extensions import db
from casework.moments import today
from casework.protected import Rules
from casework.publishing import Released, as_csv, released
from casework.releases import names, overview, own
from casework.releases.models import Release
from casework.roles import Role
from casework.settings import service as settings

bp = Blueprint("own_figures", __name__)


@bp.get("/feedback/numbers")
@public
def feedback() -> ResponseReturnValue:
    """What came in as feedback and what became of it."""
    return render_template("releases/feedback.html", published=_feedback())


@bp.get("/feedback/numbers.csv")
@public
def feedback_file() -> ResponseReturnValue:
    """The same as one file (RFC 4180)."""
    answer = Response(as_csv(_feedback().tables), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="feedback-numbers.csv"'
    return answer


@bp.get("/staff/releases/<int:release_id>/tables")
@staff(Role.ANALYST, Role.SUPERVISOR, Role.DATA_PROTECTION)
def preview(release_id: int) -> ResponseReturnValue:
    """Exactly what readers would get: withheld numbers are withheld here too."""
    release = db.session.get(Release, release_id)
    if release is None or release.kind not in own.KINDS:
        abort(404)
    title = f"{names.WORDS[release.kind]}, {overview.month_words(release.month)}"
    return render_template(
        "releases/preview.html",
        release=release,
        title=title,
        tables=own.tables_of(release),
        safe=release.report["nothing_follows"],
    )


def _feedback() -> Released:
    """What was released last; before the first release, what is counted now."""
    if (found := released("feedback")) is not None:
        return found
    rules = Rules(int(settings.value("numbers.threshold")), int(settings.value("numbers.median")))
    until = today().replace(day=1)
    made = own.KINDS["feedback"](until, rules, None)
    return Released(until - timedelta(days=1), rules.threshold, rules.fewest, made.tables, "")
