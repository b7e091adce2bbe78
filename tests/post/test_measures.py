"""The post room's figures: true, in ranges, one's own only for a clerk, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from casework.extensions import db
from casework.moments import today
from casework.post.models import FieldSum
from casework.roles import Role
from casework.settings import service as settings
from tests.browser import Browser
from tests.post import trays
from tests.post.trays import TRUTH


@pytest.fixture
def worked(app: Any, cast: Any, demo_mode: None) -> Any:
    """Ann made one mistake in two letters; Bea keyed them again, Cem settled one."""
    people = {name: trays.clerk(name) for name in ("ann", "bea", "cem")}
    people["boss"] = trays.clerk("boss", role=Role.SUPERVISOR)
    for reads in (TRUTH, trays.mistaken("you.name", "Sian O'Neal")):
        item = trays.letter(people["boss"])
        trays.key(item, people["ann"], reads)
        trays.key(item, people["bea"], TRUTH)
    trays.key(item, people["cem"], {"you.name": TRUTH["you.name"]})
    trays.letter(people["boss"])
    return people


def signed_in(app: Any, name: str) -> Browser:
    browser = Browser(app)
    browser.sign_in(f"{name}@force.example")
    return browser


def table(browser: Browser, name: str) -> list[dict[str, str]]:
    browser.get(f"/staff/post/measures/{name}.csv")
    return list(csv.DictReader(io.StringIO(browser.text.removeprefix("\ufeff"))))


def test_a_supervisor_sees_who_errs_where(app: Any, worked: Any) -> None:
    boss = signed_in(app, "boss")
    boss.get("/staff/post/measures")
    assert "Ann" in boss.words and "Bea" in boss.words
    by_clerk = {row["Clerk"]: row for row in table(boss, "clerks")}
    assert by_clerk["Ann"]["Wrong"] == "1" and by_clerk["Bea"]["Wrong"] == "0"
    assert by_clerk["Ann"]["Checked"] == by_clerk["Bea"]["Checked"] == "78"
    by_field = table(boss, "fields")
    assert by_field[0]["Field"].startswith("Full name") and float(by_field[0]["Error rate"]) == 0.25
    pace = {row["Clerk"]: row for row in table(boss, "pace")}
    assert (pace["Ann"]["First keyings"], pace["Bea"]["Second keyings"], pace["Cem"]["Settled"]) == ("2", "2", "1")
    assert {row["Stage"]: row["Items"] for row in table(boss, "stages")}["Indexed, to be keyed"] == "1"
    assert table(boss, "days")[-1]["First keyings"] == "2"


def test_what_nobody_checked_is_said_to_be_unknown(app: Any, worked: Any) -> None:
    settings.change("post.single_clerk", True, worked["boss"], "one clerk")
    db.session.commit()
    trays.key(trays.letter(worked["boss"]), worked["ann"], TRUTH)
    boss = signed_in(app, "boss")
    boss.get("/staff/post/measures")
    assert "Left wrong after checks not known" in boss.words
    assert {row["Clerk"]: row["Left wrong"] for row in table(boss, "clerks")}["Ann"] == ""


def test_a_clerk_sees_their_own_rates_only(app: Any, worked: Any) -> None:
    bea = signed_in(app, "bea")
    bea.get("/staff/post/measures")
    main = bea.text.split("<main")[1]
    assert "Bea" in main and "Ann" not in main and "Cem" not in main
    assert [row["Clerk"] for row in table(bea, "clerks")] == ["Bea"]
    assert [row["Clerk"] for row in table(bea, "pace")] == ["Bea"]
    assert bea.get("/staff/post/measures/stages.csv").status_code == 404
    assert sum(int(row["Wrong"]) for row in table(bea, "fields")) == 0


def test_a_supervisor_elsewhere_sees_nobody_of_this_room(app: Any, worked: Any) -> None:
    trays.clerk("south", "south", Role.SUPERVISOR)
    trays.clerk("dov", "south")
    south = signed_in(app, "south")
    assert table(south, "clerks") == []
    assert all(row["Items"] == "0" for row in table(south, "stages"))


def test_no_cell_is_a_formula(app: Any, worked: Any) -> None:
    evil = trays.clerk("evil")
    from casework.accounts import queries

    queries.by_id(evil.account_id or 0).name = "=1+1"  # type: ignore[union-attr]
    db.session.add(FieldSum(account_id=evil.account_id, name="@x", month=today().replace(day=1), keyed=1, checked=1))
    db.session.commit()
    boss = signed_in(app, "boss")
    for name in ("clerks", "fields", "pace", "days", "stages"):
        boss.get(f"/staff/post/measures/{name}.csv")
        cells = [c for row in csv.reader(io.StringIO(boss.text.removeprefix("\ufeff"))) for c in row]
        assert cells and not any(c[:1] in "=+-@" for c in cells if c)
    assert "'=1+1" in [row["Clerk"] for row in table(boss, "clerks")]


@pytest.mark.parametrize("asked", ["months=0", "months=x", "months=9999999999999", "months=12", ""])
def test_any_period_that_is_asked_for_has_an_answer(app: Any, worked: Any, asked: str) -> None:
    assert signed_in(app, "boss").get(f"/staff/post/measures?{asked}").status_code == 200
