"""Which areas there are, and which lie within which."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, select

from casework.areas.models import Area
from casework.extensions import db
from casework.moments import today

_ROWS = select(Area.__table__).order_by(Area.__table__.c.name)
# The rows as they were read last, with what was made of them: areas change once in a few years.
_made: tuple[list[Any], list[Area]] = ([], [])


def everything() -> list[Area]:
    """Every area in force today, kept for the length of the session."""
    kept: list[Area] | None = db.session.info.get("areas")
    if kept is None:
        day = today()
        found = _copies(db.session.execute(_ROWS).all())
        kept = [a for a in found if a.from_on <= day and (a.until_on is None or a.until_on >= day)]
        db.session.info["areas"] = kept
    return kept


def _copies(rows: Sequence[Row[Any]]) -> list[Area]:
    """Areas outside the session (a commit would make it load each row again), made anew only when a row differs."""
    global _made
    known, found = _made
    if rows != known:
        found = [Area(**row._mapping) for row in rows]
        _made = (list(rows), found)
    return found


def force() -> Area | None:
    """The force itself, if areas were loaded."""
    return next((a for a in everything() if a.kind == "force"), None)


def bcus() -> list[Area]:
    """The BCUs by name."""
    return [a for a in everything() if a.kind == "bcu"]


def boroughs() -> list[Area]:
    """The boroughs by name."""
    return [a for a in everything() if a.kind == "borough"]


def by_slug(slug: str) -> Area | None:
    """The area of a slug, exactly."""
    return next((a for a in everything() if a.slug == slug), None)


def by_id(area_id: int | None) -> Area | None:
    """The area of an id."""
    return next((a for a in everything() if a.id == area_id), None)


def within(area_ids: Iterable[int]) -> frozenset[int]:
    """These areas and all that lie inside them, by id (never by the spelling of a code)."""
    inside = set(area_ids)
    while more := {a.id for a in everything() if a.parent_id in inside} - inside:
        inside |= more
    return frozenset(inside)
