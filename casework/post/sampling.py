"""Which fields of a letter are keyed a second time, and what that leaves uncorrected. Pure.

All critical fields are, always. Of the rest a sample is, which rises with the measured error rate of whoever keyed and
of the field, so that no more than `target` of the fields should be left wrong however the rates are spread. What a
clerk cannot predict is the draw: the caller makes it from the item and the field with a key that only the server has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import sqrt


@dataclass(frozen=True)
class Tally:
    """How many fields were checked by somebody else, and how many of them were wrong."""

    checked: int = 0
    wrong: int = 0


@dataclass(frozen=True)
class Policy:
    """What the force decides: the least sampled, what may be left wrong, a new clerk's first items, how sure."""

    floor: float = 0.10
    target: float = 0.01
    new_items: int = 50
    z: float = 1.645  # one-sided 95 %


@dataclass(frozen=True)
class Chosen:
    """A field of an item and how likely it was to be chosen; whether it was."""

    name: str
    share: float
    taken: bool


def interval(tally: Tally, z: float = 1.96) -> tuple[float, float]:
    """The range in which the true rate lies, after Wilson: good for few checks, and where none was wrong."""
    return wilson(tally.wrong / tally.checked, tally.checked, z) if tally.checked else (0.0, 1.0)


def wilson(rate: float, checked: float, z: float) -> tuple[float, float]:
    """The interval of a rate seen in so many; `checked` may be what weighted ones are worth."""
    if checked <= 0:
        return 0.0, 1.0
    middle = rate + z * z / (2 * checked)
    spread = z * sqrt(rate * (1 - rate) / checked + z * z / (4 * checked * checked))
    scale = 1 + z * z / checked
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def feared(clerk: Tally, field: Tally, overall: Tally, z: float) -> float:
    """The error rate to reckon with where this clerk keys this field: 1 where little is known.

    A clerk twice as careless as others is taken to be so in every field. `overall` is every clerk and field together.
    """
    usual = (overall.wrong + 1) / (overall.checked + 2)
    return min(1.0, interval(clerk, z)[1] * interval(field, z)[1] / usual)


def share(clerk: Tally, field: Tally, overall: Tally, policy: Policy) -> float:
    """Which share of such fields is keyed again, so that what is left wrong stays below the target."""
    rate = feared(clerk, field, overall, policy.z)
    needed = 1 - policy.target / rate if rate > policy.target else 0.0
    return min(1.0, max(policy.floor, needed))


def choose(
    fields: Iterable[str],
    critical: frozenset[str],
    items_before: int,
    tallies: Callable[[str], tuple[Tally, Tally, Tally]],
    draw: Callable[[str], float],
    policy: Policy,
) -> list[Chosen]:
    """Each field of an item with its share and whether it is keyed again.

    `items_before`: how many items the clerk had keyed; `tallies(field)`: of the clerk, the field and all together;
    `draw(field)`: a number from 0 up to 1, the same whenever it is asked.
    """
    chosen = []
    for name in fields:
        always = name in critical or items_before < policy.new_items
        part = 1.0 if always else share(*tallies(name), policy)
        chosen.append(Chosen(name, part, always or draw(name) < part))
    return chosen


def drawn(digest: bytes) -> float:
    """A number from 0 up to 1 out of a keyed hash."""
    return (int.from_bytes(digest[:8]) >> 11) / 2**53


@dataclass(frozen=True)
class Left:
    """What sampling leaves: how many fields were keyed once, and the share of them that is wrong, with its range."""

    unchecked: int
    rate: float
    low: float
    high: float

    @property
    def known(self) -> bool:
        """Whether anything was drawn from which it could be worked out."""
        return self.high < 1

    @property
    def fields(self) -> float:
        """How many fields are likely to be wrong still."""
        return self.unchecked * self.rate


def left_over(weight: float, wrong: float, squares: float, unchecked: int, z: float = 1.96) -> Left:
    """What checked fields say of those that nobody checked: by sums of weights, of those that were wrong, of squares.

    A field that was drawn with a share of 0.1 has the weight 9, for it stands for nine that were not (Horvitz and
    Thompson); one that was certain to be drawn has none. The range is Wilson's for as many checks as the weighted ones
    are worth (Kish).
    """
    if not unchecked:
        return Left(0, 0.0, 0.0, 0.0)
    if not weight:
        return Left(unchecked, 0.0, 0.0, 1.0)
    return Left(unchecked, wrong / weight, *wilson(min(1.0, wrong / weight), weight * weight / squares, z))


def weight(part: float | None) -> float:
    """For how many unchecked fields one stands that was drawn with this share; none where it was not drawn."""
    return 1 / part - 1 if part else 0.0
