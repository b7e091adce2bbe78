"""Renders an owed message: subject, plain text, HTML with the same content, headers, attachments."""

from __future__ import annotations

import re
import secrets
import unicodedata
from dataclasses import dataclass, field
from email.charset import QP, Charset
from email.mime.text import MIMEText
from email.policy import compat32
from functools import cache
from pathlib import Path
from typing import Any

import flask_mail
from flask import current_app
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from casework.emails import calendar_file, facts, readers, words
from casework.emails.readers import Reader
from casework.extensions import db
from casework.history.models import Event
from casework.outbox.models import Owed
from casework.schedule.models import Booking
from casework.sealed import digest
from casework.settings import service as settings

_ON_THE_WIRE = compat32.clone(linesep="\r\n")
TEMPLATES = Path(__file__).resolve().parents[2] / "templates"

# What an e-mail says of itself.
_LINK = re.compile(r",\s+with\s+the\s+link\s+below\b")
_FILE = re.compile(r"\s*The\s+file\s+with\s+this\s+message\s[^.]*\.")


class BadHeader(ValueError):
    """A header would break out of its line. That is a fault of ours: people's words are cleaned before."""


@dataclass(frozen=True)
class Rendered:
    """A message as it goes out, to one person."""

    to_address: str
    to_name: str
    subject: str
    text: str
    html: str
    message_id: str
    headers: dict[str, str]
    attachments: list[flask_mail.Attachment] = field(default_factory=list)
    reply_to: str = ""

    def message(self) -> flask_mail.Message:
        """As Flask-Mail sends it. Raises `BadHeader` rather than let a header carry a line break."""
        own = (self.to_address, self.to_name, self.subject, self.message_id, self.reply_to)
        for value in (*own, *self.headers.values()):
            if any(unicodedata.category(each) in {"Cc", "Zl", "Zp"} for each in value):
                raise BadHeader("a header holds a line break or a control character")
        message = _Message(
            subject=self.subject,
            recipients=[(self.to_name, self.to_address) if self.to_name else self.to_address],
            body=self.text,
            html=self.html,
            reply_to=self.reply_to or None,
            extra_headers=self.headers,
            attachments=self.attachments,
        )
        message.msgId = self.message_id
        return message


def render(owed: Owed, event: Event | None = None) -> Rendered:
    """The e-mail that a row owes, as the session knows things. Raises `NotWanted` or `CannotReach`.

    `event` is the cause, if it is at hand.
    """
    event = event or readers.cause(owed)
    if owed.channel == "page":
        return _on_page(owed, event)
    reader = readers.reader(owed)
    readers.still_wanted(owed, event)
    given = given_to(owed, event, reader)
    templates = environment()
    given["subject"] = subject = subject_of(owed, given)
    return Rendered(
        to_address=reader.address,
        to_name=readers.clean_name(reader.name),
        subject=subject,
        text=words.tidy(templates.get_template(f"emails/{owed.name}/body.txt").render(given)),
        html=templates.get_template(f"emails/{owed.name}/body.html").render(given),
        message_id=message_id(owed.id),
        headers={
            # RFC 3834: no holiday notice shall answer this.
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
            "Content-Language": "en-GB",
        },
        attachments=_attachments(owed.name, event),
        reply_to="" if reader.is_staff else str(settings.value("contact.email")),
    )


def message_id(owed_id: int) -> str:
    """The Message-ID of a row: always the same, so that a message which went out twice is known as one."""
    return f"<{digest('message-id', str(owed_id)).hex()[:40]}@{calendar_file.domain()}>"


@cache
def environment() -> Environment:
    """The templates of messages: what is not given is a fault, what people wrote is escaped in the HTML."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["indented"] = words.indented
    made.filters["broken"] = words.broken
    return made


def given_to(owed: Owed, event: Event, reader: Reader) -> dict[str, Any]:
    """What every message is given, and what this one says."""
    contact = {key: settings.value(f"contact.{key}") for key in ("phone", "email", "post")}
    return {
        "force": current_app.config["FORCE_NAME"],
        "name": readers.clean_name(reader.name),
        "reference": reader.case.reference if reader.case else "",
        "matter": words.MATTERS[reader.case.kind] if reader.case else "",
        "page": words.PAGES[reader.case.kind] if reader.case else "",
        "link": reader.link,
        "contact": None if reader.is_staff else contact,
        **facts.facts_for(owed.name, event, reader),
    }


def subject_of(owed: Owed, given: dict[str, Any]) -> str:
    """The subject of a message, on one line."""
    return " ".join(environment().get_template(f"emails/{owed.name}/subject.txt").render(given).split())


def said(owed: Owed, part: str, given: dict[str, Any], instead_of_link: str) -> str:
    """What a message says, without the frame that e-mails have around it. There is no link to press, no file to open.

    `part` is "txt" or "html".
    """
    template = environment().get_template(f"emails/{owed.name}/body.{part}")
    text = "".join(template.blocks["body"](template.new_context(given)))
    return _FILE.sub("", _LINK.sub(instead_of_link, text))


def _on_page(owed: Owed, event: Event) -> Rendered:
    """What somebody reads who is reached through their page only: nobody sends it."""
    reader = readers.person(owed)
    readers.still_wanted(owed, event)
    given = given_to(owed, event, reader)
    text = re.sub(r" on your \w+ page\x00", " on this page", said(owed, "txt", given, "\x00"))
    return Rendered(
        to_address="",
        to_name=readers.clean_name(reader.name),
        subject=subject_of(owed, given),
        text=words.tidy(text.replace("\x00", "")),
        html="",
        message_id="",
        headers={},
    )


def _attachments(name: str, event: Event) -> list[flask_mail.Attachment]:
    if name not in calendar_file.PUBLISHED | calendar_file.CANCELLED:
        return []
    booking = db.session.get(Booking, event.subject_id) if event.subject_kind == "booking" else None
    made = calendar_file.attachment(name, event, booking) if booking else None
    return [made] if made else []


class _Message(flask_mail.Message):
    """Flask-Mail's message, safe on the way.

    Flask-Mail sends text as 8 bit with lines of any length, which relays need not allow: quoted-printable is safe. And
    it lets the newer header policy fold lines, which puts spaces into long names (seen with Python 3.11).
    """

    def as_bytes(self) -> bytes:
        made = self._message()
        # Boundaries of our own: the library looks for a free one by compiling a pattern for each message.
        for number, part in enumerate(part for part in made.walk() if part.is_multipart()):
            part.set_boundary(f"=_{number}_{secrets.token_hex(16)}")
        return made.as_bytes(policy=_ON_THE_WIRE)

    def _mimetext(self, text: str | None, subtype: str = "plain") -> MIMEText:
        body = (text or "").replace("\r\n", "\n")
        if body.isascii() and max(map(len, body.split("\n"))) < 900:
            return MIMEText(body, subtype, "us-ascii")
        quoted = Charset("utf-8")
        quoted.body_encoding = QP
        part = MIMEText("", subtype, "us-ascii")
        del part["Content-Transfer-Encoding"]
        part.set_payload(body, quoted)
        return part
