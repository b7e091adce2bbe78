"""One `casework up` for all journeys: the web, a worker, the ticker and the mail catcher, with made-up cases to look at.

Under xdist the first worker starts it and the last one ends it.
"""

from __future__ import annotations

import contextlib
import email
import email.policy
import json
import os
import re
import signal
import time
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import psycopg

from casework.running import processes
from tests.running.runs import Run

PASSWORD = "correct horse battery staple 7"
# enough for every state to be met with somewhere
CASES = 36
# a mail that has not come by then does not come
PATIENCE = 20.0
# runs that this process began; whoever is last to need one ends it
_begun: list[Run] = []


@dataclass(frozen=True)
class Mail:
    """One mail as it arrived."""

    name: str
    subject: str
    words: str
    attachments: tuple[str, ...]

    @property
    def links(self) -> list[str]:
        """Every address of ours in it."""
        return re.findall(r"https?://127\.0\.0\.1:\d+/\S+", self.words)

    def link(self, part: str) -> str:
        """The one address with this in it."""
        found = {each for each in self.links if part in each}
        assert len(found) == 1, (part, self.words)
        return found.pop()


class Installation:
    """A running service, as those see it who use it; and its database, for what only time would bring."""

    def __init__(self, home: Path, port: int) -> None:
        self.home, self.port, self.site = home, port, f"http://127.0.0.1:{port}"
        self._mails: dict[str, tuple[set[str], Mail]] = {}
        self._read: set[str] = set()

    @classmethod
    def start(cls, home: Path, cases: int = CASES) -> tuple[Installation, int]:
        """Start one with so many made-up cases, and give the process that keeps it."""
        run = Run(
            home,
            CASEWORK_DEMO_CASES=str(cases),
            CASEWORK_DEMO_FEEDBACK=str(cases // 2),
            CASEWORK_DEMO_COMPLAINTS=str(cases // 5),
            CASEWORK_DEMO_PASSWORD=PASSWORD,
            LEASE_SECONDS="4",
            SMTP_TIMEOUT="2",
            LOG_LEVEL="WARNING",
        )
        try:
            run.ready()
        except BaseException:
            run.clear()
            raise
        _begun.append(run)
        return cls(home, run.port), run.process.pid

    def mail(self, to: str, about: str) -> Mail:
        """The first mail to this address, not asked for before, with this in its subject. Waits for it to be sent."""
        deadline = time.monotonic() + PATIENCE
        while True:
            for mail in self.mails(to):
                if about in mail.subject and mail.name not in self._read:
                    self._read.add(mail.name)
                    return mail
            came = [mail.subject for mail in self.mails(to)]
            assert time.monotonic() < deadline, f"no mail about {about!r} came to {to}; what came: {came}"
            time.sleep(0.05)

    def mails(self, to: str) -> list[Mail]:
        """Everything that arrived for this address, oldest first."""
        for path in sorted((self.home / "mail").glob("*.eml")):
            if path.name not in self._mails:
                self._mails[path.name] = _read(path)
        return [mail for _, (addresses, mail) in sorted(self._mails.items()) if to in addresses]

    def sql(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        """Ask or change the database, past the program."""
        url = json.loads((self.home / "running.json").read_text())["env"]["DATABASE_OWNER_URL"]
        with psycopg.connect(url) as connection:
            done = connection.execute(statement, values)
            return done.fetchall() if done.description else []


def stop(pid: int) -> None:
    """End an installation by the process that keeps it."""
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        # only whoever started it can wait for it, and may have ended its own tests already: then it stays a zombie
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
        if not processes.started(pid):
            return
        time.sleep(0.05)
    raise RuntimeError("the installation did not end")


def _read(path: Path) -> tuple[set[str], Mail]:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    words = body.get_content() if body is not None else ""
    names = tuple(part.get_filename() or "" for part in message.iter_attachments())
    to = {each.strip() for each in str(message["X-Envelope-To"]).split(",")}
    return to, Mail(path.name, str(message["Subject"]), words, names)
