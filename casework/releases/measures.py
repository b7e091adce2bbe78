"""What is worked out from counts of searches: shares, rates per 1,000 residents, relative rates. Pure.

Definitions (domain 3.5): a positive outcome is any outcome other than no further action; arrests, positive outcomes and
outcomes linked to what was looked for are told apart, each over the searches of which it is known. What rests on few
searches is marked [u], what was not supplied [x].
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from casework.releases.charts import Value
from casework.releases.cube import Count

# Shorthand of the Government Analysis Function: unreliable, not available.
UNRELIABLE, NOT_AVAILABLE = "[u]", "[x]"
REFERENCE = "white"
MIXED_OTHER = "mixed-other"
# Groups of residents by the first word of what files call them, in the order in which they are shown.
RESIDENTS = {
    "white": "White",
    "mixed": "Mixed",
    "asian": "Asian",
    "black": "Black",
    "other": "Other",
    MIXED_OTHER: "Mixed or other",
}


@dataclass(frozen=True)
class Residents:
    """How many people of each group live in an area, as one source has it."""

    name: str
    year: int
    people: Mapping[str, int]


@dataclass(frozen=True)
class Rate:
    """Searches of a group in an area, for each 1,000 of its residents, and that over the same for White."""

    group: str
    searches: int
    residents: int
    per_1000: Value
    relative: Value


@dataclass(frozen=True)
class Rates:
    """The rates of all groups, and the searches of people whose group was not stated: those are left out."""

    rows: tuple[Rate, ...]
    excluded: int
    total: int


def share(part: int, base: int, fewest: int) -> Value:
    """A share in per cent with one decimal; marked where its base is smaller than `fewest`."""
    if base <= 0:
        return Value(None, NOT_AVAILABLE)
    return _marked(100 * part / base, f"{100 * part / base:.1f}%", base < fewest)


def positive(count: Count, fewest: int) -> Value:
    """How many in a hundred had an outcome other than no further action, of those with an outcome."""
    return share(count.positive, count.decided, fewest)


def arrests(count: Count, fewest: int) -> Value:
    """How many in a hundred ended in an arrest, of those with an outcome."""
    return share(count.arrests, count.decided, fewest)


def linked(count: Count, fewest: int) -> Value:
    """How many in a hundred had an outcome linked to what was looked for, of those of which that was supplied."""
    return share(count.linked, count.told, fewest)


def group_of(wording: str) -> str | None:
    """The group of residents that a file's wording belongs to; None where it is not stated or is none of them."""
    words = re.findall("[a-z]+", wording.lower())
    if not words or "stated" in words or "unknown" in words:
        return None
    return words[0] if words[0] in RESIDENTS else None


def rates(cells: Mapping[str, Count], residents: Residents, fewest: int) -> Rates:
    """The rates of the groups that the residents are known of."""
    people = {group: number for group, number in residents.people.items() if group != "all" and number > 0}
    found = dict.fromkeys(people, 0)
    excluded = 0
    for wording, count in cells.items():
        group = group_of(wording)
        if group in ("mixed", "other") and group not in found and MIXED_OTHER in found:
            group = MIXED_OTHER
        if group in found:
            found[group] += count.n
        else:
            excluded += count.n
    white = 1000 * found[REFERENCE] / people[REFERENCE] if found.get(REFERENCE) else 0.0
    few_white = found.get(REFERENCE, 0) < fewest
    rows = []
    for group in RESIDENTS:
        if group not in found:
            continue
        rate = 1000 * found[group] / people[group]
        few = found[group] < fewest
        relative = Value(None, NOT_AVAILABLE)
        if white:
            relative = _marked(rate / white, f"{rate / white:.1f}", few or few_white)
        rows.append(Rate(RESIDENTS[group], found[group], people[group], _marked(rate, f"{rate:.1f}", few), relative))
    return Rates(tuple(rows), excluded, excluded + sum(found.values()))


def per_1000(searches: int, residents: Residents | None, fewest: int) -> Value:
    """Searches for each 1,000 of all residents."""
    people = residents.people.get("all", 0) if residents else 0
    if not people:
        return Value(None, NOT_AVAILABLE)
    return _marked(1000 * searches / people, f"{1000 * searches / people:.1f}", searches < fewest)


def _marked(number: float, words: str, unreliable: bool) -> Value:
    return Value(number, f"{words} {UNRELIABLE}" if unreliable else words)
