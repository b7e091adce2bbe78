"""The published figures of the scheme, and how long its steps take. Counted again only when something has changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from casework.areas import queries as areas
from casework.moments import today
from casework.protected import Kept, Made
from casework.publishing import Table, released
from casework.rides import figures, tables
from casework.rides.tables import DECISION, RIDE, Rules
from casework.sealed import digest
from casework.settings import service as settings

# How long a step takes is told once so many people have waited.
ENOUGH = 20

Known = tuple[int, datetime]
Spread = tuple[int, int, int]


@dataclass(frozen=True)
class Published:
    """Everything on the page. `last` is the last day that is counted, None while there is nothing to show."""

    last: date | None
    rules: Rules
    tables: list[Table]
    release: str = ""


@dataclass(frozen=True)
class Waits:
    """How long steps took in the last twelve months, in days: one in ten took less than the first, half took up to the
    second, nine in ten up to the third."""

    decision: Spread | None
    ride: Spread | None

    @property
    def words(self) -> str:
        """The same in a sentence or two."""
        said = []
        if self.decision:
            low, half, high = self.decision
            said.append(
                f"In the last 12 months half of all decisions came within {_days(half)} of the application, "
                f"and most after {low} to {_days(high)}."
            )
        if self.ride:
            low, half, high = self.ride
            said.append(
                f"From approval to the ride it took up to {_days(half)} for half of the riders, "
                f"and {low} to {_days(high)} for most."
            )
        return " ".join(said)


def published() -> Published:
    """The figures that were released last; before the first release, those up to the end of last month."""
    if (found := released("rides")) is not None:
        return Published(found.last, Rules(found.threshold, found.fewest), found.tables, found.name)
    rules = Rules(int(settings.value("numbers.threshold")), int(settings.value("numbers.median")))
    until = today().replace(day=1)
    known = figures.last_event(until)
    made = list(_tables(until, known, today(), rules)) if known else []
    return Published(until - timedelta(days=1) if made else None, rules, made)


def make(until: date, rules: Rules, before: Kept | None) -> Made:
    """The tables of a release, after those of the one before."""
    bcus = [(area.id, area.name) for area in areas.bcus()]
    return tables.make(figures.count(until), bcus, rules, lambda cell: digest("numbers", repr(cell)), before)


def typical_waits() -> Waits | None:
    """How long a decision and a place took, over the last twelve whole months; None while too few have waited."""
    until = today().replace(day=1)
    known = figures.last_event(until)
    found = _spreads(until, known) if known else {}
    told = {wait: (low, half, high) for wait, (many, low, half, high) in found.items() if many >= ENOUGH}
    return Waits(told.get(DECISION), told.get(RIDE)) if told else None


# The history before a day is the same as long as its last entry is: what was counted from it is kept meanwhile.


@lru_cache(maxsize=4)
def _tables(until: date, known: Known, day: date, rules: Rules) -> tuple[Table, ...]:
    bcus = [(area.id, area.name) for area in areas.bcus()]
    return tuple(tables.arrange(figures.count(until), bcus, rules, lambda cell: digest("numbers", repr(cell))))


@lru_cache(maxsize=4)
def _spreads(until: date, known: Known) -> dict[str, tuple[int, int, int, int]]:
    return figures.spreads(until.replace(year=until.year - 1), until)


def _days(number: int) -> str:
    return f"{number} day" if number == 1 else f"{number} days"
