"""The folder that CASEWORK_HOME names: what lies where in it, the lock, the demonstration's secrets, who is running."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import re
import secrets
import shutil
import signal
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from casework.running import processes

SECRETS = ("SECRET_KEY", "CASEWORK_LINK_KEY", "CASEWORK_CODE_KEY", "CASEWORK_HISTORY_KEY", "CASEWORK_INDEX_KEY")


PREFIX = "casework-"


class Refused(Exception):
    """Casework cannot start; the message is a sentence for the person who tried."""


class Home:
    """The layout: secrets.env, lock, running.json, run/ (who runs), postgres/, valkey/, mail/."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder).absolute()
        self.run = self.folder / "run"
        self.mail = self.folder / "mail"
        self.running_file = self.folder / "running.json"
        self._lock: TextIO | None = None

    def make(self) -> Home:
        """Make the folders, closed to others. As root the top one may be passed through: PostgreSQL runs as nobody."""
        try:
            if not self.folder.is_dir():
                self.folder.mkdir(parents=True)
                self.folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
            for inner in (self.run, self.mail):
                inner.mkdir(exist_ok=True)
                inner.chmod(0o700)
        except OSError as error:
            raise Refused(f"CASEWORK_HOME cannot be used: {error.strerror}: {error.filename}.") from error
        return self

    def lock(self, patience: float = 1.5) -> None:
        """Hold the folder until this process ends, or refuse; waits for a run that is just ending."""
        handle = os.fdopen(os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "a+")
        deadline = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                handle.seek(0)
                holder, _, state = handle.read().strip().partition(" ")
                if time.monotonic() > deadline + (12 if state == "ending" else 0):
                    handle.close()
                    raise Refused(
                        f"Casework is already running with this folder (process {holder}): {self.folder}. "
                        "Set CASEWORK_HOME and PORT to start another beside it."
                    ) from None
                time.sleep(0.1)
        self._lock = handle
        self.say("running")

    def say(self, state: str) -> None:
        """Tell whoever waits for the lock what its holder is doing."""
        if self._lock:
            self._lock.truncate(0)
            self._lock.write(f"{os.getpid()} {state}\n")
            self._lock.flush()

    def release(self) -> None:
        if self._lock:
            self._lock.close()
            self._lock = None

    def recorded(self) -> dict[str, processes.Record]:
        """The processes that the last run wrote down, by name."""
        found = {path.name: processes.read(path) for path in sorted(self.run.glob("*")) if path.suffix != ".new"}
        return {name: entry for name, entry in found.items() if entry}

    def remember(self, name: str, entry: processes.Record) -> None:
        """Write a process down, so that the next start can end it if this run is killed."""
        processes.write(self.run / f"{name}-{entry.pid}", entry)

    def end_leftovers(self) -> list[str]:
        """End what a run that was killed left behind; return the names. Only for who holds the lock."""
        left = self.recorded()
        alive = [name.rpartition("-")[0] for name, entry in left.items() if entry.alive()]
        database = {name: entry for name, entry in left.items() if name.startswith("postgres-")}
        processes.end([entry for name, entry in left.items() if name not in database], signal.SIGTERM, 3.0)
        # SIGTERM would make PostgreSQL wait for its clients
        processes.end(database.values(), signal.SIGINT)
        self.forget_all()
        return alive

    def forget_all(self) -> None:
        for path in self.run.glob("*"):
            path.unlink(missing_ok=True)

    def secrets(self) -> dict[str, str]:
        """The demonstration's own secrets: made once, readable by the owner only. Never for real data."""
        path = self.folder / "secrets.env"
        try:
            if not path.exists():
                _write_private(path, "".join(f"{name}={value}\n" for name, value in _fresh_secrets().items()))
            path.chmod(0o600)
            lines = path.read_text().splitlines()
        except OSError as error:
            raise Refused(f"The demonstration's secrets cannot be read: {error.strerror}: {path}.") from error
        return dict(line.split("=", 1) for line in lines if "=" in line)

    def announce(self, env: dict[str, str]) -> None:
        """Write down where the running servers are, for commands in another terminal."""
        me = processes.record(os.getpid())
        _write_private(self.running_file, json.dumps({"pid": me.pid, "started": me.started, "env": env}))

    def withdraw(self) -> None:
        self.running_file.unlink(missing_ok=True)

    def running(self) -> dict[str, str] | None:
        """Where the running servers are, or None if nothing runs with this folder."""
        try:
            found = json.loads(self.running_file.read_text())
        except (OSError, ValueError):
            return None
        alive = processes.Record(found["pid"], found["started"]).alive()
        return dict(found["env"]) if alive else None


class SocketFolder:
    """A short, private folder for a socket: PostgreSQL takes no more than 100 characters.

    Where it is stands in a note, so that the next start takes away the folder of a run that was killed.
    """

    def __init__(self, note: Path, owner: int | None = None) -> None:
        self._note = note
        with suppress(OSError):
            left = Path(note.read_text())
            if left.name.startswith(PREFIX):
                shutil.rmtree(left, ignore_errors=True)
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=_short_place(owner)))
        if owner is not None:
            os.chown(self.path, owner, -1)
        note.write_text(str(self.path))

    def remove(self) -> None:
        """Take it away, once the server has ended."""
        shutil.rmtree(self.path, ignore_errors=True)
        with suppress(OSError):
            if self._note.read_text() == str(self.path):
                self._note.unlink()


def _short_place(owner: int | None) -> Path:
    """The folder for temporary files, if it is short and plain, and if the owner may pass through it."""
    wanted = Path(tempfile.gettempdir()).resolve()
    passable = owner is None or all(parent.stat().st_mode & 0o001 for parent in [wanted, *wanted.parents])
    short = len(str(wanted)) < 60 and re.fullmatch(r"[\w./-]+", str(wanted), re.ASCII)
    return wanted if short and passable else Path("/tmp")


def _write_private(path: Path, content: str) -> None:
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    with suppress(FileExistsError):
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
    draft.replace(path)


def _fresh_secrets() -> dict[str, str]:
    made = {name: secrets.token_urlsafe(32) for name in SECRETS}
    made["CASEWORK_DATA_KEYS"] = "demo:" + base64.b64encode(secrets.token_bytes(32)).decode()
    made["CASEWORK_DEMO_PASSWORD"] = "-".join(secrets.token_hex(2) for _ in range(4))
    return made
