"""Tables of figures as they are published, and the same as a file. Pure: what may be shown was decided before."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

Shown = int | str

# What stands for a number: withheld because it is small or would give a small one away; too few for a median.
WITHHELD, TOO_FEW = "[c]", "[z]"

# What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Table:
    """A table as it is shown: what stands in its first column, then a heading and its numbers for each row."""

    part: str
    title: str
    first: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Shown, ...]], ...]


@dataclass(frozen=True)
class Released:
    """Tables that were released: the last day that they count, their rules, and the name of the release. No day: all
    that came out was withdrawn."""

    last: date | None
    threshold: int
    fewest: int
    tables: list[Table]
    name: str


_releases: list[Callable[[str], Released | None]] = []


def provide(find: Callable[[str], Released | None]) -> None:
    """Let pages of figures show what was released, wherever that is kept."""
    _releases.append(find)


def released(kind: str) -> Released | None:
    """What was released last of a kind; None before the first release, when pages count for themselves."""
    return next((found for find in _releases if (found := find(kind)) is not None), None)


def as_csv(tables: Iterable[Table]) -> str:
    """Every number with its table, row and column (RFC 4180). No cell begins like a formula."""
    kept = io.StringIO()
    lines = csv.writer(kept, lineterminator="\r\n")
    lines.writerow(("table", "row", "column", "value"))
    for table in tables:
        for name, values in table.rows:
            for column, value in zip(table.columns, values, strict=True):
                lines.writerow((_safe(table.title), _safe(name), _safe(column), _safe(value)))
    return kept.getvalue()


def _safe(value: Shown) -> Shown:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
