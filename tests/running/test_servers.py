"""The embedded PostgreSQL and Valkey: what they survive, and where they may lie."""

from __future__ import annotations

import os
import shutil
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from casework.running import postgres, processes
from casework.running.home import Refused
from casework.running.postgres import APP, OWNER, EmbeddedPostgres
from casework.running.valkey import Valkey


@pytest.fixture
def servers() -> Iterator[list[EmbeddedPostgres | Valkey]]:
    """What is put in here is stopped in the end."""
    started: list[EmbeddedPostgres | Valkey] = []
    yield started
    for server in started:
        server.stop()


def test_the_application_owns_nothing(servers: list[object], folder: Path) -> None:
    database = EmbeddedPostgres(folder, durable=False).start()
    servers.append(database)
    with psycopg.connect(database.url(role=OWNER)) as owner:
        owner.execute("CREATE TABLE t (a text)")
    with psycopg.connect(database.url(role=APP)) as app:
        for forbidden in ("SELECT * FROM t", "CREATE TABLE u (a int)", "CREATE TEMPORARY TABLE v (a int)"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(forbidden)
            app.rollback()
        row = app.execute("SELECT 'ü' < 'z', show_trgm('العربية') <> '{}', show_trgm('东京') <> '{}'").fetchone()
        assert row == (False, True, True)
    assert "listen_addresses=" in database.command, "nobody listens on TCP"

    database.create_database("copy", template="casework")
    with psycopg.connect(database.url("copy", OWNER)) as owner:
        assert owner.execute("SELECT count(*) FROM t").fetchone() == (0,)
    database.drop_database("copy")


def test_a_killed_database_starts_again_with_what_was_committed(servers: list[object], folder: Path) -> None:
    first = EmbeddedPostgres(folder)
    servers.append(first.start())
    with psycopg.connect(first.url(role=OWNER)) as owner:
        owner.execute("CREATE TABLE t AS SELECT 42 AS answer")
    assert first.pid
    os.kill(first.pid, signal.SIGKILL)

    second = EmbeddedPostgres(folder).start()
    servers.append(second)
    with psycopg.connect(second.url(role=OWNER)) as owner:
        assert owner.execute("SELECT answer FROM t").fetchone() == (42,)


def test_a_database_that_still_runs_or_only_seems_to_is_no_hindrance(servers: list[object], folder: Path) -> None:
    forgotten = EmbeddedPostgres(folder, durable=False).start()
    servers.append(forgotten)
    pid = forgotten.pid
    database = EmbeddedPostgres(folder, durable=False).start()
    assert pid and not processes.started(pid)
    database.stop()

    # after a reboot the number in the mark belongs to another program: here, to this one
    (folder / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{folder}\n1\n5432\n")
    servers.append(EmbeddedPostgres(folder, durable=False).start())


def test_a_folder_that_the_account_cannot_use_is_left_for_another_and_told(
    servers: list[object], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # as root: a closed parent, for the data and for the programs; for anybody: a path beyond PostgreSQL's own limit
    closed = folder / "closed"
    home = closed.joinpath(*["a folder with a name of sixty characters, which is quite long"] * 14)
    home.mkdir(parents=True)
    closed.chmod(0o700)
    package = postgres._wheel()
    assert package
    shutil.copytree(package, closed / package.name)
    shutil.copytree(package.with_name(package.name + ".libs"), closed / (package.name + ".libs"))
    monkeypatch.setattr(
        postgres, "_wheel", lambda: package if not (closed / package.name).exists() else closed / package.name
    )
    monkeypatch.setattr("casework.running.servant.BASES", {"root": folder / "lib", "user": folder / "share"})

    told: list[str] = []
    database = EmbeddedPostgres(home, durable=False, say=told.append).start()
    assert len(told) == 1 and str(database.data) in told[0]
    assert closed not in database.data.parents
    if os.geteuid() == 0:
        assert closed not in database.programs.parents
    with psycopg.connect(database.url(role=OWNER)) as owner:
        owner.execute("CREATE TABLE t (a int)")
    database.stop()

    again = EmbeddedPostgres(home, durable=False, say=told.append).start()
    with psycopg.connect(again.url(role=OWNER)) as owner:
        assert owner.execute("SELECT count(*) FROM t").fetchone() == (0,)
    again.stop()

    # who deletes the home wants to begin anew
    shutil.rmtree(closed)
    home.mkdir(parents=True)
    closed.chmod(0o700)
    anew = EmbeddedPostgres(home, durable=False, say=told.append).start()
    servers.append(anew)
    with psycopg.connect(anew.url(role=OWNER)) as owner:
        assert owner.execute("SELECT to_regclass('t')").fetchone() == (None,)


def test_without_any_postgres_the_sentence_says_what_to_do(folder: Path) -> None:
    with pytest.raises(Refused, match="install one, or set DATABASE_URL"):
        EmbeddedPostgres(folder, programs=folder / "nowhere").start()


def test_what_valkey_was_told_survives_a_kill(servers: list[object], folder: Path) -> None:
    first = Valkey(folder / "with space").start()
    servers.append(first)
    client = redis.Redis.from_url(first.url)
    client.set("a", "b")
    # written to the file with every second's sync; a kill of the process alone loses not even that
    assert first.pid
    os.kill(first.pid, signal.SIGKILL)
    client.close()

    second = Valkey(folder / "with space").start()
    servers.append(second)
    with redis.Redis.from_url(second.url) as client:
        assert client.get("a") == b"b"
    assert second.socket.parent.stat().st_mode & 0o777 == 0o700
    with socket.socket(socket.AF_UNIX) as probe:
        probe.connect(str(second.socket))
