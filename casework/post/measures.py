"""How right and how fast the post room is: error rates, what sampling leaves, work done, age of work.

Read from sums by month, so the page costs the same in a large room. A clerk sees their own rates only: the caller says
whose are asked for.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select

from casework.accounts.models import Account, Grant
from casework.clocks import london
from casework.extensions import db
from casework.moments import now, today
from casework.post import papers, sampling
from casework.post.models import Batch, FieldSum, Item, Keying
from casework.post.sampling import Left, Tally
from casework.post.workflow import ITEM, State

# Stages in which somebody of ours has to act, in their order.
STAGES = (
    State.OPENED,
    State.SCANNED,
    State.INDEXED,
    State.KEYED_ONCE,
    State.DIFFERING,
    State.VERIFIED,
    State.EXCEPTION,
)
_SUMS = ("keyed", "unchecked", "checked", "wrong", "weight", "weight_wrong", "weight_squares")


@dataclass(frozen=True)
class Figure:
    """What is known of a clerk, a field or everything: fields keyed first, checked and wrong, and what is left."""

    name: str
    keyed: int
    unchecked: int
    tally: Tally
    left: Left

    @property
    def rate(self) -> float | None:
        """The share of checked fields that was wrong; None where none was checked."""
        return self.tally.wrong / self.tally.checked if self.tally.checked else None

    @property
    def range(self) -> tuple[float, float]:
        """The range in which the true rate lies (95 %)."""
        return sampling.interval(self.tally)

    @property
    def residual(self) -> tuple[float, float, float] | None:
        """The share of keyed fields that sampling leaves wrong, and its range (95 %); None where nobody knows."""
        if not self.keyed or not self.left.known:
            return None
        part = self.left.unchecked / self.keyed
        return self.left.rate * part, self.left.low * part, self.left.high * part


@dataclass(frozen=True)
class Stage:
    """How many items are in a stage, since when the oldest is, and how long half of them have been, in hours."""

    name: str
    count: int
    oldest: datetime | None
    median_hours: float


@dataclass(frozen=True)
class Pace:
    """What an account finished of each round, and how many minutes one took it (the median)."""

    first: int
    second: int
    settled: int
    minutes: float | None


def people(within: Collection[int] | None) -> Select[Any]:
    """The accounts that are granted something in these areas; everybody where `within` is None."""
    found = select(Account.id)
    return (
        found
        if within is None
        else found.where(Account.id.in_(select(Grant.account_id).where(Grant.area_id.in_(within))))
    )


def clerks(since: date, whose: Select[Any]) -> list[Figure]:
    """By clerk, by name."""
    rows = _sums(since, whose, FieldSum.account_id)
    names = dict(
        db.session.execute(select(Account.id, Account.name).where(Account.id.in_([row[0] for row in rows]))).all()
    )
    return sorted((_figure(names.get(row[0], "?"), row) for row in rows), key=lambda figure: figure.name)


def fields(since: date, whose: Select[Any]) -> list[Figure]:
    """By field, the worst first."""
    known = labels()
    found = [_figure(known.get(row[0], row[0]), row) for row in _sums(since, whose, FieldSum.name)]
    return sorted(found, key=lambda figure: (-(figure.rate or 0), figure.name))


def total(since: date, whose: Select[Any]) -> Figure:
    """Everything together."""
    row = db.session.execute(_wanted(since, whose)).one()
    return _figure("", (None, *row))


def paces(since: date, whose: Select[Any]) -> dict[int, tuple[str, Pace]]:
    """What each account finished, by id, with its name."""
    took = func.extract("epoch", Keying.done_at - Keying.begun_at) / 60
    rows = db.session.execute(
        select(
            Keying.account_id,
            Account.name,
            *(func.count().filter(Keying.round == round) for round in (1, 2, 3)),
            func.percentile_cont(0.5).within_group(took).filter(Keying.round == 1),
        )
        .join(Account, Account.id == Keying.account_id)
        .where(Keying.done_at >= london.start_of_day(since), Keying.account_id.in_(whose))
        .group_by(Keying.account_id, Account.name)
        .order_by(Account.name)
    )
    return {row[0]: (row[1], Pace(row[2], row[3], row[4], row[5])) for row in rows}


def days(whose: Select[Any], how_many: int = 14) -> list[tuple[date, int, int, int]]:
    """What was finished on each of the last days: first keyings, second ones, settled."""
    first = today() - timedelta(days=how_many - 1)
    day = func.date(func.timezone("Europe/London", Keying.done_at))
    rows = db.session.execute(
        select(day, *(func.count().filter(Keying.round == round) for round in (1, 2, 3)))
        .where(Keying.done_at >= london.start_of_day(first), Keying.account_id.in_(whose))
        .group_by(day)
    )
    found = {row[0]: (row[1], row[2], row[3]) for row in rows}
    return [(each, *found.get(each, (0, 0, 0))) for each in (first + timedelta(days=n) for n in range(how_many))]


def stages(*scope: ColumnElement[bool]) -> list[Stage]:
    """How many items are in each stage and how old they are there."""
    age = func.extract("epoch", now() - Item.state_since) / 3600
    rows = db.session.execute(
        select(Item.state, func.count(), func.min(Item.state_since), func.percentile_cont(0.5).within_group(age))
        .join(Batch, Batch.id == Item.batch_id)
        .where(Item.state.in_(STAGES), *scope)
        .group_by(Item.state)
    )
    found = {row[0]: Stage(ITEM.states[row[0]].staff, row[1], row[2], float(row[3])) for row in rows}
    return [found.get(state, Stage(ITEM.states[state].staff, 0, None, 0.0)) for state in STAGES]


def labels() -> dict[str, str]:
    """What the fields of every form are called."""
    asked = (each for form in papers.FORMS.values() for each in form.questions())
    return {each.name: re.sub(r" \(optional[^)]*\)$", "", each.label) for each in asked}


def _wanted(since: date, whose: Select[Any], *by: Any) -> Select[Any]:
    sums = [func.coalesce(func.sum(getattr(FieldSum, name)), 0) for name in _SUMS]
    return select(*by, *sums).where(FieldSum.month >= since.replace(day=1), FieldSum.account_id.in_(whose))


def _sums(since: date, whose: Select[Any], by: Any) -> list[Row[Any]]:
    return list(db.session.execute(_wanted(since, whose, by).group_by(by)))


def _figure(name: str, row: Any) -> Figure:
    keyed, unchecked, checked, wrong, weight, weight_wrong, squares = row[1:]
    left = sampling.left_over(weight, weight_wrong, squares, int(unchecked))
    return Figure(name, int(keyed), int(unchecked), Tally(int(checked), int(wrong)), left)
