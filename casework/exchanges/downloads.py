"""Files are only ever saved, never shown: attachments of no particular type, in a sandbox, to whom they concern."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response, abort

from casework.accounts.door import current, staff
from casework.cases.models import Case
from casework.cases.staff import READERS, case_or_404
from casework.exchanges import files, store
from casework.exchanges.models import Attachment
from casework.extensions import db
from casework.history import service as history
from casework.parties.models import Party
from casework.tracking import entry
from casework.tracking.visits import in_case

bp = Blueprint("files", __name__)


@bp.get("/track/case/files/<int:file_id>")
@in_case()
def own(case: Case, party: Party, file_id: int) -> Response:
    """A file of one's own case."""
    file = files.of_case(case.id, file_id) if party.acts else None
    if file is None or not files.shown_to_people(file):
        abort(404)
    return _saved(file, case, entry.actor(party))


@bp.get("/staff/cases/<reference>/files/<int:file_id>")
@staff(*READERS)
def of_case(reference: str, file_id: int) -> Response:
    """A file of a case that one may see."""
    case = case_or_404(reference)
    file = files.of_case(case.id, file_id)
    if file is None:
        abort(404)
    return _saved(file, case, current.actor)


def _saved(file: Attachment, case: Case, actor: object) -> Response:
    if not store.has(file.stored):
        abort(404)
    history.record_access(actor, "file", case.id, str(file.id))  # type: ignore[arg-type]
    name, size, stored = file.name, file.size, file.stored
    db.session.commit()
    answer = Response(files.content(stored), mimetype="application/octet-stream")
    # RFC 6266: headers are ASCII; browsers take the second name.
    plain = name.encode("ascii", "replace").decode().replace("?", "_").replace("\\", "_")
    answer.headers["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    answer.headers["Content-Length"] = str(size)
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store"
    return answer
