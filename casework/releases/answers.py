"""Files that may be kept: with a hash as their tag, when they changed, for how long they stand, and their licence."""

from __future__ import annotations

import hashlib
from datetime import datetime

from flask import Response, request, url_for
from werkzeug.wrappers import Response as PlainResponse

from casework.releases.files import LICENCE

JSON, CSV, ATOM = "application/json", "text/csv; charset=utf-8", "application/atom+xml; charset=utf-8"
PDF = "application/pdf"
# What may change with the next release stands for minutes; what has a fixed address, for a day.
MINUTES, DAY = 300, 86_400


def file(content: bytes, kind: str, changed: datetime | None, name: str = "", stands: int = MINUTES) -> PlainResponse:
    """A file that anybody may keep and ask for again: 304 while it is the same. `name`: it is to be saved under it."""
    response = Response(content, content_type=kind)
    response.set_etag(hashlib.sha256(content).hexdigest())
    if changed is not None:
        response.last_modified = changed.replace(microsecond=0)
    response.headers["Cache-Control"] = f"public, max-age={stands}"
    # open data: any page may read it
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers.add("Link", f'<{LICENCE}>; rel="license"')
    if kind == CSV:
        described = url_for("stops_files.dictionary")
        response.headers.add("Link", f'<{described}>; rel="describedby"; type="application/csvm+json"')
    if name:
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response.make_conditional(request)
