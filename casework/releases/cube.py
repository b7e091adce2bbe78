"""The cube: sums by release, month (London time), area, group and kind of power, packed so that a page reads few rows.

Its shape, decided once. A row is one (release, month, area, group, section 60 or not):

- area 0 is the whole force with "elsewhere" (on the river, outside, without coordinates); else a borough or BCU;
- group 0 is everybody; else the id of one value of one of `GROUPS` (officer-defined ethnicity, self-defined group ...);
- its columns are the six sums of `Count` over its stops; its cells are the same six for every value of every dimension.

So any filter of a page is one row per month and kind of power, whatever the number of stops; a breakdown by borough is
the dimension `borough` of the force's row. Cells name values by their ids (`releases.models.Value`). Pure: numpy only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

# What every row of the cube is broken down by. "self_group" is the first level of "self"; "borough" is where it was.
DIMENSIONS = (
    "type", "sex", "age", "self_group", "self", "officer", "legislation", "object", "outcome", "removal", "borough",
)  # fmt: skip
# What a page may choose one value of.
GROUPS = ("officer", "self_group", "age", "sex")

FORCE_WIDE = 0
EVERYBODY = 0

# Values of the dimension `borough` that are no borough, and what is meant by an empty value anywhere else.
ELSEWHERE, NO_PLACE, NOT_PLACED, NOT_SUPPLIED = "elsewhere", "no coordinates", "not placed", ""


class Count(NamedTuple):
    """Six sums over the same stops.

    `decided` and `told` are the bases of the rates: stops with an outcome, and stops with an answer to the question
    whether the outcome was linked to the object. `positive` is any outcome other than no further action.
    """

    n: int = 0
    decided: int = 0
    positive: int = 0
    arrests: int = 0
    told: int = 0
    linked: int = 0

    def plus(self, other: Count) -> Count:
        """Both together."""
        n, decided, positive, arrests, told, linked = self
        return Count(
            n + other[0],
            decided + other[1],
            positive + other[2],
            arrests + other[3],
            told + other[4],
            linked + other[5],
        )


def renamed(packed: bytes, ids: Sequence[int]) -> bytes:
    """Cells whose values are named by their place in a list, with the id that stands there instead."""
    rows: Any = np.frombuffer(packed, dtype="<i4").reshape(-1, 7).copy()
    rows[:, 0] = np.asarray(ids, dtype="<i4")[rows[:, 0]]
    return bytes(rows.tobytes())


def add_up(packed: Sequence[bytes]) -> dict[int, Count]:
    """The sums of several rows' cells by value id."""
    if not packed:
        return {}
    rows: Any = np.frombuffer(b"".join(packed), dtype="<i4").reshape(-1, 7)
    rows = rows[np.argsort(rows[:, 0], kind="stable")]
    firsts = np.flatnonzero(np.r_[True, rows[1:, 0] != rows[:-1, 0]])
    sums = np.add.reduceat(rows[:, 1:], firsts, axis=0, dtype=np.int64)
    ids = rows[firsts, 0]
    return {key: Count(*found) for key, found in zip(ids.tolist(), sums.tolist(), strict=True)}


def names_of(packed: Sequence[bytes]) -> list[int]:
    """The ids of all values in several rows' cells."""
    found: list[int] = np.unique(np.frombuffer(b"".join(packed), dtype="<i4").reshape(-1, 7)[:, 0]).tolist()
    return found
