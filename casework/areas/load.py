"""Loads the areas of a force from a CSV file. `data/london.csv` is one, and shows another force how to write its own.

Columns: kind (bcu or borough), slug, name, code, parent (a BCU's slug; empty for a BCU), from, until (ISO days, until
may be empty); and, for a map of tiles, row and column (from 1, at the top left) and short (what stands on the tile).
The last three may be left out. Lines that begin with # are comments. Never commits.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from casework.areas import queries as areas
from casework.areas.models import Area
from casework.extensions import db

LONDON = Path(__file__).with_name("data") / "london.csv"
FORCE = "force"
_COLUMNS = ["kind", "slug", "name", "code", "parent", "from", "until"]
_TILE = ["row", "column", "short"]
# A map has at most so many rows and columns, and a tile room for so many letters.
_MOST, _LETTERS = 50, 4
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class BadAreas(ValueError):
    """The file cannot be loaded. The message names the line and says what is wrong."""


@dataclass(frozen=True)
class Line:
    """One area as the file gives it."""

    number: int
    kind: str
    slug: str
    name: str
    code: str
    parent: str
    from_on: date
    until_on: date | None
    tile: tuple[int, int, str] | None = None


def load(path: Path, force_name: str) -> int:
    """Add the areas of a file, or bring those that are there up to date by slug. Returns how many the file has.

    Everything lies within one force of the given name. Areas that the file does not name stay as they are: an area
    that ends is given its last day in the file. Raises `BadAreas`, and then nothing was changed.
    """
    lines = read(path.read_text(encoding="utf-8-sig"))
    have = {area.slug: area for area in db.session.query(Area)}
    first = min((line.from_on for line in lines), default=date(1829, 9, 29))
    have[FORCE] = _put(have.get(FORCE), Line(0, "force", FORCE, force_name, "", "", first, None), None)
    for kind in ("bcu", "borough"):
        for line in lines:
            if line.kind == kind:
                have[line.slug] = _put(have.get(line.slug), line, have[line.parent or FORCE].id)
    areas.forget()
    return len(lines)


def read(text: str) -> list[Line]:
    """The areas in a file's text, checked: or raise `BadAreas`. Changes nothing."""
    kept = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip() and line[0] != "#"]
    rows = csv.reader(line for _, line in kept)
    header = [cell.strip().lower() for cell in next(rows, [])]
    if header not in (_COLUMNS, _COLUMNS + _TILE):
        wanted, further = ",".join(_COLUMNS), ",".join(_TILE)
        raise BadAreas(f"The first line must name the columns {wanted}, and may go on with {further}.")
    lines = [_line(number, row, len(header)) for (number, _), row in zip(kept[1:], rows, strict=False)]
    bcus = {line.slug for line in lines if line.kind == "bcu"}
    seen: set[str] = {FORCE}
    taken: dict[tuple[int, int], str] = {}
    for line in lines:
        if line.slug in seen:
            raise BadAreas(f"Line {line.number}: the slug {line.slug} is taken.")
        if line.kind == "borough" and line.parent not in bcus:
            raise BadAreas(f"Line {line.number}: there is no BCU with the slug {line.parent!r} in this file.")
        if line.kind == "bcu" and line.parent:
            raise BadAreas(f"Line {line.number}: a BCU has no parent; leave the column empty.")
        seen.add(line.slug)
        if line.tile and line.until_on is None and taken.setdefault(line.tile[:2], line.slug) != line.slug:
            raise BadAreas(f"Line {line.number}: the place on the map is that of {taken[line.tile[:2]]}.")
    return lines


def _line(number: int, row: list[str], wide: int) -> Line:
    cells = [cell.strip() for cell in row]
    if len(cells) != wide:
        raise BadAreas(f"Line {number}: there must be {wide} columns, not {len(cells)}.")
    kind, slug, name, code, parent, since, until = cells[: len(_COLUMNS)]
    if kind not in ("bcu", "borough"):
        raise BadAreas(f"Line {number}: the kind must be bcu or borough, not {kind!r}.")
    if not _SLUG.fullmatch(slug):
        raise BadAreas(f"Line {number}: a slug has small letters, digits and single hyphens, such as central-east.")
    if not name:
        raise BadAreas(f"Line {number}: the name is missing.")
    tile = _tile(number, cells[len(_COLUMNS) :])
    try:
        return Line(
            number,
            kind,
            slug,
            name,
            code,
            parent,
            date.fromisoformat(since),
            date.fromisoformat(until) if until else None,
            tile,
        )
    except ValueError:
        raise BadAreas(f"Line {number}: write days such as 2019-04-01.") from None


def _tile(number: int, cells: list[str]) -> tuple[int, int, str] | None:
    if not any(cells):
        return None
    row, column, short = cells
    places = [int(cell) if re.fullmatch("[0-9]{1,2}", cell) else 0 for cell in (row, column)]
    if not all(1 <= place <= _MOST for place in places) or not 0 < len(short) <= _LETTERS:
        raise BadAreas(
            f"Line {number}: a tile has a row and a column from 1 to {_MOST}, and a short name of up to {_LETTERS}."
        )
    return places[0], places[1], short


def _put(area: Area | None, line: Line, parent_id: int | None) -> Area:
    area = area or Area(slug=line.slug)
    area.kind, area.name, area.code, area.parent_id = line.kind, line.name, line.code, parent_id
    area.from_on, area.until_on = line.from_on, line.until_on
    area.tile_row, area.tile_column, area.short = line.tile or (None, None, None)
    db.session.add(area)
    db.session.flush()
    return area
