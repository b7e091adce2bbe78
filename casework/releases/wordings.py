"""What a value of a police.uk file means: its wording of today, whichever year it was written in. Pure.

The table is data (`data/wordings.csv`), with old and new wordings. What is not in it is new: kept and shown as it is.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("data") / "wordings.csv"
_CODE = re.compile(r"\(([A-Z0-9]\d|NS)\)$", re.IGNORECASE)

BLANK, KNOWN, OLD, REPAIRED, NEW = "blank", "known", "old wording", "repaired", "new value"
# The first level of a self-defined ethnicity that nobody has seen before.
NOT_RECOGNISED = "Not recognised"


@dataclass(frozen=True)
class Meaning:
    """One value: the wording that is shown, what was done to get there, the first level, and what it counts as."""

    wording: str
    how: str
    group: str = ""
    counts: str = ""


def meaning(field: str, raw: str) -> Meaning:
    """What a cell of this field says. Blank is "not supplied", never "no"."""
    text = " ".join(raw.split())
    if not text:
        return Meaning("", BLANK)
    table = _table()
    found = table.get((field, text.casefold()))
    if found is None and field == "self" and (code := _CODE.search(text)):
        found = table.get((field, code[1].casefold()))
    if found is None:
        return Meaning(text, NEW, NOT_RECOGNISED)
    wording, group, counts = found
    if counts == REPAIRED:
        return Meaning(wording, REPAIRED)
    return Meaning(wording, KNOWN if text.casefold() == wording.casefold() else OLD, group, counts)


def every(field: str) -> list[str]:
    """The wordings of today of a field, in the order of the table."""
    return list(dict.fromkeys(wording for (name, _), (wording, _, _) in _table().items() if name == field))


@cache
def _table() -> dict[tuple[str, str], tuple[str, str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        lines = csv.DictReader(line for line in file if not line.startswith("#"))
        return {
            (row["field"], " ".join(row["wording"].split()).casefold()): (row["canonical"], row["group"], row["counts"])
            for row in lines
        }
