"""Logs: one JSON line per event, the same for web, workers and ticker. Never a name, an address, a secret or free text.

What is logged is chosen where it is logged (codes, numbers, ids); what slips through is masked here. Of an exception
only its class and where it was raised are kept, because messages of exceptions quote values.
"""

from __future__ import annotations

import atexit
import io
import logging
import os
import queue
import re
import sys
import threading
import traceback
from collections.abc import MutableMapping
from typing import Any, TextIO, cast

import structlog

LONGEST = 500
WAITING_LINES = 10_000

_ADDRESS = re.compile(r"[^\s<>\"',;:=()\[\]]+@[^\s<>\"',;()\[\]]+")
# Link secrets, session tokens, keys: long runs of the URL-safe alphabet that are not plain words or names of ours.
_SECRET = re.compile(r"(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{20,}(?![\w-])|(?<=/)[\w-]{20,}(?![\w-])")
_CODE = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b", re.IGNORECASE)
_KEY_VALUE = re.compile(r"((?:password|secret|token|key|code|authorization|cookie)\w*\s*[=:]\s*)\S+", re.IGNORECASE)
_WITH_PASSWORD = re.compile(r"(\w+://[^\s:/@]*:)[^\s@]+@")

log = structlog.get_logger()


def set_up(process: str, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send every log line of this process to standard output as JSON, ours and the libraries' alike.

    Lines are written by a thread of their own: a reader that stops reading never stops the program; lines that do
    not fit into the queue meanwhile are counted and dropped.
    """
    writer = _Writer(stream or sys.stdout)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _with_process(process),
            _exception,
            masked,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=lambda *_: structlog.PrintLogger(cast(TextIO, writer)),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers[:] = [_Libraries()]
    root.setLevel(max(logging.getLevelName(level), logging.INFO))
    for name in ("rq.worker", "rq.job", "werkzeug", "_granian", "granian.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True


def masked(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: shorten and mask every text. Control characters are escaped by the JSON."""
    for key, value in event.items():
        if isinstance(value, str) and key not in {"timestamp", "level"}:
            event[key] = mask(value)
        elif not isinstance(value, int | float | bool | type(None) | list):
            event[key] = value if isinstance(value, str) else mask(str(value))
    return event


def mask(text: str) -> str:
    """The text without e-mail addresses, secrets, codes and passwords, at most 500 characters of it."""
    text = _WITH_PASSWORD.sub(r"\1***@", text[:LONGEST])
    text = _KEY_VALUE.sub(r"\1***", text)
    text = _ADDRESS.sub("[address]", text)
    text = _CODE.sub("[code]", text)
    return _SECRET.sub("[secret]", text)


def where(error: BaseException) -> list[str]:
    """Where an exception was raised, the last frames only: file, line, function. Nothing of what it says."""
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    return [f"{os.path.relpath(f.filename)}:{f.lineno} {f.name}" for f in frames]


def _with_process(process: str) -> Any:
    def add(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["process"], event["pid"] = process, os.getpid()
        return event

    return add


def _exception(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Put the class and the place of an exception in place of its words."""
    given = event.pop("exc_info", None) or event.pop("error", None)
    if given is True:
        given = sys.exc_info()[1]
    if isinstance(given, tuple):
        given = given[1]
    if isinstance(given, BaseException):
        event["error"] = type(given).__name__
        event["where"] = where(given)
    return event


class _Libraries(logging.Handler):
    """Lines of libraries: who speaks and the form of the sentence, with numbers but without other values."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            error = record.exc_info[1] if record.exc_info else None
            log.log(record.levelno, _form(record), logger=record.name, **({"error": error} if error else {}))
        except Exception:
            self.handleError(record)


def _form(record: logging.LogRecord) -> str:
    """The sentence with its values, where all are numbers or short words; else without them."""
    arguments = record.args if isinstance(record.args, tuple) else ()
    if arguments and all(isinstance(a, int | float) for a in arguments):
        return record.getMessage()
    return str(record.msg)


class _Writer(io.TextIOBase):
    """A stream that never waits for its reader."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lines: queue.Queue[str | None] = queue.Queue(WAITING_LINES)
        self._dropped = 0
        self._start()
        os.register_at_fork(after_in_child=self._start)
        atexit.register(self._finish)

    def write(self, text: str) -> int:
        try:
            self._lines.put_nowait(text)
        except queue.Full:
            self._dropped += 1
        return len(text)

    def flush(self) -> None:
        return None

    def _start(self) -> None:
        self._thread = threading.Thread(target=self._work, name="logs", daemon=True)
        self._thread.start()

    def _work(self) -> None:
        while (text := self._lines.get()) is not None:
            try:
                self._stream.write(text)
                if self._lines.empty() or text.endswith("\n"):
                    self._stream.flush()
            except (OSError, ValueError):
                # Nobody reads any more: no reason to end, and nowhere to say it.
                self._dropped += 1

    def _finish(self) -> None:
        try:
            self._lines.put_nowait(None)
        except queue.Full:
            return
        self._thread.join(1.0)
