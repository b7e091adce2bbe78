"""What is published and what its figures are. Everything that pages show of a month comes through here.

The published version of a month is the newest one that was released (`is_current`). A correction takes its place, and
the older one stays addressable by its own id (`release`, `figures(releases=[id])`). Once withdrawn, a month has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from casework.extensions import db
from casework.releases.cube import EVERYBODY, FORCE_WIDE, Count, add_up
from casework.releases.models import Cube, Release, Value
from casework.releases.workflow import PUBLIC, ReleaseState
from casework.settings import service as settings

STOPS = "stops"
# Of one value of a dimension of `cube.GROUPS`; None is everybody.
Group = tuple[str, str] | None


@dataclass(frozen=True)
class Published:
    """A month that readers have: its current release and how many stops it holds."""

    release_id: int
    force: str
    month: date
    number: int
    released_at: datetime
    made_up: bool
    n: int
    section60: int


@dataclass
class Figures:
    """Sums over some months: in all, by month, and by value of each dimension, most stops first.

    `cells["outcome"]["Arrest"]` is a `Count`; the wording "" is "not supplied". In `cells["borough"]` the wording is
    the slug of a borough, or one of `cube.ELSEWHERE`, `NO_PLACE`, `NOT_PLACED`.
    """

    total: Count = Count()
    months: dict[date, Count] = field(default_factory=dict)
    cells: dict[str, dict[str, Count]] = field(default_factory=dict)


@dataclass
class Powers:
    """The same stops in all and by kind of power: section 60 needs no suspicion, so it is shown apart."""

    all: Figures
    others: Figures
    section60: Figures


def forces(kind: str = STOPS) -> list[str]:
    """The forces of which months are published: real before made-up, the one with the newest release first."""
    newest = func.max(Release.released_at)
    rows = select(Release.force).where(Release.kind == kind, Release.is_current)
    return list(db.session.scalars(rows.group_by(Release.force).order_by(func.bool_or(Release.made_up), newest.desc())))


def force() -> str:
    """The force whose months pages show where none is chosen: the one of the setting, if it has any, else the first."""
    known = forces()
    chosen = str(settings.value("releases.force"))
    return chosen if chosen in known or not known else known[0]


def months(of: str | None = None) -> list[Published]:
    """The published months of a force (by default `force()`), oldest first."""
    of = force() if of is None else of
    current = select(Release).where(Release.kind == STOPS, Release.force == of, Release.is_current)
    found = {release.month: release for release in db.session.scalars(current.order_by(Release.month))}
    ids = [release.id for release in found.values()]
    counts = select(Cube.month, Cube.section60, func.sum(Cube.n)).where(
        Cube.area_id == FORCE_WIDE, Cube.group_id == EVERYBODY, Cube.release_id.in_(ids)
    )
    n: dict[date, dict[bool, int]] = {}
    for month, section60, count in db.session.execute(counts.group_by(Cube.month, Cube.section60)):
        n.setdefault(month, {})[section60] = int(count)
    return [
        Published(r.id, r.force, month, r.number, r.released_at or r.state_since, r.made_up,
                  sum(n.get(month, {}).values()), n.get(month, {}).get(True, 0))
        for month, r in found.items()
    ]  # fmt: skip


def has_places(months: Iterable[Published]) -> bool:
    """Whether all of these months were placed in boroughs: by boundaries, or because they carry their own."""
    ids = [month.release_id for month in months]
    placed = select(Cube.release_id).where(Cube.release_id.in_(ids), Cube.area_id != FORCE_WIDE).distinct()
    return bool(ids) and set(db.session.scalars(placed)) == set(ids)


def figures(
    wanted: Sequence[date],
    area_id: int = FORCE_WIDE,
    group: Group = None,
    *,
    of: str | None = None,
    releases: Sequence[int] | None = None,
) -> Powers:
    """The figures of an area and group over these months, with section 60 apart: one row per month and kind of power.

    `releases` names versions by id instead of the current ones of force `of`: for a release at its own address.
    An area or group of which there is nothing gives sums of 0.
    """
    if releases is None:
        of = force() if of is None else of
        current = select(Release.id).where(Release.kind == STOPS, Release.force == of, Release.is_current)
        releases = list(db.session.scalars(current))
    rows = db.session.execute(
        select(Cube.__table__).where(
            Cube.area_id == area_id,
            Cube.group_id == _group_id(group),
            Cube.release_id.in_(releases),
            Cube.month.in_(wanted),
        )
    ).all()
    return Powers(_sum(rows), _sum([r for r in rows if not r.section60]), _sum([r for r in rows if r.section60]))


def values(dimension: str) -> list[str]:
    """Every value of a dimension that was ever seen, for a choice of group; "" ("not supplied") left out."""
    found = select(Value.wording).where(Value.dimension == dimension, Value.wording != "")
    return list(db.session.scalars(found.order_by(Value.id)))


def release(release_id: int) -> Release | None:
    """A release that readers may have: current or corrected. Nobody is told of any other."""
    found = db.session.get(Release, release_id)
    return found if found is not None and found.state in PUBLIC else None


def versions(of: str, month: date, kind: str = STOPS) -> list[Release]:
    """Every version of a month that was ever released, newest first, withdrawn ones too."""
    wanted = select(Release).where(Release.kind == kind, Release.force == of, Release.month == month)
    return list(db.session.scalars(wanted.where(Release.released_at.is_not(None)).order_by(Release.number.desc())))


def announced(kind: str | None = None) -> list[Release]:
    """What is announced and not out yet, soonest first: the calendar."""
    wanted = select(Release).where(Release.state == ReleaseState.SCHEDULED)
    if kind is not None:
        wanted = wanted.where(Release.kind == kind)
    return list(db.session.scalars(wanted.order_by(Release.scheduled_for, Release.id).limit(100)))


def latest(count: int = 20) -> list[Release]:
    """What came out last, newest first, corrections too: for the list of news."""
    wanted = select(Release).where(Release.released_at.is_not(None), Release.state.in_(PUBLIC))
    return list(db.session.scalars(wanted.order_by(Release.released_at.desc(), Release.id.desc()).limit(count)))


def wordings(ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Dimension and wording of values by id."""
    rows = db.session.execute(select(Value.id, Value.dimension, Value.wording).where(Value.id.in_(list(ids))))
    return {row.id: (row.dimension, row.wording) for row in rows}


def _group_id(group: Group) -> int:
    if group is None:
        return EVERYBODY
    wanted = select(Value.id).where(Value.dimension == group[0], Value.wording == group[1])
    # No row of the cube has this id.
    return db.session.scalar(wanted) or -1


def _sum(rows: Sequence[Any]) -> Figures:
    made = Figures()
    for row in rows:
        count = Count(row.n, row.decided, row.positive, row.arrests, row.told, row.linked)
        made.total = made.total.plus(count)
        made.months[row.month] = made.months.get(row.month, Count()).plus(count)
    cells = add_up([row.cells for row in rows])
    known = wordings(cells)
    for key, count in sorted(cells.items(), key=lambda pair: (-pair[1].n, known[pair[0]])):
        dimension, wording = known[key]
        made.cells.setdefault(dimension, {})[wording] = count
    return made
