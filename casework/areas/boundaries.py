"""The outlines of boroughs, which the operator loads, and which borough a point lies in. Never commits.

A file is GeoJSON as the Office for National Statistics gives it out (Open Geography Portal, "Local Authority
Districts", in degrees of longitude and latitude): any property that is the code or the name of one of our boroughs
tells which it is. Loading other outlines makes a new set; what was placed by an older one stays as it was.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from casework.areas import queries
from casework.areas.models import Area, Boundaries, Shape
from casework.extensions import db
from casework.moments import now

# 33 boroughs at 20 m are 0.2 MB; every district of the country at full detail is 130 MB.
LARGEST = 200_000_000


class BadBoundaries(ValueError):
    """The file cannot be loaded; nothing was changed. The message says what is wrong."""


@dataclass(frozen=True)
class Loaded:
    """What came of a file: how many boroughs it gave outlines to, which of ours it left out, how many it has beside."""

    boundaries: Boundaries
    known_before: bool
    boroughs: int
    left_out: list[str]
    others: int


def load(path: Path) -> Loaded:
    """Add the outlines of a file as a new set, or find the set that it made before. Raises `BadBoundaries`."""
    if path.stat().st_size > LARGEST:
        raise BadBoundaries(f"The file is larger than {LARGEST // 1_000_000} MB. Take a generalised version of it.")
    content = path.read_bytes()
    outlines, others = read(content, queries.boroughs())
    digest = hashlib.sha256(content).digest()
    left_out = [area.name for area in queries.boroughs() if area.id not in outlines]
    before = db.session.scalars(select(Boundaries).where(Boundaries.digest == digest)).one_or_none()
    if before is not None:
        return Loaded(before, True, len(outlines), left_out, others)
    made = Boundaries(loaded_at=now(), file_name=path.name[:200], digest=digest)
    db.session.add(made)
    db.session.flush()
    for area_id, outline in sorted(outlines.items()):
        db.session.add(Shape(boundaries_id=made.id, area_id=area_id, outline=outline))
    db.session.flush()
    return Loaded(made, False, len(outlines), left_out, others)


def read(content: bytes, boroughs: Sequence[Area]) -> tuple[dict[int, bytes], int]:
    """The outlines in a GeoJSON text, as WKB by the id of the borough, and how many were of none of ours."""
    import shapely

    try:
        features = json.loads(content)["features"]
        given = [(feature["properties"], feature["geometry"]) for feature in features]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BadBoundaries("This is no GeoJSON with features. See docs/operating.md for where to get one.") from None
    ours = {_plain(name): area.id for area in boroughs for name in (area.code, area.name, area.slug) if name}
    found: dict[int, bytes] = {}
    others = 0
    for properties, geometry in given:
        names = [value for value in (properties or {}).values() if isinstance(value, str)]
        area_id = next((ours[_plain(name)] for name in names if _plain(name) in ours), None)
        if area_id is None:
            others += 1
            continue
        try:
            outline = shapely.from_geojson(json.dumps(geometry))
        except shapely.errors.GEOSException:
            raise BadBoundaries(f"The outline of {', '.join(names[:2])} cannot be read.") from None
        _refuse_what_is_no_outline(outline, names)
        if area_id in found:
            raise BadBoundaries(f"There are two outlines of {', '.join(names[:2])}.")
        found[area_id] = shapely.to_wkb(outline)
    if not found:
        raise BadBoundaries("None of these outlines has the code or the name of one of our boroughs.")
    return found, others


def newest() -> int | None:
    """The set of outlines in use; None where none was loaded."""
    return db.session.scalar(select(Boundaries.id).order_by(Boundaries.id.desc()).limit(1))


def locate(boundaries_id: int, points: Sequence[tuple[float, float]]) -> list[str]:
    """The slug of the borough that each point (longitude, latitude) lies in or on the edge of; empty: in none.

    Of a point on the edge of two, the borough with the lower code: the same whenever it is asked.
    """
    import numpy
    import shapely

    slugs, tree = _tree(boundaries_id)
    found = [""] * len(points)
    if points:
        at, boroughs = tree.query(shapely.points(numpy.array(points)), predicate="intersects")
        order = numpy.lexsort((-boroughs, at))
        for point, borough in zip(at[order].tolist(), boroughs[order].tolist(), strict=True):
            found[point] = slugs[borough]
    return found


_trees: dict[tuple[int, bytes], tuple[list[str], Any]] = {}


def _tree(boundaries_id: int) -> tuple[list[str], Any]:
    """The outlines of a set, in the order of their boroughs' codes, ready to be asked. Made once in a process."""
    import shapely

    digest = db.session.scalars(select(Boundaries.digest).where(Boundaries.id == boundaries_id)).one()
    if (boundaries_id, digest) not in _trees:
        rows = select(Area.slug, Shape.outline).join(Area, Area.id == Shape.area_id)
        rows = rows.where(Shape.boundaries_id == boundaries_id).order_by(Area.code, Area.slug)
        found = db.session.execute(rows).all()
        _trees.clear()
        _trees[(boundaries_id, digest)] = (
            [row.slug for row in found],
            shapely.STRtree([shapely.from_wkb(row.outline) for row in found]),
        )
    return _trees[(boundaries_id, digest)]


def _refuse_what_is_no_outline(outline: Any, names: list[str]) -> None:
    if outline is None or outline.is_empty or outline.geom_type not in ("Polygon", "MultiPolygon"):
        raise BadBoundaries(f"The outline of {', '.join(names[:2])} is no polygon.")
    west, south, east, north = outline.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise BadBoundaries("The coordinates are not in degrees. Take the file in WGS 84 (EPSG:4326).")


def _plain(name: str) -> str:
    """A name without case, signs and the word "and": "Hammersmith & Fulham" is "hammersmith and fulham"."""
    return re.sub(r"[^a-z0-9]+", "", re.sub(r"\band\b|&", "", name.casefold()))
