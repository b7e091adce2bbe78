"""The published figures on complaints: counted by hand, small numbers withheld, nothing to be worked out from totals."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from casework.cases import service as cases
from casework.complaints import figures, numbers
from casework.extensions import db
from casework.moments import moved_to
from casework.settings import service as settings
from tests import factories, sayings
from tests.browser import Browser


def lived(cast: Any, start: date, many: int = 1, south: bool = False) -> None:
    """Complaints that were logged on the next day and recorded three days later."""
    where = {"borough_id": factories.area("south-borough").id} if south else {}
    triage = cast.triage_south if south else cast.triage
    for _ in range(many):
        with moved_to(factories.moment(start)):
            case = sayings.complaint(**where)
            sayings.complaints.allege(case, "Something.", triage, "B1")
            sayings.complaints.check_referral(case, sayings.NOTHING, triage, stage="log")
        with moved_to(factories.moment(start + timedelta(days=1))):
            cases.perform(case, "log", triage)
        with moved_to(factories.moment(start + timedelta(days=3))):
            cases.perform(case, "record", triage, reason="wishes")
    db.session.commit()


def cell(tables: Any, title: str, row: str, column: str) -> Any:
    table = next(each for each in tables if each.title == title)
    return dict(table.rows)[row][table.columns.index(column)]


def test_a_complaint_is_counted_once_in_each_table_and_days_are_working_days(app: Any, cast: Any) -> None:
    lived(cast, date(2025, 4, 16))  # Wednesday before Easter: logged on Thursday, recorded on Saturday
    raw = figures.count(date(2025, 6, 1), settings.calendar())
    north = factories.area("north").id
    assert raw.steps == {("logged", date(2025, 4, 1), north): 1, ("recorded", date(2025, 4, 1), north): 1}
    assert raw.reasons == {(2025, "wishes"): 1} and raw.categories == {(2025, "B"): 1}
    assert raw.waits[("logged", 2025)] == figures.Days(1, 1.0, 1, 1)


def test_small_numbers_are_withheld_and_cannot_be_worked_out(app: Any, cast: Any) -> None:
    lived(cast, date(2025, 4, 7), 6)
    lived(cast, date(2025, 5, 6), 2, south=True)
    with moved_to(factories.moment(date(2026, 1, 5))):
        tables = numbers.published().tables
    assert cell(tables, "2025 by month", "May", "Logged") == "[c]"
    assert cell(tables, "2025 by month", "April", "Logged") == 6
    assert cell(tables, "2025 by area", "South", "Logged") == "[c]"
    # The year would give May away by what April leaves: one of the two cannot be read off.
    shown = [cell(tables, "2025 by month", "Year", "Logged"), cell(tables, "2025 by area", "North", "Logged")]
    assert "[c]" in shown
    text = "".join(str(values) for table in tables for _, values in table.rows)
    assert "'[c]'" in text


def test_days_are_the_mean_the_middle_and_nine_in_ten() -> None:
    assert figures.days_of([(1, 5), (3, 4), (10, 1)]) == figures.Days(10, 2.7, 1, 3)
    assert figures.days_of([(4, 1)]) == figures.Days(1, 4.0, 4, 4)


def test_anyone_reads_the_page_and_the_file_and_supervisors_their_own_areas(
    app: Any, cast: Any, demo_mode: Any
) -> None:
    lived(cast, date(2025, 4, 7), 6)
    page = Browser(app)
    assert "Figures on complaints" in page.get("/complaints/numbers").text
    answer = page.get("/complaints/numbers.csv")
    assert answer.status_code == 200 and answer.text.startswith("table,row,column,value")
    staff = Browser(app)
    staff.sign_in(cast.account("supervisor").email)
    assert "Working days from receipt" in staff.get("/staff/complaints/measures").text
