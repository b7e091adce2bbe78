"""Migrations on a database that is in use."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from casework.running import migrations
from tests import servers as held

UPGRADE = "import sys; from casework.running.migrations import upgrade; upgrade(*sys.argv[1:])"


@pytest.fixture
def earlier(servers: dict[str, Any], worker: str) -> Iterator[tuple[str, str]]:
    """A database before the index of the newest cases, with half of that index left by an attempt that failed."""
    name = f"earlier_{worker}"
    owner, application = (held.url(servers["socket"], name, role) for role in ("casework_owner", "casework_app"))
    with psycopg.connect(servers["admin_url"], autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} OWNER casework_owner")
        try:
            migrations.upgrade(owner, application, "0012")
            with psycopg.connect(owner, autocommit=True) as connection:
                connection.execute("CREATE INDEX ix_cases_newest ON cases (id)")
            yield owner, application
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_people_go_on_writing_while_an_index_is_made_even_where_two_make_it(earlier: tuple[str, str]) -> None:
    owner, application = earlier
    with psycopg.connect(application) as writer:
        # somebody has written and not finished: the index waits for them
        writer.execute("UPDATE cases SET hold = '' WHERE id = 1")
        both = [subprocess.Popen([sys.executable, "-c", UPGRADE, owner, application]) for _ in range(2)]
        try:
            _until_it_waits(owner)
            time.sleep(2.5)  # longer than a lock may be waited for
            assert [one.poll() for one in both] == [None, None]
            with psycopg.connect(application) as another:
                another.execute("SET lock_timeout = '1s'")
                another.execute("UPDATE cases SET hold = '' WHERE id = 2")
            writer.rollback()
            assert [one.wait(60) for one in both] == [0, 0]
        finally:
            for one in both:
                one.kill()
    assert [migrations.revision(owner)] == migrations.heads()
    with psycopg.connect(owner) as connection:
        made = "SELECT pg_get_indexdef(indexrelid), indisvalid FROM pg_index WHERE indexrelid = 'ix_cases_newest'::regclass"
        assert connection.execute(made).fetchall() == [
            ("CREATE INDEX ix_cases_newest ON public.cases USING btree (area_id, kind, id)", True)
        ]


def _until_it_waits(owner: str) -> None:
    deadline = time.monotonic() + 60
    waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE %s"
    with psycopg.connect(owner, autocommit=True) as connection:
        while connection.execute(waits, ["%INDEX CONCURRENTLY%"]).fetchone() == (0,):
            assert time.monotonic() < deadline, "nobody makes the index"
            time.sleep(0.05)
