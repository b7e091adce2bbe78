"""Small numbers are withheld, and nobody can work them out: not by sums, not by knowing how cells are chosen."""

from __future__ import annotations

from collections import defaultdict
from itertools import permutations, product
from math import inf
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.disclosure import ROOM, Sum, ranges, withhold

Counts = dict[Any, int]


def line(*counts: int) -> tuple[Counts, list[Sum[Any]]]:
    """A row of cells with its total."""
    cells: Counts = {f"c{n}": count for n, count in enumerate(counts)}
    one = Sum("all", tuple(cells))
    return cells | {"all": sum(counts)}, [one]


def shown(counts: Counts, hidden: frozenset[Any]) -> dict[Any, int | None]:
    """What a reader sees."""
    return {cell: None if cell in hidden else count for cell, count in counts.items()}


def test_one_to_four_are_withheld_and_zero_is_shown() -> None:
    counts, _ = line(0, 1, 4, 5, 30)
    assert shown(counts, withhold(counts, [], 5)) == {"c0": 0, "c1": None, "c2": None, "c3": 5, "c4": 30, "all": 40}


def test_a_single_small_number_takes_the_next_smallest_with_it() -> None:
    counts, sums = line(3, 20, 9, 40)
    assert withhold(counts, sums, 5) == {"c0", "c2"}


def test_where_nothing_else_can_protect_it_the_total_goes() -> None:
    counts, sums = line(1, 1, 1, 1, 1)
    assert withhold(counts, sums, 5) == set(counts)


def test_two_fours_that_make_eight_are_not_left_alone() -> None:
    counts, sums = line(4, 4, 20)
    assert len(withhold(counts, sums, 5)) == 3


def test_what_was_shown_before_is_never_withheld_later() -> None:
    counts, sums = line(3, 9, 12)
    hidden = withhold(counts, sums, 5, settled={"c0", "c1", "c2"})
    assert hidden == {"c0", "all"}


def test_a_total_that_everybody_knows_already_is_not_withheld() -> None:
    counts = {"jan": 0, "feb": 8, "north": 4, "south": 4, "east": 0, "all": 8}
    sums = [Sum("all", ("jan", "feb")), Sum("all", ("north", "south", "east"))]
    assert withhold(counts, sums, 5, settled={"jan", "feb"}) == {"north", "south", "east"}


def test_where_each_of_a_few_is_one_nobody_can_tell() -> None:
    counts = {"jan": 0, "feb": 4, "all": 4} | dict.fromkeys(("north", "south", "east", "west"), 1)
    sums = [Sum("all", ("jan", "feb")), Sum("all", ("north", "south", "east", "west"))]
    hidden = withhold(counts, sums, 5, settled={"jan", "feb"})
    assert ranges(counts, sums, hidden, 5, {"jan", "feb"})["north"] == (0, 4)


def test_tables_that_share_a_total_protect_each_other() -> None:
    counts = {"jan": 3, "feb": 9, "north": 5, "south": 7, "all": 12}
    sums = [Sum("all", ("jan", "feb")), Sum("all", ("north", "south"))]
    hidden = withhold(counts, sums, 5, settled={"jan", "feb"})
    assert "all" in hidden and hidden & {"north", "south"}, "north and south would give the total, and it January"


def test_parts_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ValueError, match="do not add up"):
        withhold({"a": 1, "all": 2}, [Sum("all", ("a",))], 5)


def test_the_same_counts_give_the_same_answer() -> None:
    counts, sums = line(3, 9, 9, 9)
    assert len({withhold(counts, sums, 5) for _ in range(20)}) == 1


