"""The mail catcher of a demonstration: what was sent, newest first. Registered in demo mode only."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from flask import Blueprint, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue

from casework.accounts.door import public

bp = Blueprint("devmail", __name__)

PAGE = 50
# How many files are opened to find the mails to one address.
MOST_SEARCHED = 5000


@dataclass(frozen=True)
class Mail:
    """One mail that was caught."""

    name: str
    at: datetime
    to: str
    sender: str
    subject: str
    message: EmailMessage

    @property
    def words(self) -> str:
        """The plain text of it."""
        body = self.message.get_body(("plain",))
        return _text(body) if body is not None else ""

    @property
    def attachments(self) -> list[tuple[str, str]]:
        """Names and contents of what is attached, where it is text (the calendar file)."""
        parts = self.message.iter_attachments()
        return [(part.get_filename() or part.get_content_type(), _text(part)) for part in parts]


@bp.get("/dev/mail")
@public
def inbox() -> ResponseReturnValue:
    """The mails that were caught, or those to one address."""
    to = request.args.get("to", "").strip().lower()[:254]
    page = max(0, request.args.get("page", 0, type=int))
    paths = _paths()
    if to:
        mails = [mail for path in paths[:MOST_SEARCHED] if _is_for(path, to) and (mail := _read(path))]
        shown, more = mails[page * PAGE : (page + 1) * PAGE], len(mails) > (page + 1) * PAGE
    else:
        window = paths[page * PAGE : (page + 1) * PAGE]
        shown, more = [mail for path in window if (mail := _read(path))], len(paths) > (page + 1) * PAGE
    return render_template("pages/dev_mail.html", mails=shown, to=to, page=page, more=more)


@bp.get("/dev/mail/<name>")
@public
def letter(name: str) -> ResponseReturnValue:
    """One mail: its head and its plain text. Its HTML part is not shown."""
    found = next((path for path in _paths() if path.name == name), None) if re.fullmatch(r"[\w.-]+", name) else None
    mail = _read(found) if found else None
    if mail is None:
        abort(404)
    return render_template("pages/dev_mail_one.html", mail=mail)


def _text(part: Any) -> str:
    """The text of a part, whatever it says of its encoding."""
    try:
        content = part.get_content()
    except (LookupError, UnicodeError, KeyError):
        content = (part.get_payload(decode=True) or b"").decode("utf-8", "replace")
    return content if isinstance(content, str) else ""


def _paths() -> list[Path]:
    """The files, newest first. Only names that are listed are ever opened."""
    folder = Path(current_app.config["CASEWORK_HOME"]) / "mail"
    if not folder.is_dir():
        return []
    # the catcher's file names sort by arrival
    return sorted((path for path in folder.glob("*.eml") if path.is_file()), key=lambda path: path.name, reverse=True)


def _is_for(path: Path, to: str) -> bool:
    """Whether the catcher wrote this recipient into the first lines of the file."""
    try:
        with path.open("rb") as file:
            head = file.read(4096).lower()
    except OSError:
        return False
    return any(line.startswith((b"x-envelope-to:", b"to:")) and to.encode() in line for line in head.splitlines())


def _read(path: Path) -> Mail | None:
    try:
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        return None
    assert isinstance(message, EmailMessage)
    to, sender, subject = (str(message.get(head, "")) for head in ("To", "From", "Subject"))
    return Mail(path.name, at, to, sender, subject, message)
