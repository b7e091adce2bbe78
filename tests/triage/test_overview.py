"""The supervisor's page and its export."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest

from casework.cases import service as cases
from casework.cases.queries import Scope
from casework.extensions import db
from casework.feedback.service import Person
from casework.history.models import Access
from casework.moments import moved_to, now, today
from casework.triage import overview, spreadsheet
from tests import factories, sayings
from tests.browser import Browser
from tests.desks import at_the_desk


def everywhere() -> Scope:
    """The whole force, every kind."""
    return Scope(frozenset(), True)


def exported(desk: Browser, query: str = "") -> list[list[str]]:
    """The rows of the export as a spreadsheet reads them, without the heading."""
    answer = desk.get("/staff/desk/overview.csv" + query)
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/csv")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert desk.text.startswith("\ufeffReference,") and "\r\n" in desk.text
    return list(csv.reader(io.StringIO(desk.text.removeprefix("\ufeff"), newline="")))[1:]


def test_load_and_age_are_counted_by_person_team_and_kind(app: Any, cast: Any, demo_mode: None) -> None:
    handler, triage = cast.account("handler"), cast.account("triage")
    handler.team, triage.team = "Front desk", "Front desk"
    with moved_to(now() - timedelta(days=60)):
        old = [sayings.concern(), sayings.concern()]
    fresh, nobodys = sayings.concern(), sayings.complaint()
    for case, to in ((old[0], handler), (old[1], handler), (fresh, triage)):
        cases.assign(case, to.id, cast.supervisor)
    closed = sayings.concern(intent="thanks")
    cases.perform(closed, "pass_thanks", cast.triage)
    db.session.commit()
    people = {each.name: each for each in overview.loads(everywhere(), today())}
    assert (people[handler.name].open, people[handler.name].late) == (2, 2)
    assert (people[triage.name].open, people[triage.name].late, people[triage.name].soon) == (1, 0, 1)
    assert people[""].open == 1
    teams = {each.team: each for each in overview.teams(list(people.values()))}
    assert (teams["Front desk"].open, teams["Front desk"].late, teams[""].open) == (3, 2, 1)
    ages = overview.ages(everywhere(), today())
    assert ages == {"complaint": [1, 0, 0, 0, 0, 1], "feedback": [1, 0, 0, 2, 0, 3]}
    desk = at_the_desk(app, cast, "supervisor")
    assert desk.get("/staff/desk/overview").status_code == 200
    assert handler.name in desk.words and "Front desk" in desk.words and nobodys.reference in desk.words


def test_age_bands_meet_without_gap_or_overlap(app: Any, cast: Any) -> None:
    for days in (0, 6, 7, 27, 28, 55, 56, 119, 120, 400):
        sayings.concern(received_on=today() - timedelta(days=days))
    db.session.flush()
    assert overview.ages(everywhere(), today()) == {"feedback": [2, 2, 2, 2, 2, 10]}


def test_what_will_be_late_is_said_with_the_reason(app: Any, cast: Any) -> None:
    sayings.complaint()
    sayings.concern()
    sayings.logged(cast, at=now() - timedelta(days=24))
    db.session.flush()
    found = {words: (kind, count, unheld) for kind, words, count, unheld in overview.reasons(everywhere(), today())}
    assert found["New, to be read"] == ("feedback", 1, 1)
    assert sum(count for kind, count, _ in found.values() if kind == "complaint") == 1
    assert len(overview.coming(everywhere(), today())) == sum(count for _, count, _ in found.values())


def test_nobody_sees_another_areas_work_and_only_supervisors_see_the_page(app: Any, cast: Any, demo_mode: None) -> None:
    here = sayings.concern()
    south = sayings.concern(borough_id=factories.area("south-borough").id)
    cases.assign(south, cast.handler_south.account_id, cast.handler_south)
    db.session.commit()
    desk = at_the_desk(app, cast, "supervisor")
    desk.get("/staff/desk/overview")
    assert here.reference in desk.words and south.reference not in desk.words
    assert cast.account("handler_south").name not in desk.words
    assert [row[0] for row in exported(desk)] == [here.reference]
    for area in ("south", "force", "\x00", "../x", "'--"):
        assert desk.get("/staff/desk/overview", query_string={"area": area}).status_code == 404
        assert desk.get("/staff/desk/overview.csv", query_string={"area": area}).status_code == 404
    assert [row[0] for row in exported(desk, "?area=north")] == [here.reference]
    for who in ("triage", "handler", "coordinator", "clerk"):
        other = at_the_desk(app, cast, who)
        assert other.get("/staff/desk/overview").status_code == 403
        assert other.get("/staff/desk/overview.csv").status_code == 403


def test_an_export_is_recorded_and_names_can_be_read(app: Any, cast: Any, demo_mode: None) -> None:
    names = ['=cmd|"/C calc"!A0', "+44 20", "-12", "@SUM(A1)", "Ana, “the” O'Neil", 'say "hi"', "＝1+1", "Zoë"]
    made = {sayings.concern(person=Person(name=name, email="x@example.org")).reference: name for name in names}
    anonymous = sayings.concern(anonymous=True, person=Person())
    db.session.commit()
    desk = at_the_desk(app, cast, "supervisor")
    rows = {row[0]: row for row in exported(desk)}
    for reference, name in made.items():
        shown = rows[reference][3]
        assert shown in (name, "'" + name)
        assert not shown.startswith(("=", "+", "-", "@", "\t", "\r", "＝"))
    assert rows[anonymous.reference][3] == ""
    assert all(len(row) == 13 for row in rows.values())
    kept = db.session.query(Access).filter_by(what="export").one()
    assert kept.account_id == cast.supervisor.account_id


def test_days_late_stay_numbers(app: Any, cast: Any, demo_mode: None) -> None:
    with moved_to(now() - timedelta(days=30)):
        sayings.concern()
    sayings.concern()
    db.session.commit()
    desk = at_the_desk(app, cast, "supervisor")
    late = sorted(int(row[10]) for row in exported(desk))
    assert late[0] == 0 and late[1] > 20


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "  =", "\u00a0-"])
def test_no_cell_begins_like_a_formula(start: str) -> None:
    assert spreadsheet.cell(start + "1+1") == "'" + start + "1+1"


def test_cells_that_are_harmless_stay_as_they_are() -> None:
    assert [spreadsheet.cell(each) for each in ("Ana", "a=b", "", None, 0, -3, "1-2")] == [
        "Ana", "a=b", "", "", "0", "-3", "1-2",
    ]  # fmt: skip


def test_lines_follow_the_standard() -> None:
    written = "".join(spreadsheet.lines(["A", "B"], [['x "y"', "1,2"], ["two\r\nlines", ""]]))
    assert written == '\ufeffA,B\r\n"x ""y""","1,2"\r\n"two\r\nlines",\r\n'
