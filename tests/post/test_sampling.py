"""What is keyed twice: everything that matters, more of whoever makes mistakes, and never less than the floor."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.post.sampling import Left, Policy, Tally, choose, drawn, feared, interval, left_over, share, weight

POLICY = Policy()
tallies = st.integers(0, 3000).flatmap(lambda n: st.integers(0, n).map(lambda w: Tally(n, w)))
draws = st.floats(0, 1, exclude_max=True)


@given(tallies, tallies, tallies)
def test_never_less_than_the_floor_is_sampled_and_never_more_than_all(clerk: Tally, kind: Tally, all_: Tally) -> None:
    assert POLICY.floor <= share(clerk, kind, all_, POLICY) <= 1


@given(tallies, tallies, tallies)
def test_one_more_mistake_never_lowers_the_sample(clerk: Tally, kind: Tally, all_: Tally) -> None:
    usual = share(clerk, kind, all_, POLICY)
    assert share(Tally(clerk.checked + 1, clerk.wrong + 1), kind, all_, POLICY) >= usual - 1e-12
    assert share(clerk, Tally(kind.checked + 1, kind.wrong + 1), all_, POLICY) >= usual - 1e-12


@given(st.integers(1, 3000), st.integers(0, 3000), st.integers(0, 3000), tallies, tallies)
def test_a_higher_rate_never_has_a_smaller_sample(n: int, a: int, b: int, kind: Tally, all_: Tally) -> None:
    low, high = sorted((min(a, n), min(b, n)))
    for rates in ((Tally(n, low), Tally(n, high)),):
        assert share(rates[0], kind, all_, POLICY) <= share(rates[1], kind, all_, POLICY)
        assert share(kind, rates[0], all_, POLICY) <= share(kind, rates[1], all_, POLICY)


@given(tallies)
def test_where_the_feared_rate_is_right_no_more_than_the_target_is_left(tally: Tally) -> None:
    rate = feared(tally, tally, tally, POLICY.z)
    assert rate * (1 - share(tally, tally, tally, POLICY)) <= POLICY.target + 1e-12


@given(st.sets(st.sampled_from("abcdefgh")), st.integers(0, 200), tallies, tallies, tallies, draws)
def test_all_critical_fields_are_always_keyed_again(
    critical: set[str], before: int, clerk: Tally, kind: Tally, all_: Tally, draw: float
) -> None:
    chosen = choose("abcdefgh", frozenset(critical), before, lambda _: (clerk, kind, all_), lambda _: draw, POLICY)
    assert {one.name for one in chosen if one.taken} >= critical
    assert [one.name for one in chosen] == list("abcdefgh")
    assert all(one.share == 1 for one in chosen if one.name in critical)
    assert all(one.taken == (draw < one.share) for one in chosen if one.share < 1)


@given(st.integers(0, 49), tallies, draws)
def test_a_new_clerk_is_keyed_again_whole(before: int, tally: Tally, draw: float) -> None:
    chosen = choose("abc", frozenset(), before, lambda _: (tally, tally, tally), lambda _: draw, POLICY)
    assert all(one.taken and one.share == 1 for one in chosen)


def test_a_careful_clerk_with_a_long_record_is_sampled_at_the_floor() -> None:
    careful, usual = Tally(4000, 4), Tally(20_000, 100)
    assert share(careful, usual, usual, POLICY) == POLICY.floor


@given(st.binary(min_size=8, max_size=32))
def test_a_draw_is_a_share(digest: bytes) -> None:
    assert 0 <= drawn(digest) < 1


def test_draws_are_even() -> None:
    got = [drawn(hashlib.sha256(str(n).encode()).digest()) for n in range(20_000)]
    assert all(abs(sum(g < at for g in got) / len(got) - at) < 0.012 for at in (0.1, 0.25, 0.5, 0.9))


@given(tallies.filter(lambda t: t.checked > 0))
def test_the_range_holds_the_rate_that_was_seen(tally: Tally) -> None:
    low, high = interval(tally)
    assert low <= tally.wrong / tally.checked + 1e-12 and tally.wrong / tally.checked - 1e-12 <= high
    assert 0 <= low <= high <= 1


def test_nothing_checked_is_nothing_known() -> None:
    assert interval(Tally()) == (0, 1)
    assert left_over(0, 0, 0, 10).high == 1
    assert left_over(weight(1.0), 0, 0, 0).fields == 0


# Living with it: a post room with clerks of known carefulness and fields of known difficulty.

CLERKS = {"ann": 0.4, "bea": 1.0, "cem": 1.0, "dov": 2.5}
FIELDS = {"name": 0.01, "born": 0.02, "postcode": 0.02, "effect": 0.02, "wish": 0.02, "vehicle": 0.01, "place": 0.02, "around": 0.01,
          "safe_times": 0.01, "borough": 0.005, "searched": 0.003, "heard": 0.003, "want": 0.003}  # fmt: skip
KEYSTROKES = {"name": 14, "born": 8, "postcode": 7, "effect": 220, "wish": 120, "vehicle": 12, "place": 30, "around": 10, "safe_times": 20,
              "borough": 2, "searched": 1, "heard": 1, "want": 1}  # fmt: skip
CRITICAL = frozenset({"name", "born", "postcode"})
SAME_MISTAKE = 0.05  # of mistakes, the share in which the second person reads the same wrong thing


@dataclass
class Room:
    """Counts what is keyed, found and left."""

    random: random.Random
    keyed: int = 0
    left: int = 0
    by_one: int = 0
    strokes: int = 0
    strokes_first: int = 0
    unchecked: int = 0
    checks: list[tuple[float, bool]] = field(default_factory=list)
    clerks: dict[str, list[int]] = field(default_factory=dict)
    fields: dict[str, list[int]] = field(default_factory=dict)
    items: dict[str, int] = field(default_factory=dict)
    left_unchecked: int = 0
    left_critical: int = 0

    def tally(self, of: dict[str, list[int]], name: str) -> Tally:
        return Tally(*of.get(name, (0, 0)))

    def note(self, clerk: str, name: str, wrong: bool) -> None:
        for of, key in ((self.clerks, clerk), (self.fields, name), (self.fields, "*")):
            known = of.setdefault(key, [0, 0])
            known[0] += 1
            known[1] += wrong

    def take(self, policy: Policy) -> None:
        """One item through both rounds."""
        first, second = self.random.sample(list(CLERKS), 2)
        before = self.items.get(first, 0)
        self.items[first] = before + 1
        chosen = choose(
            FIELDS,
            CRITICAL,
            before,
            lambda f: (self.tally(self.clerks, first), self.tally(self.fields, f), self.tally(self.fields, "*")),
            lambda f: self.random.random(),
            policy,
        )
        for one in chosen:
            wrong = self.random.random() < FIELDS[one.name] * CLERKS[first]
            self.keyed += 1
            self.by_one += wrong
            self.strokes_first += KEYSTROKES[one.name]
            if not one.taken:
                self.unchecked += 1
                self.left += wrong
                self.left_unchecked += wrong
                continue
            self.strokes += KEYSTROKES[one.name]
            again = self.random.random() < FIELDS[one.name] * CLERKS[second]
            missed = wrong and self.random.random() < SAME_MISTAKE
            self.left += missed
            self.left_critical += missed and one.name in CRITICAL
            self.note(first, one.name, wrong and not missed)
            self.note(second, one.name, again)
            self.checks.append((one.share, wrong and not missed))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_with_known_error_rates_little_is_left_and_the_figure_is_known(seed: int) -> None:
    room = Room(random.Random(seed))
    for _ in range(6000):
        room.take(POLICY)
    alone, left = room.by_one / room.keyed, room.left / room.keyed
    spent = room.strokes / room.strokes_first
    print(f"seed {seed}: keyed once {alone:.3%} wrong; left {left:.3%}; second keystrokes {spent:.1%} of the first")
    assert alone > 0.013
    assert left < 0.005  # of 100 fields keyed once, 1.4 were wrong; of 200, one is
    assert spent < 0.65
    known = said(room)
    # What the page says of what is left is what is left.
    assert known.low * 0.8 <= room.left_unchecked / room.unchecked <= known.high * 1.2 + 0.0005


def said(room: Room) -> Left:
    """What the figures of a room say of what is left."""
    weights = [(weight(part), wrong) for part, wrong in room.checks]
    return left_over(
        sum(w for w, _ in weights), sum(w for w, bad in weights if bad), sum(w * w for w, _ in weights), room.unchecked
    )


def test_a_careless_clerk_is_checked_more_than_a_careful_one() -> None:
    room = Room(random.Random(7))
    for _ in range(4000):
        room.take(POLICY)
    overall = room.tally(room.fields, "*")
    shares = {c: share(room.tally(room.clerks, c), room.tally(room.fields, "wish"), overall, POLICY) for c in CLERKS}
    assert shares["ann"] < shares["bea"] < shares["dov"]
