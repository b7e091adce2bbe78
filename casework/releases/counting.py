"""From the rows of a file to its cube. Pure: the same rows and places give the same bytes on any machine.

Every row is counted in the whole force, and in its borough and BCU where it has one; among everybody, and in one group
of each of `cube.GROUPS`; and there in one value of every dimension.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from casework.releases.cube import DIMENSIONS, ELSEWHERE, GROUPS, NO_PLACE, NOT_PLACED, Count
from casework.releases.reading import Read

Array = Any


@dataclass(frozen=True)
class Places:
    """Where each point of a file is, and which BCU each borough belongs to; all by slug.

    `of_point` is None without boundaries; an empty slug is elsewhere. `named` are boroughs that rows name themselves.
    """

    of_point: Sequence[str] | None
    bcus: Mapping[str, str]
    named: Mapping[str, str]


@dataclass(frozen=True)
class Counted:
    """A cube as it is made: values and areas by name, and rows that name them by their place in these lists.

    A row: month, area (-1: the whole force), value of the group (-1: everybody), section 60, six sums, packed cells.
    """

    values: list[tuple[str, str]]
    areas: list[str]
    rows: list[tuple[date, int, int, bool, Count, bytes]]
    elsewhere: int

    @property
    def digest(self) -> bytes:
        """The hash of the cube, by names alone."""
        found = hashlib.sha256(repr((self.values, self.areas)).encode())
        for month, area, group, section60, sums, cells in self.rows:
            found.update(repr((month.isoformat(), area, group, section60, tuple(sums))).encode() + cells)
        return found.digest()


def count(read: Read, places: Places) -> Counted:
    """The cube of a file's rows. Undated rows are in the report and in no figure."""
    dated = np.frombuffer(read.row_months, dtype=np.int32) >= 0
    wordings = _wordings(read, places)
    values = sorted({(name, word) for name in DIMENSIONS for word in wordings[name]})
    index = {value: at for at, value in enumerate(values)}
    columns = {
        name: np.array([index[name, word] for word in words], dtype=np.int64)[_codes(read, name, places)][dated]
        for name, words in wordings.items()
    }
    weights = _weights(read)[dated]
    areas = sorted({*places.bcus, *places.bcus.values()} - {""})
    levels = _levels(places, areas, values, columns["borough"])
    months = np.frombuffer(read.row_months, dtype=np.int32)[dated].astype(np.int64)
    section60 = _flags(read, "legislation", lambda m: m.counts == "section 60")[dated].astype(np.int64)
    found = []
    for level in levels:
        for group in (None, *GROUPS):
            base = ((months * 2 + section60) * (len(areas) + 1) + level + 1) * (len(values) + 1)
            base = base + (columns[group] + 1 if group else 0)
            found += _rows(base[level > -2], {n: c[level > -2] for n, c in columns.items()}, weights[level > -2])
    rows = []
    for key, sums, cells in found:
        rest, who = divmod(key, len(values) + 1)
        rest, area = divmod(rest, len(areas) + 1)
        rows.append((read.months[rest // 2], area - 1, who - 1, bool(rest % 2), sums, cells))
    rows.sort(key=lambda row: row[:4])
    outside = [at for at, (name, word) in enumerate(values) if name == "borough" and word in (ELSEWHERE, NO_PLACE)]
    return Counted(values, areas, rows, int(np.isin(columns["borough"], outside).sum()))


def _rows(base: Array, columns: Mapping[str, Array], weights: Array) -> list[tuple[int, Count, bytes]]:
    """The sums by base key, each with its packed cells in the order of the values."""
    if not len(base):
        return []
    keys, places = np.unique(base, return_inverse=True)
    places = places.reshape(-1)
    totals = _sums(places, weights, len(keys))
    parts = []
    for name in DIMENSIONS:
        low = int(columns[name].min())
        width = int(columns[name].max()) - low + 1
        sums = _sums(places * width + columns[name] - low, weights, len(keys) * width)
        there = np.flatnonzero(sums[:, 0])
        parts.append(np.column_stack((there // width, there % width + low, sums[there])))
    cells = np.concatenate(parts)
    cells = cells[np.lexsort((cells[:, 1], cells[:, 0]))]
    ends = np.searchsorted(cells[:, 0], np.arange(len(keys) + 1))
    packed = cells[:, 1:].astype("<i4")
    return [
        (key, Count(*total), packed[ends[at] : ends[at + 1]].tobytes())
        for at, (key, total) in enumerate(zip(keys.tolist(), totals.tolist(), strict=True))
    ]


def _sums(places: Array, weights: Array, size: int) -> Array:
    """The six sums of the rows at each place."""
    return np.column_stack(
        [np.bincount(places, weights[:, each], minlength=size).astype(np.int64) for each in range(6)]
    )


def _weights(read: Read) -> Array:
    """What each row adds to the six sums: see `cube.Count`."""
    decided = _flags(read, "outcome", lambda m: bool(m.wording))
    none = _flags(read, "outcome", lambda m: m.counts == "none")
    arrests = _flags(read, "outcome", lambda m: m.counts == "arrest")
    told = _flags(read, "linked", lambda m: bool(m.wording))
    linked = _flags(read, "linked", lambda m: m.wording == "True")
    return np.column_stack((np.ones(read.rows), decided, decided & ~none, arrests, told, linked)).astype(np.float64)


def _flags(read: Read, name: str, holds: Any) -> Array:
    by_code = np.array([holds(meaning) for meaning in read.meanings[name]], dtype=bool)
    return by_code[np.frombuffer(read.codes[name], dtype=np.int32)]


def _wordings(read: Read, places: Places) -> dict[str, list[str]]:
    """The shown wording of every code of every dimension."""
    found = {name: [m.wording for m in read.meanings[name]] for name in DIMENSIONS if name in read.meanings}
    found["self_group"] = [meaning.group for meaning in read.meanings["self"]]
    if names_boroughs(read):
        found["borough"] = [places.named.get(m.wording.casefold(), ELSEWHERE) for m in read.meanings["borough"]]
    elif places.of_point is None:
        found["borough"] = [NOT_PLACED]
    else:
        found["borough"] = [NO_PLACE, *(slug or ELSEWHERE for slug in places.of_point)]
    return found


def _codes(read: Read, name: str, places: Places) -> Array:
    if name == "self_group":
        name = "self"
    if name != "borough" or names_boroughs(read):
        return np.frombuffer(read.codes[name], dtype=np.int32)
    points = np.frombuffer(read.row_points, dtype=np.int32)
    return np.zeros_like(points) if places.of_point is None else points + 1


def names_boroughs(read: Read) -> bool:
    """Whether the rows say themselves which borough they are of."""
    return any(meaning.wording for meaning in read.meanings["borough"])


def _levels(places: Places, areas: list[str], values: list[tuple[str, str]], boroughs: Array) -> list[Array]:
    """For each level the area of every row: the whole force (-1), its borough, its BCU; -2 where it has none."""
    at = {slug: number for number, slug in enumerate(areas)}
    own = [at.get(word, -2) if name == "borough" and word in places.bcus else -2 for name, word in values]
    above = [at.get(places.bcus.get(word, ""), -2) if name == "borough" else -2 for name, word in values]
    return [np.full(len(boroughs), -1, dtype=np.int64), np.array(own)[boroughs], np.array(above)[boroughs]]


__all__ = ["Counted", "Places", "count", "names_boroughs"]
