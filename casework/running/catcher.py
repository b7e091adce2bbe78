"""A mail server that keeps what it is sent as files: one .eml per message, complete from the moment it has its name."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

LARGEST = 30 * 1024 * 1024


class Catcher:
    """Writes each message into a folder. File names sort by arrival."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)
        self._count = itertools.count()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep the message, with the envelope's sender and recipients in its first lines."""
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        sender = envelope.mail_from or ""
        head = f"X-Envelope-From: {sender}\r\nX-Envelope-To: {', '.join(envelope.rcpt_tos)}\r\n".encode()
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")
        name = f"{moment}-{os.getpid()}-{next(self._count):06}"
        draft = self.folder / f".{name}.new"
        draft.write_bytes(head + content)
        draft.rename(self.folder / f"{name}.eml")
        return "250 OK kept"


async def serve(folder: Path, port: int) -> None:
    """Catch mail on a loopback port until SIGTERM or SIGINT."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    catcher = Catcher(folder)
    server = await loop.create_server(
        lambda: SMTP(catcher, loop=loop, data_size_limit=LARGEST, enable_SMTPUTF8=True, hostname="localhost"),
        "127.0.0.1",
        port,
    )
    await ended.wait()
    server.close()


def main(folder: str, port: int) -> None:
    asyncio.run(serve(Path(folder), port))
