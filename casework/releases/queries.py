"""What is published and what its figures are. Everything that pages show of a month comes through here.

The published version of a month is the newest one that was released (`is_current`). A correction takes its place, and
the older one stays addressable by its own id (`release`, `figures(releases=[id])`). Once withdrawn, a month has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import select, text, tuple_

from casework import seldom
from casework.extensions import db
from casework.releases.cube import EVERYBODY, FORCE_WIDE, Count, add_up, names_of
from casework.releases.models import Release
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


class Powers:
    """The same stops in all and by kind of power: section 60 needs no suspicion, so it is shown apart.

    Each is added up when it is asked for, from the rows of the cube that were read.
    """

    def __init__(self, rows: Sequence[Any]) -> None:
        self._rows = rows

    @cached_property
    def all(self) -> Figures:
        """Every power."""
        return _sum(self._rows, self._words)

    @cached_property
    def others(self) -> Figures:
        """Every power but section 60."""
        return _sum([row for row in self._rows if not row.section60], self._words)

    @cached_property
    def section60(self) -> Figures:
        """Section 60 alone."""
        return _sum([row for row in self._rows if row.section60], self._words)

    @cached_property
    def _words(self) -> dict[int, tuple[str, str]]:
        return wordings(names_of([row.cells for row in self._rows]))


# Written out: a page asks these several times, and putting a statement together costs more than carrying it out.
_PUBLISHED = text("""
    select r.id as release_id, r.force, r.month, r.number, coalesce(r.released_at, r.state_since) as released_at,
        r.made_up, coalesce(sum(c.n), 0) as n, coalesce(sum(c.n) filter (where c.section60), 0) as section60
    from releases r left join release_cube c
        on c.area_id = 0 and c.group_id = 0 and c.month = r.month and c.release_id = r.id
    where r.kind = 'stops' and r.is_current
    group by r.id order by r.month
""")
_ROWS = text("""
    select month, section60, n, decided, positive, arrests, told, linked, cells from release_cube
    where area_id = :area and group_id = :group and month = any(cast(:months as date[]))
        and release_id = any(cast(:releases as bigint[]))
    order by month, release_id, section60
""")
_PLACED = text("""
    select id from releases r where kind = 'stops' and is_current
        and exists (select from release_cube c where c.release_id = r.id and c.area_id <> 0)
""")
_WORDS = text("select id, dimension, wording from release_values")


@seldom.kept("releases")
def _published() -> dict[str, list[Published]]:
    """The published months, oldest first, by force: real before made-up, the one with the newest release first."""
    found: dict[str, list[Published]] = {}
    for row in db.session.execute(_PUBLISHED).mappings():
        found.setdefault(row["force"], []).append(Published(**row))
    newest = {force: max(month.released_at for month in months) for force, months in found.items()}
    made_up = {force: any(month.made_up for month in months) for force, months in found.items()}
    return {force: found[force] for force in sorted(found, key=lambda f: (made_up[f], -newest[f].timestamp()))}


@seldom.kept("releases")
def _placed() -> frozenset[int]:
    """Published releases that were placed in boroughs."""
    return frozenset(db.session.scalars(_PLACED))


def force() -> str:
    """The force whose months pages show where none is chosen: the one of the setting, if it has any, else the first."""
    known = list(_published())
    chosen = str(settings.value("releases.force"))
    return chosen if chosen in known or not known else known[0]


def months(of: str | None = None) -> list[Published]:
    """The published months of a force (by default `force()`), oldest first."""
    return list(_published().get(force() if of is None else of, ()))


def has_places(months: Iterable[Published]) -> bool:
    """Whether all of these months were placed in boroughs: by boundaries, or because they carry their own."""
    ids = {month.release_id for month in months}
    return bool(ids) and ids <= _placed()


def figures(
    wanted: Sequence[date], area_id: int = FORCE_WIDE, group: Group = None, *, releases: Sequence[int]
) -> Powers:
    """The figures of an area and group over these months, from these releases (by id), with section 60 apart.

    An area or group of which there is nothing gives sums of 0.
    """
    asked = {"area": area_id, "group": _group_id(group), "months": list(wanted), "releases": list(releases)}
    return Powers(db.session.execute(_ROWS, asked).all())


def every_value() -> dict[str, list[str]]:
    """Every value of each dimension that was ever seen, for a choice of group; "" ("not supplied") left out."""
    found: dict[str, list[str]] = {}
    for _, (dimension, wording) in sorted(wordings(()).items()):
        if wording:
            found.setdefault(dimension, []).append(wording)
    return found


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


def latest(count: int = 20, after: int | None = None) -> list[Release]:
    """What came out last, newest first, corrections too; `after` a release (by id), those that came out before it."""
    wanted = select(Release).where(Release.released_at.is_not(None), Release.state.in_(PUBLIC))
    last = db.session.get(Release, after) if after else None
    if last is not None and last.released_at is not None:
        wanted = wanted.where(tuple_(Release.released_at, Release.id) < (last.released_at, last.id))
    return list(db.session.scalars(wanted.order_by(Release.released_at.desc(), Release.id.desc()).limit(count)))


def wordings(ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Dimension and wording of values by id, of these at least: neither ever changes."""
    known = _wordings()
    if known.keys() >= set(ids):
        return known
    # of this very transaction
    return _read_wordings()


@seldom.kept("release_values")
def _wordings() -> dict[int, tuple[str, str]]:
    return _read_wordings()


def _read_wordings() -> dict[int, tuple[str, str]]:
    return {row.id: (row.dimension, row.wording) for row in db.session.execute(_WORDS)}


def _group_id(group: Group) -> int:
    if group is None:
        return EVERYBODY
    # No row of the cube has the last id.
    return next((id for id, value in wordings(()).items() if value == group), -1)


def _sum(rows: Sequence[Any], known: dict[int, tuple[str, str]]) -> Figures:
    made = Figures()
    for row in rows:
        count = Count(row.n, row.decided, row.positive, row.arrests, row.told, row.linked)
        made.total = made.total.plus(count)
        made.months[row.month] = made.months.get(row.month, Count()).plus(count)
    cells = add_up([row.cells for row in rows])
    for key, count in sorted(cells.items(), key=lambda pair: (-pair[1].n, known[pair[0]])):
        dimension, wording = known[key]
        made.cells.setdefault(dimension, {})[wording] = count
    return made
