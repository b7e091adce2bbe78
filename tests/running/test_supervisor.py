"""The supervisor and the home folder, with programs of a line instead of ours."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from casework.running import processes
from casework.running.home import Home, Refused
from casework.running.supervisor import Child, Supervisor
from tests.running.runs import until


@pytest.fixture
def home(folder: Path) -> Home:
    return Home(folder / "home").make()


def program(name: str, code: str, heirs: bool = False, muted: str = "") -> Child:
    env = {"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1"}
    return Child(name, [sys.executable, "-c", code], env, Path("/"), heirs=heirs, muted=muted)


def test_each_line_says_whose_it_is(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    supervisor = Supervisor(home)
    child = program("one", "print('hello'); print('noise of old'); print('w\\xf6rld')", muted="noise")
    assert supervisor.run(child) == 0
    until(lambda: "wörld" in capsys.readouterr().out or None)
    assert supervisor.run(program("two", "raise SystemExit(3)")) == 3


def test_who_ends_by_himself_is_started_again_after_growing_pauses(home: Home) -> None:
    supervisor = Supervisor(home)
    child = supervisor.start(program("short", "raise SystemExit(1)"))
    starts = []
    deadline = time.monotonic() + 20
    while len(starts) < 4 and time.monotonic() < deadline:
        supervisor.look()
        if child.process and child.process.pid not in starts:
            starts.append(child.process.pid)
        time.sleep(0.01)
    assert child.failures in (3, 4), "the fourth may have ended by now"
    assert child.again_at - child.since < 1.5
    supervisor.stop([["short"]])


def test_the_end_reaches_children_of_children_and_those_who_do_not_listen(home: Home) -> None:
    # one ignores the request, and has a child in a process group of its own, as a work-horse is
    deaf = (
        "import os, signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "if os.fork() == 0: os.setpgrp()\n"
        "print('up', flush=True); time.sleep(600)"
    )
    supervisor = Supervisor(home)
    child = supervisor.start(program("deaf", deaf))
    assert child.process
    session = child.process.pid
    until(lambda: len(processes.members(session)) == 2)
    begun = time.monotonic()
    supervisor.stop([["deaf"]], patience=0.5)
    assert time.monotonic() - begun < 3
    assert not processes.members(session)
    assert not list(home.run.glob("*"))


def test_what_a_dead_one_leaves_is_ended_unless_it_may_finish(home: Home) -> None:
    parent = "import os, time\nif os.fork() == 0: os.setpgrp()\ntime.sleep(600)"
    supervisor = Supervisor(home)
    web, worker = program("web", parent), program("worker", parent, heirs=True)
    for child in (web, worker):
        supervisor.start(child)
        assert child.process
    sessions = {child.name: child.process.pid for child in (web, worker) if child.process}
    for pid in sessions.values():
        until(lambda pid=pid: len(processes.members(pid)) == 2)
        os.kill(pid, signal.SIGKILL)
    until(lambda: supervisor.look() or (web.running() and web.process and web.process.pid != sessions["web"]))
    assert not processes.members(sessions["web"])
    assert len(processes.members(sessions["worker"])) == 1
    supervisor.stop([["web", "worker"]])
    assert not processes.members(sessions["worker"])


def test_only_recorded_processes_are_ended_never_a_number_that_was_given_again(home: Home) -> None:
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    processes.write(home.run / f"web-{stranger.pid}", processes.Record(stranger.pid, "another-boot:1"))
    home.lock()
    assert home.end_leftovers() == []
    assert stranger.poll() is None

    processes.write(home.run / f"web-{stranger.pid}", processes.record(stranger.pid))
    assert home.end_leftovers() == ["web"]
    assert stranger.wait(5) == -signal.SIGTERM
    home.release()


def test_two_do_not_use_one_folder_but_one_waits_for_the_others_end(home: Home) -> None:
    home.lock()
    with pytest.raises(Refused, match=f"already running with this folder .process {os.getpid()}."):
        Home(home.folder).lock(patience=0.1)
    home.say("ending")
    threading.Timer(0.5, home.release).start()
    second = Home(home.folder)
    second.lock(patience=0.1)
    second.release()


def test_the_demonstrations_secrets_are_made_once_and_closed_to_others(home: Home) -> None:
    made = home.secrets()
    path = home.folder / "secrets.env"
    path.chmod(0o644)
    assert home.secrets() == made and len(set(made.values())) == len(made) == 7
    assert path.stat().st_mode & 0o777 == 0o600
    assert home.run.stat().st_mode & 0o077 == 0 and home.mail.stat().st_mode & 0o077 == 0
