"""The demonstration's months of stop and search: made up and said so, by the same verbs as real ones, the same each time."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import func, select

from casework.areas import queries as areas
from casework.demo import stops
from casework.extensions import db
from casework.outbox.models import Owed
from casework.releases import queries
from casework.releases.models import Release
from tests.demo.test_demo import made

__all__ = ["made"]


def test_a_year_of_made_up_months_is_out_with_one_announced_and_one_waiting(made: Any) -> None:
    out = queries.months()
    assert len(out) == stops.OUT and all(month.made_up for month in out)
    assert len(queries.announced()) == 1
    states = dict(db.session.execute(select(Release.state, func.count()).group_by(Release.state)).all())
    assert states == {
        "released": stops.OUT,
        "corrected": 1,
        "refused": 1,
        "withdrawn": 1,
        "scheduled": 1,
        "validated": 1,
    }
    assert {release.clean for release in db.session.query(Release)} == {True}
    assert queries.has_places(out)


def test_no_worker_is_owed_the_reading_of_a_made_up_month(made: Any) -> None:
    assert not db.session.scalar(select(func.count()).where(Owed.name == "read_release", Owed.closed_at.is_(None)))


def test_the_same_month_has_the_same_rows_and_boroughs_of_every_bcu(made: Any) -> None:
    boroughs = areas.boroughs()
    first, again = (stops.rows_of(date(2026, 3, 1), boroughs, 5) for _ in range(2))
    assert first == again != stops.rows_of(date(2026, 3, 1), boroughs, 6)
    sums = queries.figures([queries.months()[0].month]).all.cells["borough"]
    assert len(sums) > 25 and set(sums) <= {area.slug for area in boroughs}
