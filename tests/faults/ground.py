"""Servers of our own that may be killed, wiped and restarted, and worker and ticker as real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from casework.running import migrations
from casework.running.postgres import EmbeddedPostgres
from casework.running.valkey import Valkey
from tests.servers import SECRETS
from tests.sinks import Sink

ROOT = Path(__file__).resolve().parents[2]


class Ground:
    """PostgreSQL, Valkey and a relay for one module of tests, with what runs against them."""

    def __init__(self, folder: Path, sink: Sink) -> None:
        self.folder, self.sink = folder, sink
        self.postgres = EmbeddedPostgres(folder / "postgres", say=lambda line: None).start()
        self.postgres.create_database("faults")
        self.owner_url = self.postgres.url("faults", "casework_owner")
        self.url = self.postgres.url("faults", "casework_app")
        migrations.upgrade(self.owner_url, self.url)
        self.valkey = Valkey(folder / "valkey").start()
        self.processes: list[subprocess.Popen[bytes]] = []
        self._program: Any = None

    def stop(self) -> None:
        self.end()
        if self._program is not None:
            self._dispose()
        self.valkey.stop()
        self.postgres.stop()

    @property
    def env(self) -> dict[str, str]:
        """The environment of worker and ticker: a lease of 2 seconds, a time-out of 1."""
        return {
            **SECRETS,
            "DATABASE_URL": self.url,
            "REDIS_URL": self.valkey.url,
            "SMTP_URL": self.sink.url,
            "MAIL_FROM": "Casework <casework@force.example>",
            "PUBLIC_URL": "http://localhost",
            "FORCE_NAME": "Thamesmere Police",
            "CASEWORK_HOME": str(self.folder / "home"),
            "LEASE_SECONDS": "2",
            "SMTP_TIMEOUT": "1",
            "DRAINS": "4",
            "LOG_LEVEL": "WARNING",
        }

    @contextmanager
    def program(self) -> Iterator[None]:
        """The program, to submit and look things up with."""
        import config
        from workers import program

        if self._program is None:
            self._program = program.make(config.WORKER, config.load(self.env))
        with self._program.app_context():
            yield

    def fresh(self) -> None:
        """Empty everything, and make the house."""
        from casework.extensions import db
        from tests import factories
        from tests.conftest import empty

        empty(self.postgres.url("faults", "postgres"))
        self.redis().flushall()
        self.sink.be()
        self.sink.received.clear()
        self.sink.refused.clear()
        with self.program():
            factories.house()
            db.session.commit()

    def redis(self) -> Any:
        from workers import queues

        return queues.connect(self.valkey.url)

    def start(self, what: str, **more: str) -> subprocess.Popen[bytes]:
        """Start a worker or a ticker as a process of its own, with `more` in its environment."""
        env = {"PATH": os.environ.get("PATH", os.defpath), "PYTHONPATH": str(ROOT), **self.env, **more}
        with open(self.folder / f"{what}.log", "ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-c", f"from workers import {what}; {what}.main()"],
                env=env, cwd=ROOT, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self.processes.append(process)
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """kill -9, as nobody can prepare for."""
        process.send_signal(signal.SIGKILL)
        process.wait()
        self.processes.remove(process)

    def end(self) -> None:
        """End what still runs."""
        for process in self.processes:
            process.send_signal(signal.SIGCONT)
            process.send_signal(signal.SIGKILL)
        for process in self.processes:
            process.wait()
        self.processes.clear()

    def restart_postgres(self, number: int) -> None:
        """Stop the server with a signal (SIGINT: fast, SIGQUIT: as in a crash) and start it again."""
        server = self.postgres
        assert server._process is not None
        server._process.send_signal(number)
        server._process.wait()
        deadline = time.monotonic() + 20
        while True:
            with open(self.folder / "postgres.log", "ab") as log:
                server._process = subprocess.Popen(
                    server.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", env=server.environment,
                    start_new_session=True, **server.servant.options,
                )  # fmt: skip
            if server.wait(partial(_runs, server._process)):
                return
            assert time.monotonic() < deadline, "PostgreSQL did not come back"
            time.sleep(0.2)

    def restart_valkey(self, wipe: bool) -> None:
        """kill -9, and start again, with or without what it remembered."""
        assert self.valkey.pid is not None and self.valkey._process is not None
        self.valkey._process.kill()
        self.valkey._process.wait()
        if wipe:
            for path in self.valkey.data.rglob("*"):
                if path.is_file() and path.name != "pid":
                    path.unlink()
        with open(self.folder / "valkey.log", "ab") as log:
            self.valkey._process = subprocess.Popen(
                self.valkey.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.valkey.data,
                env=self.valkey.environment, start_new_session=True,
            )  # fmt: skip
        assert self.valkey.wait(partial(_runs, self.valkey._process))

    def submit(self, count: int, first: int = 0, pause: float = 0.0) -> list[str]:
        """Submit applications, each by somebody else; returns the addresses. What the database lost is sent again."""
        addresses = []
        with self.program():
            for number in range(first, first + count):
                address = f"person{number}@example.org"
                self._submit(address)
                addresses.append(address)
                time.sleep(pause)
        return addresses

    def crowd(self, count: int) -> None:
        """In place of the house: one in which so many people have applied, to whom nothing is owed."""
        from casework.extensions import db
        from casework.moments import now
        from tests.bench import generate
        from tests.conftest import empty
        from workers import periodic

        empty(self.postgres.url("faults", "postgres"))
        with self.program():
            db.session.info.clear()
            generate.house(staff=48)
            generate.generate(count, self.owner_url)
            db.session.info.clear()
        # Nor does time take anything meanwhile, of which somebody would be told; and the day's mail to staff has gone.
        self.run("update cases set clock_on = null")
        for each in periodic.PERIODIC:
            if each.name not in periodic.MINUTELY:
                due = each.last_due(now())
                self.run(
                    f"insert into ticks (name, due_at, done_at) values ('{each.name}', '{due.isoformat()}', now())"
                )

    def owe_all(self, name: str, rank: int, due: str = "now()") -> None:
        """Owe this message to everybody, because they applied; `due` is SQL."""
        self.run(
            f"""insert into outbox (name, stream_id, event_number, kind, part, channel, rank, recheck, due_at, created_at,
                    attempts, faults, ambiguous, why)
                select '{name}', c.stream_id, 1, 'message', 'party:' || p.id, 'email', {rank}, false, {due}, now(), 0, 0, 0, ''
                from parties p join cases c on c.id = p.case_id"""
        )

    def multiply(self, names: Sequence[str]) -> None:
        """Owe everybody these messages as well, because of the same event."""
        columns = "stream_id, event_number, kind, part, channel, rank, recheck, due_at, created_at, attempts, faults, ambiguous, why"
        values = ", ".join(f"('{name}')" for name in names)
        self.run(
            f"insert into outbox (name, {columns}) select n.name, {columns} from outbox, (values {values}) n (name)"
        )

    def _submit(self, address: str) -> None:
        from sqlalchemy.exc import DBAPIError

        from casework.extensions import db
        from casework.parties.models import Party
        from tests import factories

        deadline = time.monotonic() + 20
        while True:
            try:
                # As the form does with its key: what was accepted is not accepted again.
                if db.session.query(Party.id).filter_by(email=address).first() is None:
                    factories.ride(email=address, name=f"Person {address.partition('@')[0]}", born_on=None)
                    db.session.commit()
                return
            except DBAPIError:
                db.session.rollback()
                assert time.monotonic() < deadline
                time.sleep(0.1)
            finally:
                db.session.rollback()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the database, past the program."""
        with psycopg.connect(self.postgres.url("faults", "postgres")) as connection:
            return connection.execute(query).fetchall()

    def run(self, statement: str) -> None:
        """Change the database, past the program."""
        with psycopg.connect(self.postgres.url("faults", "postgres")) as connection:
            connection.execute(statement)

    def open_rows(self) -> int:
        return int(self.rows("select count(*) from outbox where closed_at is null")[0][0])

    def until(self, done: Callable[[], bool], patience: float = 30.0) -> None:
        """Wait until something holds; the test fails with the end of the logs if it does not."""
        deadline = time.monotonic() + patience
        while not done():
            assert time.monotonic() < deadline, self.last_words()
            time.sleep(0.05)

    def last_words(self) -> str:
        logs = [path.read_text(errors="replace")[-1500:] for path in sorted(self.folder.glob("*r.log"))]
        columns = "id, attempts, faults, ambiguous, sending_at, lease_until, why"
        rows = self.rows(f"select {columns} from outbox where done_at is null limit 5")
        return "\n".join([*map(str, rows), *logs])

    def drained(self, patience: float = 30.0) -> None:
        """Wait until nothing is owed."""
        self.until(lambda: self.open_rows() == 0, patience)

    def check(self, addresses: list[str], crashes: int, each: int = 1) -> None:
        """Every application exactly once, every message at least once, repeats only by crashes and the same message."""
        cases = Counter(email for (email,) in self.rows("select email from parties"))
        assert cases == Counter(addresses), "applications lost or doubled"
        counts = self.sink.counts()
        by_person = Counter(recipient for recipient, _, _ in counts)
        assert set(by_person) == set(addresses), "messages lost"
        assert set(by_person.values()) == {each}, "messages lost, or repeated under another Message-ID"
        assert self.sink.repeats() <= crashes, (self.sink.repeats(), crashes)
        assert self.rows("select count(*) from outbox where done_at is null") == [(0,)]
        assert self.rows("select count(*) from sent")[0][0] == len(addresses) * each

    def _dispose(self) -> None:
        from casework.extensions import db
        from workers import connection

        with self._program.app_context():
            db.session.remove()
            db.engine.dispose()
            connection.dispose()


def _runs(process: subprocess.Popen[bytes]) -> bool:
    return process.poll() is None
