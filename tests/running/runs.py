"""A run of `casework up` for tests: in a home of its own, on a port of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import config
from casework.running import processes
from casework.running.environment import for_any_program, free_port

START = 60.0


class Run:
    """One `casework up`. Ends whatever is left of it when the test is over."""

    def __init__(self, home: Path, *options: str, **env: str) -> None:
        self.home = home
        self.port = int(env.get("PORT", 0)) or free_port()
        # whether what runs in the home is this run's
        self.ours = True
        self.log = home.parent / f"{home.name}-{self.port}.log"
        self.env = environment(home) | env | {"PORT": str(self.port)}
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "casework", "up", *options],
                cwd=config.ROOT,
                env=self.env,
                stdout=log,
                stderr=log,
            )

    def ready(self) -> Run:
        deadline = time.monotonic() + START
        while f"Casework is ready at http://127.0.0.1:{self.port}" not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.05)
        return self

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def refused(self) -> str:
        """Wait for a start that must not succeed; return what it said."""
        assert self.process.wait(START) == 1, self.said()
        self.ours = False
        return self.said()

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/live", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def pids(self) -> dict[str, int]:
        """The running parts, by name."""
        found = [(path.name.rpartition("-")[0], processes.read(path)) for path in (self.home / "run").glob("*-*")]
        return {name: entry.pid for name, entry in found if entry and entry.alive()}

    def announced(self) -> dict[str, str]:
        return dict(json.loads((self.home / "running.json").read_text())["env"])

    def command(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Another command, as from a second terminal."""
        return subprocess.run(
            [sys.executable, "-m", "casework", *arguments],
            cwd=config.ROOT, env=self.env | env, capture_output=True, text=True, timeout=START,
        )  # fmt: skip

    def stop(self, how: int = signal.SIGTERM) -> float:
        """Ask it to end, and return the seconds that it took."""
        begun = time.monotonic()
        self.process.send_signal(how)
        self.process.wait(15)
        return time.monotonic() - begun

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def clear(self) -> None:
        """End what is left, whatever happened."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(12)
            except subprocess.TimeoutExpired:
                self.kill()
        left = [processes.read(path) for path in (self.home / "run").glob("*-*")] if self.ours else []
        processes.end([entry for entry in left if entry], signal.SIGINT, 1.0)


def environment(home: Path) -> dict[str, str]:
    """What a run is given: nothing of this process's own settings."""
    return for_any_program(os.environ) | {"CASEWORK_HOME": str(home), "PORT": "0", "CASEWORK_DEMO_CASES": "0"}


def until(true: Callable[[], object], patience: float = 40.0) -> None:
    """Wait until a function returns something true."""
    deadline = time.monotonic() + patience
    while not true():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.05)
