"""The page with our blank forms, and the forms themselves."""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app, render_template

from casework.accounts.door import public
from casework.post import blanks, papers
from casework.printing import document

bp = Blueprint("papers", __name__)


@bp.get("/paper-forms")
@public
def show() -> str:
    """Every form, in each way in which it can be had."""
    return render_template("papers/show.html", forms=papers.FORMS.values(), can_print=not document.missing())


@bp.get("/paper-forms/<any(ride, feedback, complaint):form>.<any('pdf', 'large.pdf', 'txt'):kind>")
@public
def download(form: str, kind: str) -> Response:
    """One form as a file."""
    paper = papers.FORMS[form]
    if kind == "txt":
        return _file(blanks.text(paper), "text/plain", f"{form}.txt")
    try:
        return _file(blanks.pdf(paper, large=kind == "large.pdf"), "application/pdf", f"{form}.{kind}")
    except document.CannotPrint as no:
        current_app.logger.error("%s", no)
        abort(404)


def _file(content: str | bytes, mimetype: str, name: str) -> Response:
    answer = Response(content, mimetype=mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
