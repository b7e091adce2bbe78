"""The connection to the mail relay, over Flask-Mail: with time-outs, one for many messages, and a word before each.

Flask-Mail 0.10 sets no time-out and checks no certificate; both are done here. Knows nothing of rows.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from enum import Enum
from typing import Any

import flask_mail
from flask import Flask

# What a relay says about itself, whoever the recipient is: it shuts down, or wants another sign-in.
_ABOUT_ITSELF = frozenset({421, 454, 530, 534, 535, 538})


class Fate(Enum):
    """What became of a message."""

    SENT = "sent"
    TEMPORARY = "temporary"  # this message was refused for now
    PERMANENT = "permanent"  # this message was refused for good
    DOWN = "down"  # the relay takes nothing: no message's fault
    UNKNOWN = "unknown"  # it went out and nobody answered
    NOT_OURS = "not ours"  # the lease was lost: nothing went out


class NotOurs(Exception):
    """The row is no longer ours; the message must not go out."""


class Relay:
    """One connection, opened when first needed and again when it was lost."""

    def __init__(self, app: Flask, timeout: float, pause: Callable[[], None] = lambda: None) -> None:
        """`pause` is called before each step of the conversation, to keep leases alive."""
        self._app, self._timeout, self._pause = app, timeout, pause
        self._connection: _Connection | None = None
        self.why = ""

    def open(self) -> bool:
        """Connect, greet, sign in. False, with `why`, if the relay does not let us."""
        self._pause()
        connection = _Connection(self._app.extensions["mail"], self._timeout, self._pause)
        try:
            connection.configure_host()
        except (OSError, smtplib.SMTPException) as error:
            connection.abandon()
            self.why = _short(error)
            return False
        self._connection = connection
        return True

    def send(self, message: flask_mail.Message, before: Callable[[], bool]) -> Fate:
        """Send one message. `before` is asked when the relay waits for the content: False, and nothing goes out."""
        fresh = self._connection is None
        if fresh and not self.open():
            return Fate.DOWN
        fate = self._try(message, before)
        if fate is None and not fresh:
            # An idle relay had hung up on us. Nothing of this message had gone out: once more, on a new connection.
            fate = self._try(message, before) if self.open() else Fate.DOWN
        return fate or Fate.DOWN

    def close(self) -> None:
        """Say goodbye, if there is anybody to say it to."""
        if self._connection is not None:
            self._connection.goodbye()
            self._connection = None

    def _try(self, message: flask_mail.Message, before: Callable[[], bool]) -> Fate | None:
        """The fate of a message; None if the connection was lost before the content went out."""
        connection = self._connection
        assert connection is not None
        connection.begin(before)
        try:
            connection.send(message)
            return Fate.SENT
        except NotOurs:
            self._abandon()
            return Fate.NOT_OURS
        except smtplib.SMTPRecipientsRefused as error:
            return self._refused(*next(iter(error.recipients.values())))
        except smtplib.SMTPSenderRefused as error:
            # "We do not take mail from you" is about us, not about this message.
            return self._refused(error.smtp_code if error.smtp_code < 500 else 421, error.smtp_error)
        except smtplib.SMTPDataError as error:
            return self._refused(error.smtp_code, error.smtp_error)
        except smtplib.SMTPException as error:
            return self._lost(connection, error)
        except OSError as error:
            return self._lost(connection, error)
        except BaseException:
            # Not the relay's doing. Whatever state the conversation is in, it is not one to go on from.
            self._abandon()
            raise

    def _refused(self, code: int, answer: bytes | str) -> Fate:
        words = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
        enhanced = re.match(r"\s*([245]\.\d{1,3}\.\d{1,3})", words)
        self.why = f"{code} {enhanced[1]}" if enhanced else str(code)
        if code in _ABOUT_ITSELF or not 400 <= code <= 599:
            self._abandon()
            return Fate.DOWN
        return Fate.PERMANENT if code >= 500 else Fate.TEMPORARY

    def _lost(self, connection: _Connection, error: Exception) -> Fate | None:
        self.why = _short(error)
        self._abandon()
        return Fate.UNKNOWN if connection.content_went else None

    def _abandon(self) -> None:
        if self._connection is not None:
            self._connection.abandon()
            self._connection = None


class _Connection(flask_mail.Connection):
    """Flask-Mail's connection, made by ourselves."""

    host: Any

    def __init__(self, mail: Any, timeout: float, pause: Callable[[], None]) -> None:
        super().__init__(mail)
        self.host = None
        self._timeout, self._pause = timeout, pause

    def configure_host(self) -> smtplib.SMTP:
        secure = ssl.create_default_context()
        mail = self.mail
        if mail.use_ssl:
            host: _Host = _HostOverTLS(mail.server, mail.port, timeout=self._timeout, context=secure)
        else:
            host = _Host(mail.server, mail.port, timeout=self._timeout)
        self.host = host
        host.pause = self._pause
        if mail.use_tls:
            host.starttls(context=secure)
        host.ehlo_or_helo_if_needed()
        if mail.username and mail.password:
            host.login(mail.username, mail.password)
        return host

    def begin(self, before: Callable[[], bool]) -> None:
        self.host.before, self.host.content_went = before, False

    @property
    def content_went(self) -> bool:
        return bool(self.host is not None and self.host.content_went)

    def goodbye(self) -> None:
        with suppress(OSError, smtplib.SMTPException):
            self.host.sock.settimeout(min(self._timeout, 2.0))
            self.host.quit()
        self.abandon()

    def abandon(self) -> None:
        """Hang up without a word: in the midst of a message there is none that would not be read as part of it."""
        if self.host is not None:
            self.host.close()


class _Host(smtplib.SMTP):
    """An SMTP client that asks before the content goes out, and knows whether it did."""

    before: Callable[[], bool]
    pause: Callable[[], None]
    content_went = False

    def mail(self, sender: str, options: Any = ()) -> tuple[int, bytes]:
        self.pause()
        return super().mail(sender, options)

    def rcpt(self, recip: str, options: Any = ()) -> tuple[int, bytes]:
        self.pause()
        return super().rcpt(recip, options)

    def data(self, msg: Any) -> tuple[int, bytes]:
        """As smtplib's, with the question between the relay's "go ahead" and the first byte of the content."""
        self.pause()
        self.putcmd("data")
        code, reply = self.getreply()
        if code != 354:
            raise smtplib.SMTPDataError(code, reply)
        if not self.before():
            raise NotOurs
        self.content_went = True
        content = re.sub(rb"(?m)^\.", b"..", msg)
        self.send(content + (b"" if content.endswith(b"\r\n") else b"\r\n") + b".\r\n")
        return self.getreply()


class _HostOverTLS(_Host, smtplib.SMTP_SSL):
    pass


def _short(error: Exception) -> str:
    """An error of the network in a word or a number, without the relay's own words: they may quote addresses."""
    code = getattr(error, "smtp_code", None) or getattr(error, "errno", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__
