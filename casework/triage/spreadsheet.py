"""Tables as CSV (RFC 4180) that no spreadsheet takes for a formula, and that people can still read. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

# Spreadsheets take a cell that begins like this for something to work out, some also in full width.
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Without it Excel takes UTF-8 for something else.
MARK = "\ufeff"


def cell(value: object) -> str:
    """A value as a cell: text that looks like a formula gets an apostrophe before it, numbers stay numbers."""
    if isinstance(value, int | float):
        return str(value)
    text = "" if value is None else str(value)
    # blanks before do not make it harmless everywhere
    return "'" + text if text.lstrip(" \u00a0\ufeff").startswith(_STARTS) else text


def lines(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The lines of a table, one after the other, so that a long one need never be held whole."""
    yield MARK + _line(heading)
    for row in rows:
        yield _line(row)


def _line(values: Sequence[object]) -> str:
    into = io.StringIO()
    csv.writer(into, lineterminator="\r\n").writerow([cell(value) for value in values])
    return into.getvalue()
