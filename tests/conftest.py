"""Real PostgreSQL, Valkey and SMTP for every test: servers once a session, a database of its own per worker.

Under xdist the first worker starts the servers and the last one ends them. A test finds a migrated, empty database.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session", autouse=True)
def nothing_left(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """As root, servers in pytest's closed folders keep their data elsewhere: it goes when the session ends."""
    yield
    from tests.servers import clear_away

    clear_away(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the project; tests that read it are skipped where it is absent."""
    if not (SHARED / "data").is_dir():
        pytest.skip("the shared data folder is not beside the project")
    return SHARED / "data"


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The addresses of the session's servers: `admin_url`, `socket`, `redis_url`."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    folder = Path(tempfile.gettempdir()) / f"casework-tests-{run}"
    folder.mkdir(mode=0o755, exist_ok=True)
    with _locked(folder):
        facts = folder / "servers.json"
        state = json.loads(facts.read_text()) if facts.exists() else _start_servers(folder)
        state["users"] = int(state.get("users", 0)) + 1
        facts.write_text(json.dumps(state))
    yield state
    with _locked(folder):
        state = json.loads(facts.read_text())
        state["users"] -= 1
        facts.write_text(json.dumps(state))
        if state["users"] == 0:
            os.kill(state["holder"], signal.SIGTERM)
            _wait_for_end(state["holder"])
            shutil.rmtree(folder, ignore_errors=True)


def _start_servers(folder: Path) -> dict[str, Any]:
    """Start the servers in a process of their own, which outlives the worker that happened to be first."""
    ready = folder / "ready.json"
    command = [sys.executable, "-m", "tests.servers", str(folder)]
    holder = os.posix_spawn(sys.executable, command, os.environ | {"PYTHONPATH": str(ROOT)}, setsid=True)
    deadline = time.monotonic() + 60
    while not ready.exists():
        if os.waitpid(holder, os.WNOHANG)[0] or time.monotonic() > deadline:
            raise RuntimeError("the test servers did not start")
        time.sleep(0.02)
    return {**json.loads(ready.read_text()), "holder": holder}


def _wait_for_end(pid: int) -> None:
    from casework.running import processes

    for _ in range(500):
        # one whose parent has ended its own tests already stays a zombie
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
        if not processes.started(pid):
            return
        time.sleep(0.02)


class _locked:
    """Only one worker at a time."""

    def __init__(self, folder: Path) -> None:
        self._path = folder.with_suffix(".lock")

    def __enter__(self) -> None:
        self._file = open(self._path, "w")
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        fcntl.flock(self._file, fcntl.LOCK_UN)
        self._file.close()


@pytest.fixture(scope="session")
def worker(request: pytest.FixtureRequest) -> str:
    """The name of this test worker."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture(scope="session")
def database(servers: dict[str, Any], worker: str) -> Iterator[dict[str, str]]:
    """A migrated database for this worker: `url` as the application, `owner_url` as the owner."""
    from tests import servers as held

    name = f"casework_{worker}"
    held.make_database(servers["admin_url"], name)
    yield {
        "name": name,
        "url": held.url(servers["socket"], name, "casework_app"),
        "owner_url": held.url(servers["socket"], name, "casework_owner"),
        "admin_url": held.url(servers["socket"], name, "postgres"),
    }


@pytest.fixture(scope="session")
def settings(
    database: dict[str, str], servers: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """The environment of a program under test."""
    from tests.servers import SECRETS

    return {
        **SECRETS,
        "DATABASE_URL": database["url"],
        "DATABASE_OWNER_URL": database["owner_url"],
        "REDIS_URL": servers["redis_url"],
        "SMTP_URL": "smtp://127.0.0.1:1",
        "MAIL_FROM": "Casework <casework@force.example>",
        "PUBLIC_URL": "http://localhost",
        "FORCE_NAME": "Thamesmere Police",
        "CASEWORK_HOME": str(tmp_path_factory.mktemp("home")),
        "CASEWORK_DEMO": "0",
    }


@pytest.fixture(scope="session", autouse=True)
def small_hashes() -> Iterator[tuple[Any, str]]:
    """People sign in some thousand times: with Argon2id as ever, over less memory. `tests/accounts` has the real one back.

    Gives what the program has itself.
    """
    from argon2 import PasswordHasher

    from casework.accounts import passwords

    real, dummy = passwords._hasher, passwords._DUMMY
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=256, parallelism=1, hash_len=32, salt_len=16)
    passwords._DUMMY = passwords._hasher.hash("the password of nobody at all")
    yield real, dummy
    passwords._hasher, passwords._DUMMY = real, dummy


@pytest.fixture(scope="session")
def program(settings: dict[str, str]) -> Iterator[Any]:
    """The program, made once per worker."""
    import config
    from casework import create_app
    from casework.extensions import db
    from workers import connection

    app = create_app(config.load(settings) | {"TESTING": True, "MAIL_SUPPRESS_SEND": False})
    yield app
    with app.app_context():
        db.engine.dispose()
        connection.dispose()


@pytest.fixture(scope="session")
def standing() -> House:
    """What every test finds in the database."""
    return House()


@pytest.fixture
def app(program: Any, database: dict[str, str], standing: House) -> Iterator[Any]:
    """The program on an empty database, with areas and a calendar; an application context is open."""
    from casework.extensions import db, limiter
    from tests import factories

    with psycopg.connect(database["admin_url"], autocommit=True) as connection:
        _empty(connection)
        stands = standing.stand_again(connection)
    limiter.reset()
    with program.app_context():
        if not stands:
            factories.house()
            db.session.commit()
            standing.remember(database["admin_url"])
        yield program
        db.session.rollback()
        db.session.remove()


# A table of so many bytes is truncated between tests.
GROWN = 1_000_000
_TABLES = """SELECT relname, pg_relation_size(oid) FROM pg_class
    WHERE relkind = 'r' AND relname <> 'alembic_version' AND relnamespace = 'public'::regnamespace"""


def empty(admin_url: str) -> None:
    """Take every row away but the schema's version. As superuser, without the triggers that protect history.

    Few rows are deleted, which is several times quicker than a hundred new files; what has grown is truncated.
    """
    with psycopg.connect(admin_url, autocommit=True) as connection:
        _empty(connection)


def _empty(connection: psycopg.Connection[Any]) -> None:
    connection.execute("SET session_replication_role = replica")
    tables = connection.execute(_TABLES).fetchall()
    full = _full(connection, [name for name, _ in tables])
    if not full:
        return
    if max(size for _, size in tables) > GROWN:
        connection.execute("TRUNCATE " + ", ".join(f'"{name}"' for name in full) + " RESTART IDENTITY CASCADE")
        return
    connection.execute("; ".join(f'DELETE FROM "{name}"' for name in full))
    connection.execute(
        "SELECT setval(format('%I', sequencename)::regclass, 1, false) FROM pg_sequences"
        " WHERE schemaname = 'public' AND last_value IS NOT NULL"
    )


def _full(connection: psycopg.Connection[Any], tables: list[str]) -> list[str]:
    """Those of the tables in which there are rows."""
    probe = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in tables)
    return [row[0] for row in connection.execute(probe)]


