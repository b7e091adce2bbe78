"""Pages beside the case page that show a case: whoever opens one has read it, and that is recorded."""

from __future__ import annotations

from flask import Blueprint, Response, g, request

from casework.accounts.door import current
from casework.cases.models import Case
from casework.extensions import db
from casework.history import service as history


def shows(case: Case) -> None:
    """Remember that the page of this request shows a case."""
    g.shown_case_id = case.id


def recorded(bp: Blueprint) -> None:
    """Record for every page of a blueprint that was opened which case it showed, and for what."""
    bp.after_request(_record)


def _record(answer: Response) -> Response:
    case_id = g.pop("shown_case_id", None)
    if case_id is not None and request.method == "GET" and answer.status_code == 200:
        task = (request.endpoint or "").rpartition(".")[2]
        history.record_access(current.actor, "case", case_id, task)
        db.session.commit()
    return answer
