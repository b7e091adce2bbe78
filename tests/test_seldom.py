"""What changes seldom is asked for once, and is never older than the last change that was committed."""

from __future__ import annotations

from datetime import date
from typing import Any

import psycopg

from casework.areas import queries as areas
from casework.areas.models import Area, Population
from casework.cases import service as cases
from casework.complaints import terms
from casework.extensions import db
from casework.releases import looking, queries
from casework.roles import SYSTEM
from casework.settings import service as settings
from tests import factories
from tests.releases import months
from tests.statements import noted


def asked(statements: list[str], table: str) -> int:
    """How often a table was read."""
    return sum(f"FROM {table}" in each for each in statements)


def begin_again() -> None:
    """As the next request begins: in a session of its own."""
    db.session.remove()


def test_the_second_request_reads_neither_areas_nor_settings_nor_holidays_nor_codes(app: Any) -> None:
    terms.change("category", "L", "Anything else", True, SYSTEM, "clearer")
    settings.change("ride.cap", 3, SYSTEM, "fewer")
    db.session.commit()
    for most in (1, 0):
        begin_again()
        with noted() as statements:
            areas.everything()
            settings.value("ride.cap")
            settings.calendar()
            terms.all_names()
        for table in ("areas", "settings", "calendars", "holidays", "complaint_terms"):
            assert asked(statements, table) <= most, table
        assert asked(statements, "marks") == 1


def test_what_anybody_changes_is_seen_by_the_next_request_however_it_was_changed(
    app: Any, database: dict[str, str]
) -> None:
    assert areas.by_slug("north").name == "North"  # type: ignore[union-attr]
    assert terms.all_names()["category"]["L"] == "Other"
    with psycopg.connect(database["owner_url"]) as other:
        other.execute("UPDATE areas SET name = 'Northern' WHERE slug = 'north'")
        other.execute("INSERT INTO complaint_terms VALUES ('category', 'L', 'The rest', true, now(), NULL)")
    begin_again()
    assert areas.by_slug("north").name == "Northern"  # type: ignore[union-attr]
    assert terms.all_names()["category"]["L"] == "The rest"


def test_what_was_changed_and_taken_back_is_seen_by_nobody(app: Any) -> None:
    before = settings.value("ride.cap")
    settings.change("ride.cap", before + 1, SYSTEM, "more")
    assert settings.value("ride.cap") == before + 1
    db.session.rollback()
    begin_again()
    assert settings.value("ride.cap") == before
    settings.change("ride.cap", before + 2, SYSTEM, "still more")
    db.session.commit()
    begin_again()
    assert settings.value("ride.cap") == before + 2


def test_an_area_that_is_added_is_known_to_whoever_adds_it(app: Any) -> None:
    areas.everything()
    force = areas.force()
    assert force is not None
    db.session.add(Area(kind="bcu", slug="west", name="West", parent_id=force.id, from_on=force.from_on))
    areas.forget()
    assert areas.by_slug("west") is not None


def test_of_what_is_published_a_request_reads_the_figures_alone_until_something_comes_out(app: Any, cast: Any) -> None:
    april, may = date(2018, 4, 1), date(2018, 5, 1)
    (first,) = months.publish(months.made_up([april], ["north-borough"], 20))
    north = factories.area("north-borough").id
    db.session.add(Population(source="census", name="Census", year=2021, area_id=north, group="all", people=9))
    db.session.commit()
    for most in (1, 0):
        begin_again()
        with noted() as statements:
            (month,) = queries.months()
            assert queries.has_places([month])
            looking.residents_of(None)
            assert queries.figures([april], releases=[month.release_id]).all.cells
        read = [each for each in statements if "release_cube" not in each or "from releases" in each]
        assert sum("release" in each or "populations" in each for each in read) <= 4 * most, read
    # what a transaction does it sees itself, and what it takes back nobody
    cases.perform(db.session.merge(first), "withdraw", cast.supervisor, reason="It was another force's.")
    assert queries.months() == []
    db.session.rollback()
    assert [each.month for each in queries.months()] == [april]
    months.publish(months.made_up([may], ["north-borough"], 20))
    db.session.commit()
    assert [each.month for each in queries.months()] == [april, may]
