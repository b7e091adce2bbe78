"""The virus scanner: clamd, where one is configured. Without its word that a file is clean nobody gets the file."""

from __future__ import annotations

import socket
from collections.abc import Iterable

from flask import current_app
from sqlalchemy import select

from casework.cases import service as cases
from casework.cases.models import Case
from casework.exchanges import store
from casework.exchanges.models import Attachment
from casework.extensions import db
from casework.logs import log
from casework.roles import SYSTEM

TIMEOUT = 60.0


class NoAnswer(Exception):
    """The scanner is away, or could not say."""


def scan_next(after_id: int = 0) -> int:
    """Scan the next file that waits, after one with this id. Returns its id, or 0 where none waits. Never commits.

    A file about which the scanner says nothing goes on waiting.
    """
    file = db.session.scalars(
        select(Attachment)
        .where(Attachment.verdict == "waiting", Attachment.id > after_id)
        .order_by(Attachment.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if file is None:
        return 0
    try:
        clean = is_clean(store.get(file.stored), current_app.config["CLAMD_SOCKET"])
    except (NoAnswer, store.Missing) as fault:
        log.warning("file not scanned", file=file.id, fault=type(fault).__name__)
        return file.id
    file.verdict = "clean" if clean else "refused"
    db.session.flush()
    if not clean:
        log.warning("file refused by the scanner", file=file.id)
        if file.case_id is not None:
            cases.record(db.session.get_one(Case, file.case_id), "refuse_file", SYSTEM, file=file.id)
    return file.id


def is_clean(content: Iterable[bytes], address: str) -> bool:
    """What clamd says of content (its INSTREAM command), or `NoAnswer`."""
    try:
        with _connect(address) as link:
            link.sendall(b"zINSTREAM\0")
            for piece in content:
                link.sendall(len(piece).to_bytes(4, "big") + piece)
            link.sendall(b"\0\0\0\0")
            answer = b""
            while b"\0" not in answer and len(answer) < 4096 and (more := link.recv(1024)):
                answer += more
    except OSError as error:
        raise NoAnswer from error
    said = answer.rstrip(b"\0").strip()
    if said == b"stream: OK":
        return True
    if said.endswith(b" FOUND"):
        return False
    raise NoAnswer


def _connect(address: str) -> socket.socket:
    if address.startswith("/"):
        link = socket.socket(socket.AF_UNIX)
        link.settimeout(TIMEOUT)
        link.connect(address)
        return link
    host, _, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), TIMEOUT)
