"""What is measured: PostgreSQL (durable), Valkey, a relay, and for each size a database with a web server of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

import config
from casework.cli import web_server
from casework.running import environment, mark, migrations
from casework.running.postgres import EmbeddedPostgres
from casework.running.up import answers
from casework.running.valkey import Valkey
from tests.bench import generate
from tests.servers import SECRETS
from tests.sinks import Sink

ROOT = Path(__file__).resolve().parents[2]


class Site:
    """A database of some size, and what serves it."""

    def __init__(self, ground: Ground, size: int) -> None:
        self.ground, self.size, self.name = ground, size, f"bench{size}"
        self.port = environment.free_port()
        ground.postgres.create_database(self.name)
        self.owner_url = ground.postgres.url(self.name, "casework_owner")
        self.url = ground.postgres.url(self.name, "casework_app")
        migrations.upgrade(self.owner_url, self.url)
        mark.mark(self.owner_url, mark.REAL)
        from casework import create_app

        self.app = create_app(config.load(self.env))
        begun = time.monotonic()
        with self.app.app_context():
            generate.house()
            generate.generate(size, self.owner_url)
        self.generated = time.monotonic() - begun
        self.web: subprocess.Popen[bytes] | None = None

    @property
    def env(self) -> dict[str, str]:
        """Real settings: a proxy in front, so that every applicant comes from an address of their own."""
        return {
            **environment.for_any_program(os.environ),
            **SECRETS,
            "DATABASE_URL": self.url,
            "REDIS_URL": self.ground.valkey.url,
            "SMTP_URL": self.ground.sink.url,
            "MAIL_FROM": "Casework <casework@force.example>",
            "PUBLIC_URL": f"http://localhost:{self.port}",
            "PORT": str(self.port),
            "FORCE_NAME": "Thamesmere Police",
            "CASEWORK_HOME": str(self.ground.folder),
            "CASEWORK_DEMO": "0",
            "TRUSTED_PROXIES": "1",
            "LOG_LEVEL": "WARNING",
        }

    def start_web(self) -> None:
        """The web as `casework web` starts it."""
        self.web = self.start("web")
        deadline = time.monotonic() + 60
        while not answers(self.env):
            assert time.monotonic() < deadline and self.web.poll() is None, self.ground.last_words("web")
            time.sleep(0.05)

    def start(self, what: str) -> subprocess.Popen[bytes]:
        """A process of the program, by its command."""
        return self.ground.start(what, [sys.executable, "-m", "casework", what], self.env)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the database, past the program."""
        with psycopg.connect(self.owner_url) as connection:
            return connection.execute(query.encode()).fetchall()


class Ground:
    """The servers, and every process that was started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []
        self.postgres = EmbeddedPostgres(folder / "postgres", say=lambda line: None).start()
        self.valkey = Valkey(folder / "valkey").start()
        self.sink = Sink().__enter__()

    def close(self) -> None:
        for process in self.processes:
            self.kill(process)
        self.sink.__exit__()
        self.valkey.stop()
        self.postgres.stop()

    def start(self, name: str, command: list[str], env: dict[str, str]) -> subprocess.Popen[bytes]:
        """Start a process in a session of its own, its words in a file."""
        with open(self.folder / f"{name}.log", "ab") as log:
            process = subprocess.Popen(
                command, env=env, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        self.processes.append(process)
        return process

    def start_hello(self) -> tuple[subprocess.Popen[bytes], int]:
        """The yardstick, under the same server with the same settings."""
        port = environment.free_port()
        command = web_server("127.0.0.1", port, "WARNING", "tests.bench.hello:app")
        process = self.start("hello", command, environment.for_any_program(os.environ))
        deadline = time.monotonic() + 30
        while process.poll() is None and time.monotonic() < deadline:
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            time.sleep(0.05)
        return process, port

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """End a process and all that it started, as nobody can prepare for."""
        for number in (signal.SIGCONT, signal.SIGKILL):
            try:
                os.killpg(process.pid, number)
            except ProcessLookupError:
                break
        process.wait()

    @contextmanager
    def held(self, *processes: subprocess.Popen[bytes]) -> Iterator[None]:
        """Hold processes still meanwhile."""
        for process in processes:
            process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            for process in processes:
                process.send_signal(signal.SIGCONT)

    @property
    def postgres_pid(self) -> int:
        assert self.postgres.pid
        return self.postgres.pid

    def last_words(self, name: str) -> str:
        path = self.folder / f"{name}.log"
        return path.read_text(errors="replace")[-2000:] if path.exists() else ""