@pytest.mark.parametrize(("cells", "highest"), [(2, 14), (3, 11), (4, 6)])
def test_a_reader_who_knows_the_method_finds_nothing_by_trying_every_table(cells: int, highest: int) -> None:
    """Exhaustive: all tables up to a size, published in every order of choice; which of them look alike?"""
    alike: dict[Any, list[Counts]] = defaultdict(list)
    sums = [Sum("all", tuple(range(cells)))]
    for values in product(range(highest + 1), repeat=cells):
        for order in permutations(range(cells)):
            counts: Counts = {n: values[n] for n in order} | {"all": sum(values)}
            seen = shown(counts, withhold(counts, sums, 5))
            alike[tuple(sorted(seen.items(), key=str))].append(counts)
    for seen, tables in alike.items():
        for cell, value in seen:
            if value is None:
                assert len({table[cell] for table in tables}) > 1, f"{cell} of {dict(seen)} is known"


@settings(max_examples=300, deadline=None)
@given(st.lists(st.integers(0, 14), min_size=2, max_size=12), st.integers(2, 7), st.integers(0, 10**6), st.booleans())
def test_no_withheld_cell_of_linked_tables_follows_from_their_sums(
    months: list[int], areas: int, seed: int, settle: bool
) -> None:
    import random

    rng = random.Random(seed)
    total = sum(months)
    cuts = sorted(rng.randint(0, total) for _ in range(areas - 1))
    shares = [high - low for low, high in zip([0, *cuts], [*cuts, total], strict=True)]
    counts: Counts = {("m", n): count for n, count in enumerate(months)}
    counts |= {("a", n): count for n, count in enumerate(shares)} | {"all": total}
    sums = [Sum("all", tuple(c for c in counts if isinstance(c, tuple) and c[0] == kind)) for kind in "ma"]
    settled = frozenset(c for c in counts if c[0] == "m") if settle else frozenset()
    hidden = withhold(counts, sums, 5, settled)
    assert {c for c in counts if 0 < counts[c] < 5} <= hidden
    known_total = {"all"} if settled and not hidden & settled else frozenset()
    bare = set(counts) <= hidden | settled | known_total
    assert bare or not {c for c in hidden if counts[c] == 0}
    assert all(0 < counts[c] < 5 for c in hidden & settled)
    known = ranges(counts, sums, hidden, 5, settled)
    for cell in hidden:
        assert known[cell][0] <= counts[cell] <= known[cell][1]
        assert known[cell][1] - known[cell][0] + 1 >= ROOM
    assert {c for c in counts if c not in hidden} == {c for c, (low, high) in known.items() if low == high}


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 7), min_size=2, max_size=3), st.lists(st.integers(0, 7), min_size=2, max_size=3))
def test_what_a_reader_can_say_of_a_cell_is_what_trying_every_table_says(left: list[int], right: list[int]) -> None:
    """The intervals are exact: compared with every table that has the shown numbers and these sums."""
    right = [*right, max(0, sum(left) - sum(right))]
    left = [*left, max(0, sum(right) - sum(left))]
    counts: Counts = {f"l{n}": v for n, v in enumerate(left)} | {f"r{n}": v for n, v in enumerate(right)}
    counts["all"] = sum(left)
    sums = [Sum("all", tuple(c for c in counts if c[0] == side)) for side in "lr"]
    hidden = withhold(counts, sums, 5)
    if any(counts[cell] == 0 for cell in hidden):
        return
    found = ranges(counts, sums, hidden, 5)
    cells = [c for c in counts if c in hidden and c != "all"]
    if len(cells) > 3:
        return
    seen: dict[Any, set[int]] = {c: set() for c in cells}
    top = 3 * (sum(left) + 1)
    for values in product(range(1, min(top, 24)), repeat=len(cells)):
        guess = counts | dict(zip(cells, values, strict=True))
        totals = {sum(guess[part] for part in one.parts) for one in sums}
        if len(totals) == 1 and ("all" in hidden or totals == {counts["all"]}):
            for cell, value in zip(cells, values, strict=True):
                seen[cell].add(value)
    for cell in cells:
        assert min(seen[cell]) == found[cell][0]
        if found[cell][1] != inf and found[cell][1] < 23:
            assert max(seen[cell]) == found[cell][1]
