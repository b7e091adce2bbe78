"""An attacker who reads every table of every release and works out what is withheld, by linear programs (HiGHS).

Knows what any reader can: the rule and its threshold, which rows add up to which, and all releases side by side. Uses
nothing of the program but the tables as they are published.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
from scipy.optimize import linprog

from casework.publishing import WITHHELD, Table

# What is counted, the year, the table (months, or how it is broken down) and the row.
Key = tuple[str, str, str, str]
TOTALS = ("Year", "All")
MONTHS = "by month"
# Tables whose "All" is the year's number of something that the months show too.
SAME = {
    "refusals by ground": "Refused",
    "recorded, by reason": "Recorded under Schedule 3",
    "received, by sort": "Received",
}


@dataclass(frozen=True)
class Leak:
    """A number that was withheld, or that two releases tell differently, and what is known of it."""

    key: Key
    low: float
    high: float


def leaks(releases: Iterable[Sequence[Table]], threshold: int, room: int = 3) -> list[Leak]:
    """Every withheld number of which fewer than `room` values are possible, and every one that releases contradict."""
    told: dict[Key, set[int | str]] = defaultdict(set)
    complete: set[tuple[str, str, str]] = set()
    for tables in releases:
        for table in tables:
            _read(table, told, complete)
    found = [
        Leak(key, min(numbers), max(numbers))
        for key, said in told.items()
        if len(numbers := [n for n in said if isinstance(n, int)]) > 1 or (numbers and WITHHELD in said)
    ]
    known = {key: next((n for n in said if isinstance(n, int)), None) for key, said in told.items()}
    families: dict[tuple[str, str], list[Key]] = defaultdict(list)
    for key in known:
        families[key[:2]].append(key)
    for keys in families.values():
        found += _family(keys, known, complete, threshold, room)
    return found


def _read(table: Table, told: dict[Key, set[int | str]], complete: set[tuple[str, str, str]]) -> None:
    """What a table says, and whether its rows add up to a total."""
    year, _, rest = table.title.replace(":", "").partition(" ")
    for place, column in enumerate(table.columns):
        if column.startswith(("Median", "Half", "Nine", "Mean")):
            continue
        what = SAME.get(rest, f"{rest} {column}" if column == "Number" else column)
        for row, values in table.rows:
            value = values[place]
            told[(what, year, "" if row in TOTALS else rest, row if row not in TOTALS else "All")].add(value)  # type: ignore[arg-type]
        if table.rows[-1][0] in TOTALS:
            complete.add((what, year, rest))


def _family(
    keys: list[Key], known: dict[Key, int | None], complete: set[tuple[str, str, str]], threshold: int, room: int
) -> list[Leak]:
    """What can be worked out of one measure of one year."""
    hidden = [key for key in keys if known[key] is None]
    if not hidden:
        return []
    place = {key: number for number, key in enumerate(hidden)}
    # A month is withheld for its own size alone. Of the rest it is known that they are not 0, unless nothing is shown.
    rest = [key for key in keys if key[2] != MONTHS]
    months_known = all(known[key] is not None for key in keys if key[2] == MONTHS)
    least = 0 if all(known[key] is None or (key[3] == "All" and months_known) for key in rest) else 1
    bounds = [(1, threshold - 1) if key[2] == MONTHS else (least, None) for key in hidden]
    rows, sums = [], []
    for what, year, table in sorted(complete):
        total: Key = (what, year, "", "All")
        if (what, year) != keys[0][:2] or total not in known:
            continue
        line, right = np.zeros(len(hidden)), 0
        for key in (*(each for each in keys if each[2] == table), total):
            sign = -1 if key == total else 1
            number = known[key]
            if number is None:
                line[place[key]] += sign
            else:
                right -= sign * number
        rows.append(line)
        sums.append(right)
    found = []
    for key in hidden:
        ends = []
        for sign in (1, -1):
            goal = np.zeros(len(hidden))
            goal[place[key]] = sign
            solved = linprog(
                goal, A_eq=np.array(rows) if rows else None, b_eq=sums or None, bounds=bounds, method="highs"
            )
            ends.append(sign * solved.fun if solved.status == 0 else inf * sign if solved.status == 3 else np.nan)
        low, high = ends[0], (inf if ends[1] == -inf else ends[1])
        # no solution at all: what is published contradicts itself, and that too says something
        if np.isnan(low) or np.isnan(high) or high - low < room - 1 - 1e-6:
            found.append(Leak(key, low, high))
    return found
