"""What a reader chose of what is offered: area, period, group and powers, and with what it is compared. Pure.

The address holds the choice. What it asks for that there is not is said, never repeated, and the default stands in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

# All powers together, without section 60, and section 60 alone.
ALL, WITHOUT, ONLY = "", "without-section-60", "section-60"
POWERS = {ALL: "All powers", WITHOUT: "Without section 60", ONLY: "Section 60 only"}
YEAR_BEFORE = "year-before"
# How many months are shown where none are chosen.
USUAL = 12


@dataclass(frozen=True)
class Offered:
    """What can be chosen: the first and the last published month, areas by slug, groups by what their address says."""

    first: date
    last: date
    areas: Mapping[str, str]
    groups: Mapping[str, str]


@dataclass(frozen=True)
class Choice:
    """One area, period, group and power. Empty: the whole force, everybody, all powers."""

    since: date
    until: date
    area: str = ""
    group: str = ""
    power: str = ALL

    @property
    def months(self) -> tuple[date, ...]:
        """Every month of the period."""
        return tuple(month_at(place) for place in range(_place(self.since), _place(self.until) + 1))


@dataclass(frozen=True)
class Choices:
    """What was chosen, with what it is compared if with anything, and what of the address could not be followed."""

    first: Choice
    second: Choice | None
    problems: tuple[str, ...]


def read(asked: Mapping[str, str], offered: Offered) -> Choices:
    """Read an address. Never fails: what is not offered becomes a problem."""
    problems: list[str] = []
    since = _month(asked.get("from", ""), offered, problems, "The first month")
    until = _month(asked.get("to", ""), offered, problems, "The last month")
    until = until or offered.last
    since = since or max(offered.first, month_at(_place(until) - USUAL + 1))
    if since > until:
        problems.append("The first month is after the last: the two were exchanged.")
        since, until = until, since
    power = asked.get("power", "")
    if power not in POWERS:
        problems.append("There are no such powers: all powers are shown.")
        power = ALL
    first = Choice(
        since,
        until,
        _one_of(asked.get("area", ""), offered.areas, problems, "There is no such area: the whole force is shown."),
        _one_of(asked.get("group", ""), offered.groups, problems, "There is no such group: everybody is shown."),
        power,
    )
    return Choices(first, _second(asked, offered, first, problems), tuple(dict.fromkeys(problems)))


def address(first: Choice, second: Choice | None = None) -> dict[str, str]:
    """What an address says for a choice: `read` gives the same again."""
    asked = {
        "area": first.area,
        "from": f"{first.since:%Y-%m}",
        "to": f"{first.until:%Y-%m}",
        "group": first.group,
        "power": first.power,
    }
    if second is not None:
        asked |= {
            "with_area": (second.area or "all") if second.area != first.area else "",
            "with_group": (second.group or "all") if second.group != first.group else "",
            "with_period": YEAR_BEFORE if second.since != first.since else "",
        }
    return {name: value for name, value in asked.items() if value}


def month_at(place: int) -> date:
    """The month that is so many after the year 0."""
    return date(place // 12, place % 12 + 1, 1)


def months(first: date, last: date) -> Sequence[date]:
    """Every month from one to another."""
    return Choice(first, last).months


def _second(asked: Mapping[str, str], offered: Offered, first: Choice, problems: list[str]) -> Choice | None:
    """`all` in place of an area or a group means the whole force, or everybody; nothing means the same as the first."""
    no_area, no_group = "There is no such area to compare with.", "There is no such group to compare with."
    second = replace(
        first,
        area=_other(asked.get("with_area", ""), first.area, offered.areas, problems, no_area),
        group=_other(asked.get("with_group", ""), first.group, offered.groups, problems, no_group),
    )
    period = asked.get("with_period", "")
    if period == YEAR_BEFORE:
        if first.since.year <= 1:
            problems.append("There is no such period to compare with.")
        else:
            second = replace(
                second,
                since=second.since.replace(year=second.since.year - 1),
                until=second.until.replace(year=second.until.year - 1),
            )
    elif period:
        problems.append("There is no such period to compare with.")
    return second if second != first else None


def _other(value: str, same: str, known: Mapping[str, str], problems: list[str], sorry: str) -> str:
    if value == "all":
        return ""
    return _one_of(value, known, problems, sorry) or same


def _one_of(value: str, known: Mapping[str, str], problems: list[str], sorry: str) -> str:
    if value and value not in known:
        problems.append(sorry)
        return ""
    return value


def _month(text: str, offered: Offered, problems: list[str], which: str) -> date | None:
    if not text:
        return None
    for month in months(offered.first, offered.last):
        if f"{month:%Y-%m}" == text:
            return month
    problems.append(f"{which} is none of those that are published.")
    return None


def _place(month: date) -> int:
    return month.year * 12 + month.month - 1
