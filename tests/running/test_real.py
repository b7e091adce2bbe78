"""`casework up` with servers of one's own: nothing embedded, nothing made up, and a mark that stays."""

from __future__ import annotations

import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from casework.running import mark
from casework.running.postgres import OWNER, EmbeddedPostgres
from casework.running.valkey import Valkey
from tests.running.runs import Run

pytestmark = pytest.mark.faults
Start = Callable[..., Run]

KEYS = ("SECRET_KEY", "CASEWORK_LINK_KEY", "CASEWORK_CODE_KEY", "CASEWORK_HISTORY_KEY", "CASEWORK_INDEX_KEY")


@pytest.fixture(scope="module")
def real(shared_folder: Path) -> Iterator[dict[str, str]]:
    """The environment of a deployment, on servers that `casework up` did not start."""
    folder = shared_folder
    database = EmbeddedPostgres(folder / "db", durable=False).start()
    queue = Valkey(folder / "queue").start()
    with socket.create_server(("127.0.0.1", 0)) as relay:
        threading.Thread(target=greet, args=[relay], daemon=True).start()
        yield {
            "DATABASE_URL": database.url(),
            "DATABASE_OWNER_URL": database.url(role=OWNER),
            "REDIS_URL": queue.url,
            "SMTP_URL": f"smtp://127.0.0.1:{relay.getsockname()[1]}",
            "MAIL_FROM": "casework@force.example",
            "PUBLIC_URL": "https://casework.force.example",
            "FORCE_NAME": "Force",
            "CASEWORK_DATA_KEYS": f"k1:{secrets.token_urlsafe(32)}",
        } | {name: secrets.token_urlsafe(32) for name in KEYS}
    queue.stop()
    database.stop()


def greet(relay: socket.socket) -> None:
    """A relay that says no more than hello and goodbye."""
    while True:
        try:
            client, _ = relay.accept()
            client.sendall(b"220 here\r\n")
            client.close()
        except OSError:
            return


def test_a_missing_secret_stops_the_start_and_is_named(real: dict[str, str], start: Start, folder: Path) -> None:
    for missing in ("CASEWORK_LINK_KEY", "CASEWORK_DATA_KEYS", "SMTP_URL"):
        run = start(folder / missing, **{name: value for name, value in real.items() if name != missing})
        said = run.refused()
        assert f"{missing} is not set" in said
        assert "Traceback" not in said
    with psycopg.connect(real["DATABASE_OWNER_URL"]) as connection:
        tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert tables == (0,)


def test_with_real_servers_nothing_is_embedded_and_nothing_made_up(
    real: dict[str, str], start: Start, folder: Path
) -> None:
    run = start(folder / "home", **real).ready()
    assert set(run.pids()) == {"web", "worker", "ticker"}
    assert "demo.example" not in run.said()
    assert not (folder / "home" / "secrets.env").exists()
    assert mark.kind(real["DATABASE_URL"]) == mark.REAL
    with psycopg.connect(real["DATABASE_OWNER_URL"]) as connection:
        for table in ("cases", "accounts"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    seen = run.command("doctor")
    assert "the history" not in seen.stdout, "the application's role may not alter the history"
    assert run.stop() < 10

    with psycopg.connect(real["DATABASE_OWNER_URL"]) as connection:
        connection.execute("GRANT UPDATE ON events TO casework_app")
    seen = run.command("doctor")
    assert seen.returncode == 1 and "may UPDATE the history" in seen.stdout

    # for ever: neither the program nor a single command takes it for a demonstration
    refused = start(folder / "home", **real, CASEWORK_DEMO="1").refused()
    assert "marked as real, for ever" in refused
    assert "marked as real, for ever" in run.command("migrate", CASEWORK_DEMO="1").stderr
    assert "Only a demonstration" in run.command("demo").stderr


def test_a_demonstration_stays_one(real: dict[str, str], folder: Path) -> None:
    database = EmbeddedPostgres(folder, durable=False).start()
    with psycopg.connect(database.url(role=OWNER)) as connection:
        connection.execute("CREATE TABLE installation (id int PRIMARY KEY, kind text, marked_at timestamptz)")
    mark.mark(database.url(role=OWNER), mark.DEMO)
    with pytest.raises(mark.Refused, match="marked as a demonstration, for ever"):
        mark.mark(database.url(role=OWNER), mark.REAL)
    assert mark.kind(database.url(role=OWNER)) == mark.DEMO
    database.stop()
