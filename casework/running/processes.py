"""Processes by number and start time: a number alone may by now be somebody else's."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True)
class Record:
    """A process as it was written down: its number and when it started, in the system's own words."""

    pid: int
    started: str

    def alive(self) -> bool:
        return bool(self.started) and started(self.pid) == self.started


def record(pid: int) -> Record:
    return Record(pid, started(pid))


def write(path: Path, entry: Record) -> None:
    """Write a record in one step, so that a reader never sees half of it."""
    draft = path.with_name(path.name + ".new")
    draft.write_text(f"{entry.pid} {entry.started}\n")
    draft.replace(path)


def read(path: Path) -> Record | None:
    try:
        pid, _, begun = path.read_text().strip().partition(" ")
        return Record(int(pid), begun)
    except (OSError, ValueError):
        return None


def started(pid: int) -> str:
    """When a process started, comparable only with itself; empty if there is no such process or it is a zombie."""
    if PROC.joinpath("self/stat").exists():
        fields = _stat(pid)
        return "" if not fields or fields[0] in "ZX" else f"{_boot()}:{fields[19]}"
    done = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True)
    state, _, begun = done.stdout.strip().partition(" ")
    return "" if not state or state.startswith("Z") else begun.strip()


def members(session: int) -> list[int]:
    """The living processes of a session; a child in a session of its own is its leader."""
    found = []
    for entry in PROC.glob("[0-9]*"):
        fields = _stat(int(entry.name))
        if fields and fields[3] == str(session) and fields[0] not in "ZX":
            found.append(int(entry.name))
    return found


def end(leaders: Iterable[Record], signal_first: int = signal.SIGTERM, patience: float = 5.0) -> None:
    """End whole sessions by their recorded leaders: ask first, then kill. Somebody else's processes are left alone."""
    ours = [entry for entry in leaders if entry.alive() or _orphaned(entry)]
    for entry in ours:
        _signal_session(entry.pid, signal_first)
    deadline = time.monotonic() + patience
    while any(_remaining(entry) for entry in ours):
        if time.monotonic() > deadline:
            for entry in ours:
                _signal_session(entry.pid, signal.SIGKILL)
            deadline = time.monotonic() + 2
        time.sleep(0.02)


def inside(folder: Path) -> list[int]:
    """The living processes that work in a folder, as far as this system shows them to us."""
    found = []
    for entry in PROC.glob("[0-9]*/cwd"):
        with suppress(OSError):
            if entry.readlink() == folder and started(int(entry.parent.name)):
                found.append(int(entry.parent.name))
    return found


def _remaining(entry: Record) -> bool:
    return entry.alive() or bool(members(entry.pid))


def _orphaned(entry: Record) -> bool:
    """Whether the leader is gone but its session is not: the number stays taken for as long as the session lives."""
    if started(entry.pid) or not entry.started.startswith(_boot()):
        return False
    begun = int(entry.started.rpartition(":")[2] or 0)
    return any(int((_stat(pid) or ["0"] * 20)[19]) >= begun for pid in members(entry.pid))


def _signal_session(leader: int, number: int) -> None:
    pids = members(leader)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)
    for pid in pids:
        # those that made a process group of their own within the session, as RQ's work-horses do
        with suppress(ProcessLookupError, PermissionError):
            if os.getpgid(pid) != leader:
                os.kill(pid, number)


def _stat(pid: int) -> list[str] | None:
    """The fields of /proc/<pid>/stat after the name (which may hold spaces): state, parent, group, session and on."""
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def _boot() -> str:
    try:
        return (PROC / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return "boot"
