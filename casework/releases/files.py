"""Figures as files: CSV (RFC 4180) and JSON, a line for each value of each dimension. Pure: same input, same bytes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from casework.releases.cube import Count

LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
NOTICE = "Contains public sector information licensed under the Open Government Licence v3.0."
# What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

# The data dictionary: each column, and what stands in it.
COLUMNS = {
    "area": "The slug of a borough or BCU; empty: the whole force, with searches in no borough",
    "from": "The first month that is counted (YYYY-MM), by London time",
    "to": "The last month that is counted",
    "group": "Whom it is about, as dimension:value; empty: everybody",
    "power": "section-60: searches under section 60 alone; without-section-60: all others; empty: both",
    "dimension": "By what it is broken down; total: not at all; month: by month",
    "value": "The value of that dimension as the force supplied it; empty: it supplied none",
    "searches": "How many searches",
    "with_outcome": "How many of them have an outcome: the base of the next two",
    "positive": "How many have an outcome other than no further action",
    "arrests": "How many ended in an arrest; they are positive too",
    "link_supplied": "For how many the force said whether the outcome was linked to what was looked for",
    "linked": "How many of those were linked",
}
DIMENSIONS = {
    "total": "All searches of the choice",
    "month": "The London month of the search",
    "type": "Whether a person, a vehicle or both were searched",
    "sex": "Gender as supplied",
    "age": "Age in bands",
    "self_group": "Ethnicity as the person described it, in groups",
    "self": "Ethnicity as the person described it, in full",
    "officer": "Ethnicity as the officer saw it",
    "legislation": "The power used",
    "object": "What was looked for",
    "outcome": "What came of it",
    "removal": "Whether more than outer clothing was removed",
    "borough": "Where it was: a slug, or elsewhere, no coordinates, not placed",
}


@dataclass(frozen=True)
class Block:
    """The figures of one area, period, group and kind of power, by dimension and value."""

    area: str
    since: date
    until: date
    group: str
    power: str
    cells: Mapping[str, Mapping[str, Count]]


def as_csv(blocks: Iterable[Block]) -> bytes:
    """Every count in a line of its own, under the names of `COLUMNS`."""
    kept = io.StringIO()
    lines = csv.writer(kept, lineterminator="\r\n")
    lines.writerow(COLUMNS)
    for block in blocks:
        about = [block.area, f"{block.since:%Y-%m}", f"{block.until:%Y-%m}", _safe(block.group), block.power]
        for dimension, values in block.cells.items():
            for value, count in values.items():
                lines.writerow([*about, dimension, _safe(value), *count])
    return kept.getvalue().encode()


def as_json(blocks: Iterable[Block], **about: Any) -> bytes:
    """The same as JSON, with where it comes from and under which licence."""
    names = list(COLUMNS)[7:]
    figures = [
        {
            "area": block.area,
            "from": f"{block.since:%Y-%m}",
            "to": f"{block.until:%Y-%m}",
            "group": block.group,
            "power": block.power,
            "dimensions": {
                dimension: [{"value": value} | dict(zip(names, count, strict=True)) for value, count in values.items()]
                for dimension, values in block.cells.items()
            },
        }
        for block in blocks
    ]
    return dumped({"notice": NOTICE, "licence": LICENCE, **about, "figures": figures})


def dumped(value: Any) -> bytes:
    """JSON, always in the same bytes."""
    return (json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def dictionary(url: str) -> bytes:
    """What the columns of a CSV file mean, for machines: CSV on the Web (W3C), for any file of ours."""
    columns = [
        {
            "name": name,
            "titles": name,
            "dc:description": words,
            "datatype": "integer" if place >= 7 else "string",
        }
        for place, (name, words) in enumerate(COLUMNS.items())
    ]
    about = {"@context": "http://www.w3.org/ns/csvw", "url": url, "dc:license": LICENCE, "dc:rights": NOTICE}
    return dumped(about | {"tableSchema": {"columns": columns}})


def _safe(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value
