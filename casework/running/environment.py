"""Which environment a process gets: what was given, what a demonstration makes up itself, no more than it needs."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import config
from casework.running.home import Home, Refused

SERVERS = ("DATABASE_URL", "REDIS_URL", "SMTP_URL")

# what any program may need to find its files and to speak the right language; nothing of ours
ANY_PROGRAM = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR")

# never connected to: they stand in for addresses that are known only once the servers run
NOT_YET = {"DATABASE_URL": "postgresql://nobody@/", "REDIS_URL": "unix:///", "SMTP_URL": "smtp://127.0.0.1:1"}


def is_demo(env: Mapping[str, str]) -> bool:
    """A demonstration is what runs on the embedded database, or says that it is one."""
    asked = env.get("CASEWORK_DEMO", "").strip()
    return not env.get("DATABASE_URL", "").strip() if not asked else config.yes("CASEWORK_DEMO", asked)


def home_of(env: Mapping[str, str]) -> Home:
    return Home(env.get("CASEWORK_HOME", "").strip() or config.ROOT / "instance")


def complete(env: Mapping[str, str], home: Home) -> dict[str, str]:
    """The whole environment of a run, its servers apart; ConfigError or Refused if something is missing or wrong.

    A demonstration makes its own secrets, names and addresses; real data needs all of them given.
    """
    given = {name: value for name, value in env.items() if value.strip()} | {"CASEWORK_HOME": str(home.folder)}
    if not is_demo(env):
        for name in SERVERS:
            if name not in given:
                raise Refused(f"{name} is not set. With real data, Casework starts no servers of its own.")
        config.load(given)
        return given
    port = str(_port(given))
    made_up = {
        "MAIL_FROM": "Casework demonstration <casework@demo.example>",
        "FORCE_NAME": "Westmarch Police",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    forced = {"CASEWORK_DEMO": "1", "CASEWORK_BIND": "127.0.0.1", "PORT": port}
    completed = home.secrets() | made_up | given | forced
    config.load(NOT_YET | completed)
    return completed


def for_child(process: str, env: Mapping[str, str]) -> dict[str, str]:
    """What a process of ours gets: any program's needs, and its own settings."""
    libpq = {name: value for name, value in env.items() if name.startswith("PG")}
    return for_any_program(env) | libpq | config.environment_for(process, env) | {"PYTHONUNBUFFERED": "1"}


def for_any_program(env: Mapping[str, str]) -> dict[str, str]:
    """What a program gets that needs to know nothing of us."""
    return {name: env[name] for name in ANY_PROGRAM if name in env}


@contextmanager
def for_command() -> Iterator[dict[str, str]]:
    """The environment of a single command: of the run in another terminal, else of a database started for it alone."""
    home = home_of(os.environ)
    running = home.running()
    if not is_demo(os.environ):
        yield {name: value for name, value in os.environ.items() if value.strip()}
    elif running is not None:
        yield home.secrets() | running | {name: value for name, value in os.environ.items() if value.strip()}
    elif os.environ.get("DATABASE_URL"):
        yield complete(os.environ, home.make())
    else:
        with _database_for_a_while(home) as env:
            yield env


@contextmanager
def _database_for_a_while(home: Home) -> Iterator[dict[str, str]]:
    from casework.running.postgres import OWNER, EmbeddedPostgres

    home.make()
    home.lock()
    home.end_leftovers()
    env = complete(os.environ, home)
    server = EmbeddedPostgres(home.folder).start()
    try:
        yield env | {"DATABASE_URL": server.url(), "DATABASE_OWNER_URL": server.url(role=OWNER)}
    finally:
        server.stop()
        home.release()


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _port(env: Mapping[str, str]) -> int:
    """The web's port: the one asked for, if it is free, or a free one for 0."""
    port = config.whole(0, 65535)("PORT", env.get("PORT", "8000"))
    return port or free_port()
