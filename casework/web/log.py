"""One line of JSON per request and per event. Never an address that was typed, a query, a field, or a person.

A request is logged by the rule that it matched ("/cases/<secret>"), so what a visitor puts into an address never
reaches the log. Tracebacks are reduced to files and lines, since messages carry values.
"""

from __future__ import annotations

import logging
import sys
import time
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import structlog
from flask import Flask, Response, g, request

QUIET = frozenset({"static", "health.live"})
LONGEST = 2000


class Line(logging.Formatter):
    """Any library's log record as one line of JSON, without the values in a traceback."""

    def format(self, record: logging.LogRecord) -> str:
        facts: dict[str, Any] = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname.lower(),
            "event": record.name,
            "message": record.getMessage()[:LONGEST],
        }
        if record.exc_info and record.exc_info[1] is not None:
            facts |= {"error": type(record.exc_info[1]).__name__, "trace": trace(record.exc_info[2])}
        return str(_json(None, "", facts))


def set_up(app: Flask) -> None:
    """Log every request of an app, and nothing else in any other form."""
    level = getattr(logging, str(app.config["LOG_LEVEL"]))
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(Line())
    app.logger.handlers = [handler]
    app.logger.propagate = False
    app.logger.setLevel(max(level, logging.WARNING))
    # Flask would write the whole traceback, values included; the error page logs what may be kept.
    vars(app)["log_exception"] = lambda _info: None
    requests = Counts()
    app.extensions["casework_requests"] = requests

    @app.before_request
    def begin() -> None:
        g.begun = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        requests.add(response.status_code)
        if level <= logging.INFO and request.endpoint not in QUIET:
            spent = time.perf_counter() - g.get("begun", time.perf_counter())
            event("request", method=request.method, page=rule(), status=response.status_code, ms=round(spent * 1000, 1))
        return response


class Counts:
    """How many requests this process answered, by class of status."""

    def __init__(self) -> None:
        self.by_class: dict[str, int] = {}

    def add(self, status: int) -> None:
        name = f"{status // 100}xx"
        self.by_class[name] = self.by_class.get(name, 0) + 1


def event(name: str, **facts: Any) -> None:
    """Write one line. Facts are codes and numbers, never what somebody typed."""
    print(
        _json(None, "", {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": name, **facts}),
        flush=True,
    )


def rule() -> str:
    """The rule that the request matched; for an address that nobody has, no more than that."""
    return request.url_rule.rule if request.url_rule else "unknown"


def trace(tb: TracebackType | None) -> list[str]:
    """Where an error came through: file, line and function of our own code and its libraries, no values."""
    frames = traceback.extract_tb(tb)[-30:]
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]


def _short(filename: str) -> str:
    parts = filename.replace("\\", "/").split("/")
    for mark in ("site-packages", "casework"):
        if mark in parts:
            place = len(parts) - 1 - parts[::-1].index(mark)
            return "/".join(parts[place + (mark == "site-packages") :])
    return parts[-1]


_json = structlog.processors.JSONRenderer()
