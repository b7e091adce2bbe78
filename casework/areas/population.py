"""Loads how many people live where, by ethnic group: what rates per 1,000 residents are worked out with.

Three shapes of file are read: the Census table TS021 as Nomis gives it ("geography code", "Ethnic group: ..."); the
Annual Population Survey as the London Datastore gives it (year, code, white, asian, black, mixed_other, total; "-" is
not known); and one of our own: code, group (all, white, mixed, asian, black, other), people. Never commits.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete

from casework import seldom
from casework.areas.models import Area, Population
from casework.extensions import db

GROUPS = ("all", "white", "mixed", "asian", "black", "other")
_CENSUS = {
    "Total: All usual residents": "all",
    "White": "white",
    "Mixed or Multiple ethnic groups": "mixed",
    "Asian, Asian British or Asian Welsh": "asian",
    "Black, Black British, Black Welsh, Caribbean or African": "black",
    "Other ethnic group": "other",
}
_SURVEY = {"total": "all", "white": "white", "asian": "asian", "black": "black", "mixed_other": "mixed-other"}
_WHOLE = re.compile(r"\d{1,9}")


class BadPopulation(ValueError):
    """The file cannot be loaded. The message names the line and says what is wrong."""


@dataclass(frozen=True)
class Line:
    """How many people of a group live in the area of a code."""

    code: str
    group: str
    people: int


def load(text: str, name: str, year: int) -> tuple[int, int]:
    """Keep what a file says under the name of its source, in place of what was kept under it. Returns how many areas of
    ours it has, and how many others it has. `BadPopulation`, and then nothing was changed."""
    lines = read(text, year)
    known = {area.code: area.id for area in db.session.query(Area).filter(Area.kind == "borough", Area.code != "")}
    found = [line for line in lines if line.code in known]
    if not found:
        raise BadPopulation("The file has no area of ours: load the areas first, with their codes.")
    source = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if not source:
        raise BadPopulation("Name the source, such as Census 2021.")
    db.session.execute(delete(Population).where(Population.source == source))
    db.session.add_all(
        Population(source=source, name=name, year=year, area_id=known[line.code], group=line.group, people=line.people)
        for line in found
    )
    db.session.flush()
    seldom.forget()
    ours, all_codes = {line.code for line in found}, {line.code for line in lines}
    return len(ours), len(all_codes - ours)


def read(text: str, year: int) -> list[Line]:
    """The lines of a file, checked: or raise `BadPopulation`. Changes nothing."""
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    try:
        header = [name.strip() for name in rows.fieldnames or ()]
        rows.fieldnames = header
        if "geography code" in header:
            wanted = {f"Ethnic group: {words}": group for words, group in _CENSUS.items()}
            lines = _wide(rows, "geography code", wanted)
        elif {"year", "code", "mixed_other"} <= set(header):
            lines = _wide([row for row in rows if row["year"] == str(year)], "code", _SURVEY)
        elif header[:3] == ["code", "group", "people"]:
            lines = [_line(number, row["code"], row["group"], row["people"]) for number, row in enumerate(rows, 2)]
        else:
            raise BadPopulation("The first line must name the columns code,group,people, or be that of an ONS file.")
    except csv.Error as wrong:
        raise BadPopulation(f"This is no CSV file: {wrong}.") from None
    if not lines:
        raise BadPopulation(f"The file has no line for {year}.")
    if len({(line.code, line.group) for line in lines}) != len(lines):
        raise BadPopulation("The file has an area and a group twice.")
    return lines


def _wide(rows: Sequence[dict[str, str]] | csv.DictReader[str], code: str, wanted: dict[str, str]) -> list[Line]:
    lines = []
    for number, row in enumerate(rows, 2):
        for column, group in wanted.items():
            if row.get(column) is None:
                raise BadPopulation(f"Line {number}: the column {column!r} is missing.")
            if row[column].strip() != "-":
                lines.append(_line(number, row[code], group, row[column]))
    return lines


def _line(number: int, code: str, group: str, people: str) -> Line:
    if not _WHOLE.fullmatch((people or "").strip()):
        raise BadPopulation(f"Line {number}: {people!r} is no number of people.")
    if group not in (*GROUPS, "mixed-other"):
        raise BadPopulation(f"Line {number}: the group must be one of {', '.join(GROUPS)}, not {group!r}.")
    return Line((code or "").strip(), group, int(people))
