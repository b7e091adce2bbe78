"""What was last seen of Redis, the relay and the workers: rows that the health page reads."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, text

_BEAT = text("""
    insert into beats (name, at, ok, facts) values (:name, clock_timestamp(), :ok, cast(:facts as jsonb))
    on conflict (name) do update set at = excluded.at, ok = excluded.ok, facts = excluded.facts
""")
_AGE = text("select extract(epoch from clock_timestamp() - at) from beats where name = :name")


def beat(connection: Connection, name: str, ok: bool, **facts: Any) -> None:
    """Record how something is. `facts` are numbers and codes."""
    connection.execute(_BEAT, {"name": name, "ok": ok, "facts": json.dumps(facts)})


def age(connection: Connection, name: str) -> float:
    """Seconds since the last beat of a name; a very long time if there was none."""
    found = connection.execute(_AGE, {"name": name}).scalar()
    return 1e9 if found is None else float(found)
