"""Keeps child processes running: labelled logs, restart with back-off, a clean end. Knows nothing of what they are."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from casework.running import processes
from casework.running.home import Home
from casework.running.servant import As

LONGEST_PAUSE = 15.0
STEADY = 30.0


@dataclass
class Child:
    """A program to keep running, in a session of its own, with only the environment that it is given."""

    name: str
    command: list[str]
    env: Mapping[str, str]
    cwd: Path
    account: As = field(default_factory=As)
    ending: int = signal.SIGTERM
    # whether children that it leaves behind when it dies may finish what they are doing
    heirs: bool = False
    # lines with these words are not worth anybody's time
    muted: str = ""
    process: subprocess.Popen[bytes] | None = None
    since: float = 0.0
    failures: int = 0
    again_at: float = 0.0

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Starts children, writes each line of theirs with their name before it, starts again what ended by itself."""

    def __init__(self, home: Home, labels: int = 8) -> None:
        self.home = home
        self.children: list[Child] = []
        self.stopping = threading.Event()
        self._labels = labels
        self._writing = threading.Lock()
        # every session that was ever started: a child that died may have left children of its own
        self._sessions: list[processes.Record] = []

    def start(self, child: Child) -> Child:
        """Start a child and keep it running from now on."""
        self._spawn(child)
        self.children.append(child)
        return child

    def run(self, child: Child) -> int:
        """Run a child to its end, once; return its exit code (or 1 if all is to stop meanwhile)."""
        self._spawn(child)
        while child.running():
            self.look()
            if self.stopping.wait(0.05) and child.process:
                processes.end([processes.record(child.process.pid)], child.ending, 2.0)
                return 1
        return child.process.returncode if child.process else 1

    def look(self) -> None:
        """Start again whoever ended, each time after a longer pause; long steady running forgives."""
        now = time.monotonic()
        for child in self.children:
            if child.running() or self.stopping.is_set():
                continue
            if child.process is not None:
                code, session, child.process = child.process.returncode, child.process.pid, None
                if not child.heirs:
                    processes.end([e for e in self._sessions if e.pid == session], signal.SIGTERM, 1.0)
                child.failures = 1 if now - child.since > STEADY else child.failures + 1
                pause = min(0.25 * 2 ** (child.failures - 1), LONGEST_PAUSE)
                child.again_at = now + pause
                self.say(f"ended ({_reason(code)}), starting again in {pause:g} s", child.name)
            if now >= child.again_at:
                self._spawn(child)

    def watch(self, still_wanted: Callable[[], bool] = lambda: True) -> None:
        """Look after the children until somebody asks for the end."""
        while not self.stopping.wait(0.2):
            if not still_wanted():
                self.stopping.set()
            self.look()

    @property
    def asked(self) -> bool:
        """Whether somebody asked for the end."""
        return self.stopping.is_set()

    def stop(self, stages: Iterable[Iterable[str]], patience: float = 4.0) -> None:
        """End everything, stage by stage (names of children), within twice the patience for two stages."""
        self.stopping.set()
        self.home.say("ending")
        for stage in stages:
            names = set(stage)
            for child in self.children:
                if child.name in names and child.process and child.running():
                    child.process.send_signal(child.ending)
            self._end([child for child in self.children if child.name in names], patience)
        processes.end([entry for entry in self._sessions if processes.members(entry.pid)], signal.SIGKILL, 0.5)
        self.home.forget_all()

    def say(self, line: str, name: str = "casework") -> None:
        with self._writing:
            try:
                sys.stdout.write(f"{name:<{self._labels}} | {line}\n")
                sys.stdout.flush()
            except (OSError, ValueError):
                # nobody reads any more: that is no reason to end
                return

    def announce(self, line: str) -> None:
        """Write a line for the person, without a label."""
        with self._writing:
            try:
                print(line, flush=True)
            except (OSError, ValueError):
                return

    def _spawn(self, child: Child) -> None:
        child.process = subprocess.Popen(
            child.command, cwd=child.cwd, env=dict(child.env), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True, **child.account,
        )  # fmt: skip
        child.since = time.monotonic()
        entry = processes.record(child.process.pid)
        self._sessions.append(entry)
        self.home.remember(child.name, entry)
        assert child.process.stdout is not None
        threading.Thread(target=self._copy, args=(child, child.process.stdout), daemon=True).start()

    def _copy(self, child: Child, stream: IO[bytes]) -> None:
        with stream:
            for raw in stream:
                line = raw.decode(errors="replace").rstrip()
                if not child.muted or child.muted not in line:
                    self.say(line, child.name)

    def _end(self, children: list[Child], patience: float) -> None:
        deadline = time.monotonic() + patience
        while any(child.running() for child in children) and time.monotonic() < deadline:
            time.sleep(0.02)
        late = [child for child in children if child.running()]
        for child in late:
            self.say("did not end in time and was killed", child.name)
        processes.end([processes.record(c.process.pid) for c in late if c.process], signal.SIGKILL, 0.5)
        for child in late:
            if child.process:
                child.process.wait()


def _reason(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
