"""The database's tables: brought up to date by Alembic, as the role that owns them."""

from __future__ import annotations

from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg import sql

from casework.running.home import Refused
from casework.running.mark import connect, exists, libpq
from casework.running.postgres import EXTENSIONS

FOLDER = Path(__file__).resolve().parents[2] / "migrations"


def upgrade(owner_url: str, application_url: str, to: str = "head") -> None:
    """Migrate as the owner; migrations give the application's role what it may do."""
    _create_extensions(owner_url)
    command.upgrade(alembic_config(owner_url, application_url), to)


def alembic_config(owner_url: str, application_url: str) -> Config:
    """Alembic's configuration, in code: where the scripts lie, which database, which role is the application's."""
    configuration = Config()
    configuration.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    configuration.set_main_option("path_separator", "os")
    configuration.attributes["url"] = owner_url
    configuration.attributes["application_role"] = role_of(application_url)
    return configuration


def heads() -> list[str]:
    """The newest revisions that this code knows; more than one is a mistake."""
    return sorted(ScriptDirectory(str(FOLDER)).get_heads())


def revision(url: str) -> str | None:
    """The revision that a database is at, or None if it has none."""
    with connect(url) as connection:
        if not exists(connection, "alembic_version"):
            return None
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return row[0] if row else None


def role_of(url: str) -> str:
    """The role that an address signs in as."""
    name = psycopg.conninfo.conninfo_to_dict(libpq(url)).get("user")
    if not name:
        raise Refused("DATABASE_URL names no role: postgresql://role:password@host/database.")
    return str(name)


def _create_extensions(owner_url: str) -> None:
    """Make the extensions, which the owner of a database may do; refuse with a sentence where it may not."""
    with connect(owner_url) as connection:
        for name in EXTENSIONS:
            try:
                connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(name)))
            except psycopg.Error as error:
                raise Refused(
                    f"The database lacks the extension {name}, and its owner may not make it: {error}"
                ) from error
