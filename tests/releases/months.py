"""Months of stops as pages read them, counted here one by one: a slow oracle for the cube, and what pages are tried on."""

from __future__ import annotations

import random
import struct
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from casework.areas import queries as areas
from casework.extensions import db
from casework.history import service as history
from casework.moments import now
from casework.releases import cube
from casework.releases.cube import Count
from casework.releases.models import Cube, Release, Value

SECTION_60 = "Criminal Justice and Public Order Act 1994 (section 60)"
NOTHING = "A no further action disposal"
SELF = {
    "White - English/Welsh/Scottish/Northern Irish/British": "White",
    "White - Any other White background": "White",
    "Mixed/Multiple ethnic groups - White and Black Caribbean": "Mixed/Multiple ethnic groups",
    "Asian/Asian British - Bangladeshi": "Asian/Asian British",
    "Black/African/Caribbean/Black British - African": "Black/African/Caribbean/Black British",
    "Other ethnic group - Not stated": "Not stated",
    "": "",
}


@dataclass(frozen=True)
class Stop:
    """One line of a file, as it is counted."""

    month: date
    borough: str = cube.ELSEWHERE
    type: str = "Person search"
    sex: str = "Male"
    age: str = "18-24"
    self: str = "White - Any other White background"
    officer: str = "White"
    legislation: str = "Misuse of Drugs Act 1971 (section 23)"
    object: str = "Controlled drugs"
    outcome: str = NOTHING
    removal: str = ""
    linked: bool | None = None

    def of(self, dimension: str) -> str:
        """Its value of a dimension."""
        if dimension == "self_group":
            return SELF.get(self.self, self.self.split(" - ")[0])
        return str(getattr(self, dimension))

    @property
    def count(self) -> Count:
        """What it adds."""
        decided = bool(self.outcome)
        return Count(
            1, decided, decided and self.outcome != NOTHING, self.outcome == "Arrest",
            self.linked is not None, bool(self.linked),
        )  # fmt: skip


def publish(
    stops: Iterable[Stop], *, made_up: bool = False, force: str = "metropolitan", number: int = 1
) -> list[Release]:
    """Publish these stops, a release for each month. The caller commits."""
    by_month: dict[date, list[Stop]] = defaultdict(list)
    for stop in stops:
        by_month[stop.month].append(stop)
    return [_release(month, found, made_up, force, number) for month, found in sorted(by_month.items())]


def made_up(months: Iterable[date], boroughs: list[str], many: int, seed: int = 1) -> list[Stop]:
    """So many stops a month, anywhere."""
    rng = random.Random(seed)
    found = []
    for month in months:
        for _ in range(many):
            rare = rng.random()
            found.append(
                Stop(
                    month,
                    rng.choices([*boroughs, cube.ELSEWHERE, cube.NO_PLACE], [*range(1, len(boroughs) + 1), 1, 2])[0],
                    rng.choices(["Person search", "Person and Vehicle search", "Vehicle search"], [7, 2, 1])[0],
                    rng.choices(["Male", "Female", "Other", ""], [90, 8, 1, 1])[0],
                    rng.choices(["10-17", "18-24", "25-34", "over 34", "under 10", ""], [20, 38, 22, 18, 0.2, 2])[0],
                    rng.choices(list(SELF), [20, 15, 6, 12, 25, 14, 2])[0],
                    rng.choices(["White", "Black", "Asian", "Other", ""], [40, 40, 15, 4, 1])[0],
                    SECTION_60
                    if rare < 0.04
                    else "Misuse of Drugs Act 1971 (section 23)"
                    if rare < 0.7
                    else "Police and Criminal Evidence Act 1984 (section 1)",
                    rng.choices(["Controlled drugs", "Offensive weapons", "Stolen goods", ""], [60, 20, 15, 1])[0],
                    rng.choices(
                        [NOTHING, "Arrest", "Community resolution", "Khat or Cannabis warning", ""], [70, 18, 6, 5, 1]
                    )[0],
                    "",
                    rng.choice([True, False, None]),
                )
            )
    return found


def _release(month: date, stops: list[Stop], made_up: bool, force: str, number: int) -> Release:
    release = Release(
        force=force, month=month, number=number, made_up=made_up, state="released", state_since=now(), released_at=now(), is_current=True, uploaded_at=now(), rows=len(stops), clean=True,
        digest=f"{force}{month}{number}".encode().ljust(32)[:32],
    )  # fmt: skip
    release.stream_id = history.open_stream("release").id
    db.session.add(release)
    db.session.flush()
    for (area, group, section60), found in _parts(stops).items():
        total = Count()
        cells: dict[tuple[str, str], Count] = defaultdict(Count)
        for stop in found:
            total = total.plus(stop.count)
            for dimension in cube.DIMENSIONS:
                key = (dimension, stop.of(dimension))
                cells[key] = cells[key].plus(stop.count)
        by_id = {_value(key): count for key, count in cells.items()}
        packed = b"".join(struct.pack("<7i", key, *by_id[key]) for key in sorted(by_id))
        db.session.add(
            Cube(release_id=release.id, month=month, area_id=area, group_id=group and _value(group) or 0,
                 section60=section60, cells=packed, **total._asdict())
        )  # fmt: skip
    db.session.flush()
    return release


def _parts(stops: list[Stop]) -> dict[tuple[int, Any, bool], list[Stop]]:
    known = {area.slug: [area.id, *([area.parent_id] if area.parent_id else [])] for area in areas.boroughs()}
    parts: dict[tuple[int, Any, bool], list[Stop]] = defaultdict(list)
    for stop in stops:
        for area in (cube.FORCE_WIDE, *known.get(stop.borough, ())):
            for group in (None, *((dimension, stop.of(dimension)) for dimension in cube.GROUPS)):
                parts[(area, group, stop.legislation == SECTION_60)].append(stop)
    return parts


def _value(key: tuple[str, str]) -> int:
    ids = db.session.info.setdefault("values", {})
    if key not in ids:
        row = db.session.query(Value).filter_by(dimension=key[0], wording=key[1]).one_or_none()
        if row is None:
            row = Value(dimension=key[0], wording=key[1], known=True)
            db.session.add(row)
            db.session.flush()
        ids[key] = row.id
    return int(ids[key])
