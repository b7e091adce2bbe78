"""One line per request, by the rule that it matched ("/cases/<secret>").

What a visitor puts into an address, a query or a field never reaches the log.
"""

from __future__ import annotations

import time

from flask import Flask, Response, g, request

from casework.logs import log

QUIET = frozenset({"static", "health.live"})


class Counts:
    """How many requests this process answered, by class of status."""

    def __init__(self) -> None:
        self.by_class: dict[str, int] = {}

    def add(self, status: int) -> None:
        name = f"{status // 100}xx"
        self.by_class[name] = self.by_class.get(name, 0) + 1


def set_up(app: Flask) -> None:
    """Log and count every request of an app."""
    counts = app.extensions["casework_requests"] = Counts()
    # Flask would log whole tracebacks; the error page logs what may be kept, under its number.
    vars(app)["log_exception"] = lambda _info: None

    @app.before_request
    def begin() -> None:
        g.begun = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        counts.add(response.status_code)
        if request.endpoint not in QUIET:
            spent = time.perf_counter() - g.get("begun", time.perf_counter())
            milliseconds = round(spent * 1000, 1)
            log.info("request", method=request.method, page=rule(), status=response.status_code, ms=milliseconds)
        return response


def rule() -> str:
    """The rule that the request matched; for an address that nobody has, no more than that."""
    return request.url_rule.rule if request.url_rule else "unknown"
