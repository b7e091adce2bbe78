"""`casework doctor`: looks at everything that the program stands on and says in sentences what is missing or wrong."""

from __future__ import annotations

import shutil
import smtplib
import ssl
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import redis

import config
from casework.printing import document
from casework.running import environment, mark, migrations
from casework.running.postgres import EXTENSIONS

OLDEST_DATABASE = 150000
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def report(env: Mapping[str, str], say: Callable[[str], None]) -> int:
    """Say what is wrong, then what is merely worth knowing; return 1 if anything is wrong."""
    wrong = [*settings(env), *database(env), *queue(env), *relay(env), *assets()]
    for sentence in wrong:
        say(sentence)
    for sentence in worth_knowing(env):
        say(f"Note: {sentence}")
    if not wrong:
        say("Nothing is missing or wrong.")
    return 1 if wrong else 0


def settings(env: Mapping[str, str]) -> Iterator[str]:
    """Settings and secrets that are missing, or that cannot be right."""
    stand_in = environment.NOT_YET if environment.is_demo(env) else {}
    try:
        config.load(stand_in | dict(env))
    except config.ConfigError as error:
        yield from str(error).split("\n")


def database(env: Mapping[str, str]) -> Iterator[str]:
    """Whether the database answers, is new enough, is migrated, marked rightly, and guards the history."""
    if not env.get("DATABASE_URL"):
        return
    url = mark.libpq(env["DATABASE_URL"])
    try:
        connection = psycopg.connect(url, connect_timeout=5)
    except psycopg.OperationalError as error:
        yield f"The database cannot be reached: {_first_line(error)}"
        return
    with connection:
        yield from _server(connection)
        yield from _tables(connection, url, environment.is_demo(env))
        yield from _rights(connection)
        yield from _calendar(connection)


def queue(env: Mapping[str, str]) -> Iterator[str]:
    """Whether Redis answers."""
    if not env.get("REDIS_URL"):
        return
    try:
        client = redis.Redis.from_url(env["REDIS_URL"], socket_timeout=5, socket_connect_timeout=5)
        client.ping()
        client.close()
    except (redis.RedisError, OSError, ValueError) as error:
        yield f"Redis cannot be reached: {_first_line(error)}"


def relay(env: Mapping[str, str]) -> Iterator[str]:
    """Whether the mail relay answers, and accepts the sign-in; nothing is sent."""
    if not env.get("SMTP_URL"):
        return
    try:
        values = config.mail_settings(env["SMTP_URL"])
        with _smtp(values) as server:
            if parse_qs(urlsplit(env["SMTP_URL"]).query).get("starttls") == ["1"]:
                server.starttls(context=ssl.create_default_context())
            if values["MAIL_USERNAME"]:
                server.login(values["MAIL_USERNAME"], values["MAIL_PASSWORD"] or "")
            server.noop()
    except config.ConfigError as error:
        yield str(error)
    except (smtplib.SMTPException, OSError) as error:
        yield f"The mail relay does not accept mail: {_first_line(error)}"


def assets() -> Iterator[str]:
    """Whether the pages have their styles."""
    if not (config.ROOT / "node_modules" / "govuk-frontend" / "dist").is_dir():
        yield "The front-end assets are missing: run `make setup`."


def worth_knowing(env: Mapping[str, str]) -> Iterator[str]:
    """What is not wrong, but may surprise."""
    if environment.is_demo(env):
        yield "this is a demonstration: everybody in it is made up, and its database stays a demonstration for ever."
        if not env.get("REDIS_URL"):
            yield "it does not run now, so its queue and its mail catcher could not be looked at."
    elif env.get("DATABASE_OWNER_URL", env.get("DATABASE_URL")) == env.get("DATABASE_URL"):
        yield "DATABASE_OWNER_URL is not set, so the application's role owns the tables and could alter the history."
    if lacks := document.missing():
        yield lacks
    if not any(shutil.which(name) for name in BROWSERS):
        yield "there is no Chromium, so the browser tests will be skipped."


def _server(connection: psycopg.Connection) -> Iterator[str]:
    version = connection.info.server_version
    if version < OLDEST_DATABASE:
        yield f"The database is PostgreSQL {version // 10000}; Casework needs {OLDEST_DATABASE // 10000} or newer."
    have = {row[0] for row in connection.execute("SELECT extname FROM pg_extension")}
    for name in EXTENSIONS:
        if name not in have:
            yield f"The database lacks the extension {name}: CREATE EXTENSION {name}, as its superuser or owner."
    row = connection.execute("SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()")
    if (row.fetchone() or [""])[0] != "UTF8":
        yield "The database's encoding is not UTF8, so it cannot hold every name."


def _tables(connection: psycopg.Connection, url: str, demo: bool) -> Iterator[str]:
    heads, at = migrations.heads(), migrations.revision(url)
    if at is None:
        yield "The database is not migrated: run `casework migrate`."
        return
    if [at] != heads:
        yield f"The database is at migration {at}, the program at {', '.join(heads)}: run `casework migrate`."
    wanted, kind = (mark.DEMO if demo else mark.REAL), mark.kind(url)
    if kind is None:
        yield "The database is not marked as demo or real: run `casework migrate`."
    elif kind != wanted:
        yield f"The database is marked as {kind}, for ever, but Casework is to run as {wanted}."


def _rights(connection: psycopg.Connection) -> Iterator[str]:
    row = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    if row and row[0]:
        yield "The application signs in as a superuser, who may do anything: give it a role of its own."
    found = connection.execute(
        "SELECT table_name, privilege FROM (VALUES ('events')) AS t (table_name),"
        " (VALUES ('UPDATE'), ('DELETE'), ('TRUNCATE')) AS p (privilege)"
        " WHERE to_regclass(table_name) IS NOT NULL AND has_table_privilege(current_user, table_name, privilege)"
    ).fetchall()
    if found and not (row and row[0]):
        may = ", ".join(privilege for _, privilege in found)
        yield f"The application's role may {may} the history (the table events): it may only read and add."


def _calendar(connection: psycopg.Connection) -> Iterator[str]:
    row = connection.execute("SELECT to_regclass('calendars') IS NOT NULL").fetchone()
    if not row or not row[0]:
        return
    last = connection.execute(
        "SELECT min(known_until), min(known_until) < current_date + interval '1 year' FROM calendars"
    ).fetchone()
    if last is None or last[0] is None:
        yield "No bank holidays are loaded: run `casework calendar load`."
    elif last[1]:
        yield f"The calendar of bank holidays runs out on {last[0]:%-d %B %Y}: run `casework calendar load`."


def _smtp(values: Mapping[str, Any]) -> smtplib.SMTP:
    where = (values["MAIL_SERVER"], values["MAIL_PORT"])
    if values["MAIL_USE_SSL"]:
        return smtplib.SMTP_SSL(*where, timeout=10, context=ssl.create_default_context())
    return smtplib.SMTP(*where, timeout=10)


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).split("\n")[0]
