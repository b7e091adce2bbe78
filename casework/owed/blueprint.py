"""What the pages of calls, letters and print runs share: their group, who may open them, what each may see."""

from __future__ import annotations

from flask import Blueprint, Response

from casework.accounts.door import current
from casework.cases import sight
from casework.cases.queries import Scope
from casework.roles import Role

bp = Blueprint("owed", __name__, url_prefix="/staff")

DESK = (Role.COORDINATOR, Role.SUPERVISOR, Role.TRIAGE, Role.HANDLER, Role.CLERK)


def scope() -> Scope:
    """The clerk posts what every desk writes; everybody else has the letters and calls of their own kinds of case."""
    return sight.scope(every_kind=current.role == Role.CLERK)


def pdf(content: bytes, name: str) -> Response:
    """A PDF to save and print."""
    answer = Response(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
