"""`casework up` from outside, as somebody meets it who runs it."""

from __future__ import annotations

import os
import signal
import smtplib
import subprocess
import sys
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import psycopg
import pytest

import config
from casework.running import processes
from tests.running.runs import Run, environment, until

pytestmark = pytest.mark.faults
Start = Callable[..., Run]

SECRET_WORDS = ("SECRET", "_KEY", "PASSWORD", "DATABASE", "SMTP", "REDIS")


def test_two_run_beside_each_other_and_a_killed_one_starts_again_with_its_data(start: Start, folder: Path) -> None:
    # spaces, a path that is too long for a socket, and as root parents that the database's account cannot enter
    closed = folder / "closed"
    awkward = closed / "with spaces & 'quotes'" / ("a very long folder name " * 8).strip() / "home"
    awkward.parent.mkdir(parents=True)
    closed.chmod(0o700)
    one, other = start(awkward), start(folder / "plain")
    one.ready(), other.ready()
    assert one.answers() and other.answers()
    assert "coordinator" in one.said() and "@demo.example with the password" in one.said()
    leave_a_trace(one)
    assert not find_trace(other)

    leftovers, sockets = one.pids(), one.announced()["REDIS_URL"].removeprefix("unix://").rpartition("/")[0]
    assert set(leftovers) == {"postgres", "valkey", "catcher", "web", "worker", "ticker"}
    one.kill()
    assert all(processes.started(pid) for pid in leftovers.values())
    assert other.stop(signal.SIGTERM) < 10

    again = start(awkward, PORT=str(one.port)).ready()
    assert "ended what an earlier run left behind" in again.said()
    assert not any(processes.started(pid) for pid in leftovers.values())
    assert not Path(sockets).exists()
    assert find_trace(again)

    pids = again.pids()
    assert again.stop(signal.SIGINT) < 10
    assert again.process.returncode == other.process.returncode == 0
    assert not any(processes.members(pid) for pid in pids.values())


def test_while_it_runs(start: Start, folder: Path) -> None:
    # somebody's own PostgreSQL settings do not matter
    run = start(folder / "home", PGPORT="1", PGDATABASE="theirs", PGUSER="them").ready()
    no_part_knows_more_than_it_needs(run)
    the_catcher_keeps_each_message_as_a_file(run)
    a_second_terminal_finds_it_and_a_second_run_is_told_of_it(run, start, folder)
    a_part_that_dies_is_started_again(run)


def test_it_ends_with_whoever_started_it(folder: Path) -> None:
    code = "import subprocess, sys; subprocess.run([sys.executable, '-m', 'casework', 'up', '--with-parent'])"
    parent = subprocess.Popen(
        [sys.executable, "-c", code], cwd=config.ROOT, env=environment(folder / "home"),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    until(lambda: list(folder.glob("home/run/postgres-*")))
    parent.kill()
    parent.wait()
    until(lambda: not list(folder.glob("home/run/*")))


def no_part_knows_more_than_it_needs(run: Run) -> None:
    pids = run.pids()
    for name in ("postgres", "valkey", "catcher"):
        assert not [key for key in environment_of(pids[name]) if any(word in key for word in SECRET_WORDS)], name
    web, worker = environment_of(pids["web"]), environment_of(pids["worker"])
    assert "SECRET_KEY" in web
    assert not {"REDIS_URL", "SMTP_URL", "DATABASE_OWNER_URL", "CASEWORK_DEMO_PASSWORD"} & set(web)
    assert not {"SECRET_KEY", "DATABASE_OWNER_URL", "CASEWORK_DEMO_PASSWORD"} & set(worker)
    assert (run.home / "secrets.env").stat().st_mode & 0o777 == 0o600
    assert (run.home / "running.json").stat().st_mode & 0o777 == 0o600


def the_catcher_keeps_each_message_as_a_file(run: Run) -> None:
    message = EmailMessage()
    message["Subject"] = "Zażółć"
    message.set_content("gęślą jaźń")
    port = int(run.announced()["SMTP_URL"].rpartition(":")[2])
    with smtplib.SMTP("127.0.0.1", port) as server:
        for number in range(3):
            server.send_message(message, "from@demo.example", [f"to{number}@demo.example"])
    kept = [path.read_text() for path in sorted((run.home / "mail").glob("*.eml"))]
    ours = [content for content in kept if "X-Envelope-From: from@demo.example" in content]
    assert ["to0" in ours[0], "to1" in ours[1], "to2" in ours[2]] == [True, True, True]


def a_second_terminal_finds_it_and_a_second_run_is_told_of_it(run: Run, start: Start, folder: Path) -> None:
    seen = run.command("doctor")
    assert "cannot be reached" not in seen.stdout and "Traceback" not in seen.stderr, seen
    assert f"already running with this folder (process {run.process.pid})" in start(run.home).refused()
    assert "Set PORT to another" in start(folder / "third", PORT=str(run.port)).refused()


def a_part_that_dies_is_started_again(run: Run) -> None:
    leave_a_trace(run)
    before = run.pids()
    for name in ("web", "worker", "valkey", "postgres"):
        os.kill(before[name], signal.SIGKILL)
    until(lambda: set(run.pids()) == set(before) and not set(run.pids().values()) & {before["web"], before["postgres"]})
    until(run.answers)
    until(lambda: find_trace(run))


def leave_a_trace(run: Run) -> None:
    with psycopg.connect(run.announced()["DATABASE_OWNER_URL"]) as connection:
        connection.execute("CREATE TABLE trace (id int)")


def find_trace(run: Run) -> bool:
    try:
        with psycopg.connect(run.announced()["DATABASE_OWNER_URL"]) as connection:
            row = connection.execute("SELECT to_regclass('trace') IS NOT NULL").fetchone()
    except psycopg.OperationalError:
        return False
    return bool(row and row[0])


def environment_of(pid: int) -> dict[str, str]:
    raw = Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace")
    return dict(entry.split("=", 1) for entry in raw.split("\0") if "=" in entry)