class House:
    """The rows of `factories.house`: made once by the program, then copied back, which is several times quicker."""

    def __init__(self) -> None:
        self._rows: dict[str, bytes] = {}
        self._sequences: list[tuple[str, int]] = []

    def remember(self, admin_url: str) -> None:
        """Keep what stands in the database now."""
        with psycopg.connect(admin_url, autocommit=True) as connection:
            for name in _full(connection, [name for name, _ in connection.execute(_TABLES)]):
                with connection.cursor().copy(f'COPY "{name}" TO STDOUT') as copy:
                    self._rows[name] = b"".join(copy)
            self._sequences = connection.execute(
                "SELECT sequencename::text, last_value FROM pg_sequences"
                " WHERE schemaname = 'public' AND last_value IS NOT NULL"
            ).fetchall()

    def stand_again(self, connection: psycopg.Connection[Any]) -> bool:
        """Put into an emptied database what was kept; whether anything was."""
        for name, rows in self._rows.items():
            with connection.cursor().copy(f'COPY "{name}" FROM STDIN') as copy:
                copy.write(rows)
        if self._sequences:
            moved = ", ".join(f"setval('{name}', {last})" for name, last in self._sequences)
            connection.execute(f"SELECT {moved}")
        return bool(self._rows)


@pytest.fixture
def client(app: Any) -> Any:
    """A browser without script. After each request the session is rolled back, so a missing commit shows."""
    from tests.browser import Browser

    return Browser(app)


@pytest.fixture
def cast(app: Any) -> Any:
    """The same people each time: see `tests.factories.Cast`."""
    from tests import factories

    return factories.Cast()


@pytest.fixture
def demo_mode(app: Any) -> Iterator[None]:
    """Pages as in a demonstration: no second factor is asked for."""
    app.config["CASEWORK_DEMO"] = True
    yield
    app.config["CASEWORK_DEMO"] = False
