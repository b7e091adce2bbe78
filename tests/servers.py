"""The session's servers, in a process of their own: `python -m tests.servers FOLDER` until SIGTERM."""

from __future__ import annotations

import json
import shutil
import signal
import sys
import threading
from base64 import b64encode
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from casework.running import servant

TEMPLATE = "casework_template"


def _secret(word: str) -> str:
    return b64encode(f"a key for tests only: {word:>28}".encode()).decode()


SECRETS = {
    "SECRET_KEY": _secret("sessions"),
    "CASEWORK_LINK_KEY": _secret("links"),
    "CASEWORK_CODE_KEY": _secret("codes"),
    "CASEWORK_HISTORY_KEY": _secret("history"),
    "CASEWORK_INDEX_KEY": _secret("index"),
    "CASEWORK_DATA_KEYS": "t1:" + b64encode(b"0123456789abcdef0123456789abcdef").decode(),
}


def url(socket: str, name: str, role: str) -> str:
    """The address of a database on the session's server."""
    return f"postgresql://{role}@/{name}?host={quote(socket, safe='/')}"


def make_database(admin_url: str, name: str) -> None:
    """A fresh copy of the migrated template."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER casework_owner TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(TEMPLATE)
            )
        )


def clear_away(folder: Path) -> None:
    """Remove what servers with their homes in a folder kept elsewhere, because the account that they ran as had to."""
    for log in folder.rglob("postgres.log"):
        shutil.rmtree(servant.place_for(log.parent), ignore_errors=True)


def main(folder: Path) -> None:
    """Start PostgreSQL and Valkey, migrate the template, say where they are, and wait for the end."""
    from casework.running import migrations
    from casework.running.postgres import EmbeddedPostgres
    from casework.running.valkey import Valkey

    end = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: end.set())
    postgres = EmbeddedPostgres(folder / "postgres", durable=False, say=lambda line: None).start()
    valkey = Valkey(folder / "valkey").start()
    try:
        postgres.create_database(TEMPLATE)
        migrations.upgrade(postgres.url(TEMPLATE, "casework_owner"), postgres.url(TEMPLATE, "casework_app"))
        socket = postgres.admin_url.partition("host=")[2]
        facts = {"admin_url": postgres.admin_url, "socket": socket, "redis_url": valkey.url}
        (folder / "ready.tmp").write_text(json.dumps(facts))
        (folder / "ready.tmp").rename(folder / "ready.json")
        end.wait()
    finally:
        valkey.stop()
        postgres.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
