"""Which areas there are, and which lie within which."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from casework import seldom
from casework.areas.models import Area
from casework.extensions import db
from casework.moments import today

_ROWS = select(Area.__table__).order_by(Area.__table__.c.name)


def everything() -> list[Area]:
    """Every area in force today, kept for the length of the session."""
    kept: list[Area] | None = db.session.info.get("areas")
    if kept is None:
        day = today()
        kept = [a for a in _copies() if a.from_on <= day and (a.until_on is None or a.until_on >= day)]
        db.session.info["areas"] = kept
    return kept


def forget() -> None:
    """Drop what this session remembers of areas: after a change."""
    db.session.info.pop("areas", None)
    seldom.forget()


@seldom.kept("areas")
def _copies() -> list[Area]:
    """Every area there ever was, by name, outside the session: a commit would make it load each row again."""
    return [Area(**row._mapping) for row in db.session.execute(_ROWS)]


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
