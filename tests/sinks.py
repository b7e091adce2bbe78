"""A mail server for tests that can be slow, hang, be down, refuse, greylist, fail at random or lose its answer.

It counts what it accepted by (recipient, Message-ID, subject): a message that came twice shows as 2.
"""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern
from typing import Any, cast

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True)
class Received:
    """One message as it arrived."""

    recipient: str
    content: bytes
    at: float
    answered: bool = True

    @property
    def message(self) -> EmailMessage:
        """The message, parsed."""
        return cast(EmailMessage, message_from_bytes(self.content, policy=modern))

    @property
    def key(self) -> tuple[str, str, str]:
        """What a repeat has in common with the first."""
        head = message_from_bytes(self.content.partition(b"\r\n\r\n")[0] + b"\r\n\r\n", policy=modern)
        return self.recipient, str(head["Message-ID"]).strip(), " ".join(str(head["Subject"]).split())


@dataclass
class Mood:
    """How the sink behaves. Everything off: it takes all mail at once."""

    slow: float = 0.0  # seconds before each message is taken
    slow_rcpt: float = 0.0  # seconds before a recipient is taken: nothing of the message has come yet
    hang: bool = False  # new connections are never greeted
    hang_after_data: bool = False  # messages are taken and never answered
    tempfail: str = ""  # "mail", "rcpt" or "data": 451 for all
    permfail: frozenset[str] = frozenset()  # 550 for these recipients
    refuse_sender: bool = False  # 550 to MAIL FROM
    closing: bool = False  # 421 to everything
    greylist: float = 0.0  # 451 for so many seconds after a recipient was first seen
    flaky: float = 0.0  # the share of recipients refused for now, at random
    drop: float = 0.0  # the share of connections dropped at RCPT
    lostack: float = 0.0  # the share of messages taken whose answer is lost
    seen: dict[str, float] = field(default_factory=dict)


class Sink:
    """A running server on a loopback port; `with Sink() as sink`."""

    def __init__(self, seed: int = 7) -> None:
        self.mood = Mood()
        self.received: list[Received] = []
        self.refused: list[tuple[str, float]] = []
        self.dropped = 0
        self.thinking = 0  # how many recipients it is being slow about
        self._random = random.Random(seed)
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.port = 0

    def __enter__(self) -> Sink:
        self._thread.start()
        self.up()
        return self

    def __exit__(self, *_: object) -> None:
        self.down()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    @property
    def url(self) -> str:
        """What SMTP_URL is set to."""
        return f"smtp://127.0.0.1:{self.port}"

    def up(self) -> None:
        """Listen, on the same port as before."""

        async def start() -> asyncio.Server:
            return await self._loop.create_server(self._protocol, "127.0.0.1", self.port, reuse_address=True)

        self._server = asyncio.run_coroutine_threadsafe(start(), self._loop).result(5)
        self.port = self._server.sockets[0].getsockname()[1]

    def down(self) -> None:
        """Refuse connections, and hang up on those there are."""
        server, self._server = self._server, None
        if server is None:
            return

        async def stop() -> None:
            server.close()
            for task in [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]:
                task.cancel()
            if hasattr(server, "abort_clients"):
                server.abort_clients()
            await asyncio.sleep(0)

        asyncio.run_coroutine_threadsafe(stop(), self._loop).result(5)

    def be(self, **mood: Any) -> None:
        """Change the mood: what is not named is off."""
        self.mood = Mood(**mood)

    def counts(self) -> Counter[tuple[str, str, str]]:
        """How often each message arrived."""
        return Counter(received.key for received in list(self.received))

    def repeats(self) -> int:
        """How many messages arrived more than once, counted by how often too many."""
        return sum(count - 1 for count in self.counts().values())

    def lost(self) -> int:
        """How many messages were taken without an answer."""
        return sum(not received.answered for received in list(self.received))

    def to(self, recipient: str) -> list[Received]:
        """What one person got."""
        return [received for received in self.received if received.recipient == recipient]

    def wait(self, until: Callable[[Sink], bool], patience: float = 20.0) -> bool:
        """Wait until something holds of the sink; False if it does not in time."""
        deadline = time.monotonic() + patience
        while not until(self):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    def _protocol(self) -> asyncio.BaseProtocol:
        if self.mood.hang:
            return asyncio.Protocol()
        return SMTP(_Handler(self), loop=self._loop, hostname="sink.example", enable_SMTPUTF8=False)


class _Handler:
    """What aiosmtpd asks at each step."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        mood = self._sink.mood
        if mood.closing:
            return "421 closing down"
        if mood.refuse_sender:
            return "550 5.7.1 we do not take mail from you"
        if mood.tempfail == "mail":
            return "451 4.3.0 later"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        sink, mood, moment = self._sink, self._sink.mood, time.monotonic()
        if mood.slow_rcpt:
            sink.thinking += 1
            await asyncio.sleep(mood.slow_rcpt)
            sink.thinking -= 1
        if sink._random.random() < mood.drop:
            sink.dropped += 1
            _hang_up(server)
            return "250 OK"
        if address in mood.permfail:
            return self._no(address, "550 5.1.1 no such mailbox")
        first = mood.seen.setdefault(address, moment)
        if mood.tempfail == "rcpt" or sink._random.random() < mood.flaky or moment - first < mood.greylist:
            return self._no(address, "451 4.7.1 later")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        sink, mood = self._sink, self._sink.mood
        if mood.slow:
            await asyncio.sleep(mood.slow)
        if mood.tempfail == "data":
            return self._no(envelope.rcpt_tos[0], "451 4.3.0 later")
        lost = mood.hang_after_data or sink._random.random() < mood.lostack
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        for recipient in envelope.rcpt_tos:
            sink.received.append(Received(recipient, content, time.monotonic(), not lost))
        if mood.hang_after_data:
            await asyncio.sleep(3600)
        if lost:
            _hang_up(server)
        return "250 OK taken"

    def _no(self, address: str, answer: str) -> str:
        self._sink.refused.append((address, time.monotonic()))
        return answer


def _hang_up(server: SMTP) -> None:
    transport = server.transport
    if transport is not None:
        transport.abort()
