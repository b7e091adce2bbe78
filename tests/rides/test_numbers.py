"""What is published of the scheme: counted once, when its time is over, and nothing small can be worked out."""

from __future__ import annotations

import csv
import io
import random
from datetime import date, datetime, timedelta
from typing import Any

from casework.cases import service as cases
from casework.extensions import db
from casework.moments import moved_to, today
from casework.publishing import Table, as_csv
from casework.rides import figures, numbers, tables
from casework.rides import service as rides
from casework.rides.tables import Raw, Rules
from casework.roles import CLOCK
from casework.schedule import service as schedule
from casework.schedule.workflow import DAY_LIST
from tests import factories

RULES = Rules(5, 10)
AREAS = [(1, "North"), (2, "South"), (3, "East"), (4, "West")]


def applied(moment: datetime, count: int = 1, **facts: Any) -> list[factories.Made]:
    """So many applications at a moment."""
    with moved_to(moment):
        made = [factories.ride(**facts) for _ in range(count)]
        db.session.commit()
    return made


def cell(shown: list[Table], title: str, row: str, column: str) -> Any:
    """What stands in a table."""
    table = next(t for t in shown if t.title == title)
    values = next(v for name, v in table.rows if name == row)
    return values[table.columns.index(column)]


def test_a_month_is_shown_once_it_is_over(app: Any) -> None:
    applied(factories.moment(date(2025, 3, 3)), 6)
    with moved_to(factories.moment(date(2025, 3, 31), 23)):
        assert numbers.published().tables == []
    with moved_to(factories.moment(date(2025, 4, 1), 0, 5)):
        found = numbers.published()
        assert found.last == date(2025, 3, 31)
        assert cell(found.tables, "2025 by month", "March", "Applications") == 6


def test_areas_and_grounds_are_shown_once_the_year_is_over(app: Any) -> None:
    applied(factories.moment(date(2025, 12, 30)), 7)
    with moved_to(factories.moment(date(2025, 12, 31))):
        assert numbers.published().tables == []
    with moved_to(factories.moment(date(2026, 1, 1))):
        titles = [table.title for table in numbers.published().tables]
        assert titles == ["2025 by month", "2025 by area", "2025: refusals by ground"]
        assert cell(numbers.published().tables, "2025 by area", "North", "Applications") == 7


def test_an_application_counts_in_the_london_month_in_which_it_was_recorded(app: Any) -> None:
    applied(factories.moment(date(2025, 7, 1), 0, 30), 5)
    with moved_to(factories.moment(date(2025, 9, 1))):
        found = numbers.published().tables
        assert cell(found, "2025 by month", "July", "Applications") == 5


def test_one_whole_ride_counts_once_in_everything(app: Any, cast: factories.Cast) -> None:
    start = factories.moment(date(2025, 2, 3), 10)
    with moved_to(start):
        made = factories.booked(cast)
        db.session.commit()
    slot = made.slot
    assert slot is not None
    with moved_to(factories.moment(slot.on, 14, 10)):
        schedule.start(made.booking_id, cast.host, dict.fromkeys(DAY_LIST, True))
    with moved_to(factories.moment(slot.on, 21, 50)):
        log = schedule.Log(slot.starts, slot.ends)
        schedule.finish(made.booking_id, "complete", cast.host, log)
        db.session.commit()
    with moved_to(factories.moment(slot.on + timedelta(days=40))):
        raw = figures.count(today().replace(day=1))
    north = factories.area("north").id
    assert raw.counts == {
        ("applied", date(2025, 2, 1), north): 1,
        ("approved", date(2025, 2, 1), north): 1,
        ("rode", date(2025, 3, 1), north): 1,
    }
    assert raw.waits[("ride", date(2025, 3, 1))] == (1, float((slot.on - start.date()).days))
    assert raw.waits[("decision", 2025)] == (1, 0.0)


def test_a_refusal_counts_once_with_its_first_ground_even_if_it_is_looked_at_again(app: Any, cast: Any) -> None:
    made = applied(factories.moment(date(2025, 5, 5)))[0]
    with moved_to(factories.moment(date(2025, 5, 20))):
        rides.refuse(made.ride, "capacity", cast.coordinator)
        cases.perform(made.ride, "reconsider", made.applicant)
        cases.perform(made.ride, "uphold", cast.supervisor)
        db.session.commit()
    raw = figures.count(date(2025, 7, 1))
    assert raw.groups == {(date(2025, 5, 1), "Capacity"): 1}
    assert raw.waits[("decision", date(2025, 5, 1))] == (1, 15.0)


def test_time_taking_its_course_decides_nothing(app: Any, cast: Any) -> None:
    made = applied(factories.moment(date(2025, 5, 5)))[0]
    with moved_to(factories.moment(date(2025, 5, 6))):
        cases.perform(made.ride, "invite", cast.coordinator)
    with moved_to(factories.moment(date(2025, 6, 20))):
        cases.perform(made.ride, "lapse", CLOCK)
        db.session.commit()
    raw = figures.count(date(2025, 7, 1))
    assert {what for what, _, _ in raw.counts} == {"applied"} and not raw.waits


