"""The queue reads as much of a large database as of a smaller one for the same page: PostgreSQL says how much."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, select, text

from casework.accounts.models import Account, Grant
from casework.areas import queries as areas
from casework.cases import queries
from casework.cases.models import Case
from casework.cases.queries import Filter, Scope
from casework.extensions import db
from tests.bench import generate
from tests.conftest import empty

# Even in the smaller one there is a whole page to show whatever is asked for.
SMALL, LARGE = 8000, 32_000


def explained(scope: Scope, account_id: int, chosen: Filter) -> dict[str, Any]:
    """The plan of one page of the queue as it was carried out."""
    seen: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        seen.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        queries.inbox(scope, account_id, chosen)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    (statement, parameters) = seen[-1]
    cursor = db.session.connection().connection.cursor()
    cursor.execute("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + statement, parameters)
    found = cursor.fetchone()[0]
    plan = found if isinstance(found, list) else json.loads(found)
    return plan[0]["Plan"]


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every step of a plan."""
    yield plan
    for part in plan.get("Plans", []):
        yield from nodes(part)


def measured() -> dict[str, dict[str, Any]]:
    """The plans of the ways to ask, by name."""
    person = db.session.scalars(
        select(Account).join(Case, Case.assigned_to == Account.id).where(Case.is_open).order_by(Account.id).limit(1)
    ).one()
    grant = db.session.query(Grant).filter_by(account_id=person.id).one()
    one = Scope(frozenset(areas.within([grant.area_id])), False)
    some = Scope(areas.within([grant.area_id, *(a.id for a in areas.bcus()[:3])]), False)
    wide = Scope(areas.within([areas.force().id]), True)  # type: ignore[union-attr]
    # the middle of the queue of the whole force
    half = db.session.query(Case).filter(Case.is_open).count() // 2
    row = db.session.execute(
        select(Case.next_due_on, Case.id).where(Case.is_open).order_by(Case.next_due_on, Case.id).offset(half).limit(1)
    ).one()
    middle = (row.next_due_on, row.id)
    plans = {}
    for who, scope in {"one": one, "some": some, "wide": wide}.items():
        plans[f"first, {who}"] = explained(scope, person.id, Filter("all"))
        plans[f"middle, {who}"] = explained(scope, person.id, Filter("all", after=middle))
        plans[f"filtered, {who}"] = explained(scope, person.id, Filter("unassigned", state="submitted"))
        plans[f"mine, {who}"] = explained(scope, person.id, Filter("mine"))
    return plans


def buffers(plan: dict[str, Any]) -> int:
    """Pages that were looked at, wherever they lay."""
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


def end_what_was_left_open(admin_url: str) -> None:
    """End the transactions that earlier tests of this process left open: their snapshots hold VACUUM back."""
    db.session.rollback()
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            " AND state LIKE 'idle in transaction%' AND pid <> pg_backend_pid()"
        )


def settle(owner_url: str) -> None:
    """Vacuum until every page is known to hold only what everybody sees: then an index alone answers.

    Whatever has a snapshot in this database just then (autovacuum, when it takes its samples) keeps pages from it.
    """
    deadline = time.monotonic() + 60
    with psycopg.connect(owner_url, autocommit=True) as connection:
        while True:
            connection.execute("VACUUM ANALYZE cases, parties, accounts")
            seen = connection.execute("SELECT relallvisible >= relpages FROM pg_class WHERE oid = 'cases'::regclass")
            if seen.fetchone() == (True,):
                return
            assert time.monotonic() < deadline, "something keeps VACUUM from its work"
            time.sleep(0.2)


@pytest.fixture
def both(app: Any, database: dict[str, str]) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """The plans in a smaller and in a large database."""
    found = []
    for size in (SMALL, LARGE):
        db.session.rollback()
        empty(database["admin_url"])
        db.session.info.clear()
        generate.house(staff=48)
        generate.generate(size, database["owner_url"], busy=4)
        end_what_was_left_open(database["admin_url"])
        settle(database["owner_url"])
        if size == SMALL:
            # so few would rather be read whole, which is no measure of anything
            for way in ("seqscan", "hashjoin", "mergejoin"):
                db.session.execute(text(f"SET LOCAL enable_{way} = off"))
        found.append(measured())
    return {name: (found[0][name], found[1][name]) for name in found[0]}


def test_four_times_the_cases_are_not_more_to_read(
    both: dict[str, tuple[dict[str, Any], dict[str, Any]]],
) -> None:
    faults = []
    for name, (small, large) in both.items():
        assert small["Actual Rows"] == large["Actual Rows"] == queries.PAGE + 1, f"{name}: not the same is shown"
        before, after = buffers(small), buffers(large)
        if after > 1.2 * before:
            faults.append(f"{name}: {before} buffers for a page, then {after}")
        for node in nodes(large):
            if node["Node Type"] == "Seq Scan" and node.get("Relation Name") == "cases":
                faults.append(f"{name}: a scan of all cases")
            if node["Node Type"].endswith("Sort") and node["Plans"][0]["Actual Rows"] > 12 * 26:
                faults.append(f"{name}: {node['Plans'][0]['Actual Rows']} rows are sorted")
    assert not faults, "\n".join(faults)