def test_what_was_shown_for_a_month_stays(app: Any, cast: Any) -> None:
    made = applied(factories.moment(date(2025, 5, 5)), 8)
    with moved_to(factories.moment(date(2025, 6, 2))):
        before = dict(numbers.published().tables[0].rows)["May"][:4]
    with moved_to(factories.moment(date(2025, 6, 3))):
        for each in made[:6]:
            rides.withdraw(each.ride, each.applicant)
        db.session.commit()
    applied(factories.moment(date(2025, 6, 4)), 9, wishes=(factories.area("south").id,))
    with moved_to(factories.moment(date(2025, 7, 9))):
        assert dict(numbers.published().tables[0].rows)["May"][:4] == before


def test_the_page_and_the_file_show_the_same_and_hide_the_small(app: Any, client: Any) -> None:
    applied(factories.moment(date(2025, 5, 5)), 12)
    applied(factories.moment(date(2025, 6, 5)), 3)
    with moved_to(factories.moment(date(2025, 7, 9))):
        page = client.get("/ride-along/numbers")
        file = client.get("/ride-along/numbers.csv")
    assert page.status_code == file.status_code == 200
    assert "30 June 2025" in page.text and "[c]" in page.text
    lines = list(csv.DictReader(io.StringIO(file.text)))
    found = {(x["row"], x["column"]): x["value"] for x in lines if x["table"] == "2025 by month"}
    assert found[("May", "Applications")] == "12" and found[("June", "Applications")] == "[c]"
    assert file.text.count("\r\n") == file.text.count("\n") == len(lines) + 1


def test_without_figures_the_page_says_so(client: Any) -> None:
    assert "There are no figures yet" in client.get("/ride-along/numbers").text


def test_no_name_of_an_area_becomes_a_formula() -> None:
    raw = Raw(date(2026, 1, 1), {("applied", date(2025, 1, 1), 1): 9}, {}, {})
    shown = tables.arrange(raw, [(1, '=HYPERLINK("http://x")'), (2, "A, B")], RULES)
    text = as_csv(shown)
    rows = list(csv.reader(io.StringIO(text)))
    assert any(row[1].startswith("'=HYPERLINK") for row in rows) and any(row[1] == "A, B" for row in rows)
    assert not any(value.startswith(("=", "+", "-", "@")) for row in rows for value in row)


def test_how_long_it_takes_is_told_from_twenty_decisions_on(app: Any, cast: Any) -> None:
    made = applied(factories.moment(date(2025, 5, 5)), 20)
    for number, each in enumerate(made):
        with moved_to(factories.moment(date(2025, 5, 10) + timedelta(days=number))):
            rides.refuse(each.ride, "capacity", cast.coordinator)
            db.session.commit()
            if number == 18:
                with moved_to(factories.moment(date(2025, 6, 2))):
                    assert numbers.typical_waits() is None
    with moved_to(factories.moment(date(2025, 6, 2))):
        waits = numbers.typical_waits()
        assert waits is not None and waits.decision == (6, 14, 22) and waits.ride is None
        assert "within 14 days" in waits.words and "6 to 22 days" in waits.words
    with moved_to(factories.moment(date(2026, 6, 2))):
        assert numbers.typical_waits() is None, "a year later it is old"


def test_totals_add_up_wherever_nothing_is_withheld() -> None:
    for seed in range(30):
        for table in tables.arrange(made_up(random.Random(seed), high=60), AREAS, Rules(1, 10)):
            last, *rest = reversed(table.rows)
            if last[0] in ("Year", "All"):
                for column in range(min(4, len(table.columns))):
                    assert sum(int(values[column]) for _, values in rest) == last[1][column]


def test_a_median_says_nothing_about_a_withheld_count() -> None:
    month = date(2025, 5, 1)
    for refused in range(1, 5):
        counts = {("approved", month, 1): 6, ("refused", month, 1): refused}
        raw = Raw(date(2025, 6, 1), counts, {(month, "Capacity"): refused}, {("decision", month): (6 + refused, 20.0)})
        values = dict(tables.arrange(raw, AREAS, RULES)[0].rows)["May"]
        assert values[1:3] == (6, "[c]") and values[4] == "[c]"


def made_up(rng: random.Random, high: int) -> Raw:
    """Counts of three years: any number up to `high` for each month and area, with refusals in groups."""
    counts: dict[tuple[str, date, int], int] = {}
    groups: dict[tuple[date, str], int] = {}
    for month in (date(y, m, 1) for y in (2024, 2025, 2026) for m in range(1, 13)):
        if date(2024, 3, 1) <= month < date(2026, 8, 1):
            for measure in tables.MEASURES:
                for area, _ in AREAS:
                    number = rng.choice((0, 0, rng.randint(0, high)))
                    counts[(measure, month, area)] = number
                    if measure == "refused":
                        group = rng.choice(tables.GROUPS)
                        groups[(month, group)] = groups.get((month, group), 0) + number
    return Raw(date(2026, 8, 1), counts, groups, {})
