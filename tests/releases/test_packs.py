"""Packs for monitoring groups: made by a worker, tagged, the same numbers as the page, kept, and swept by nobody."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from pypdf import PdfReader

from casework.exchanges import store, sweeping
from casework.extensions import db
from casework.moments import today
from casework.releases import packs
from casework.releases.models import Pack
from tests import factories
from tests.browser import Browser
from tests.releases import months
from tests.releases.months import Stop
from tests.releases.test_page import BOROUGHS, SPRING
from workers import periodic


@pytest.fixture
def stops(app: Any) -> list[Stop]:
    made = months.made_up(SPRING, BOROUGHS, 150)
    months.publish(made)
    db.session.commit()
    return made


def make_all() -> None:
    """As minutes go by."""
    for _ in range(20):
        periodic._packs()


def test_a_worker_makes_one_for_each_borough_and_month_and_each_only_once(app: Any, stops: list[Stop]) -> None:
    make_all()
    assert db.session.query(Pack).count() == len(BOROUGHS) * len(SPRING)
    assert packs.wanted(10) == []


def test_mail_does_not_wait_for_them(app: Any, stops: list[Stop]) -> None:
    factories.ride()  # whose receipt is owed
    db.session.commit()
    periodic._packs()
    assert db.session.query(Pack).count() == 1, "after the first, the worker is free for the mail"


def test_it_is_tagged_and_says_the_numbers_of_the_page(app: Any, stops: list[Stop]) -> None:
    make_all()
    browser = Browser(app)
    answer = browser.get("/stop-and-search/releases/metropolitan-2018-06-v1/packs/north-borough.pdf")
    assert answer.status_code == 200 and answer.mimetype == "application/pdf"
    read = PdfReader(io.BytesIO(answer.data))
    root = read.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in root and root["/Lang"]
    assert read.metadata is not None and read.metadata.title == "Stop and search in North Borough, June 2018"
    words = " ".join(" ".join(page.extract_text() for page in read.pages).split())
    mine = [s for s in stops if s.month == SPRING[2] and s.borough == "north-borough"]
    whole = [s for s in stops if s.month == SPRING[2]]
    assert f"Searches {len(mine)} {len(whole)}" in words
    for age in ("10-17", "18-24"):
        n = sum(s.age == age for s in mine)
        assert f"{age} {n} {100 * n / len(mine):.1f}%" in words
    assert "April 2018" in words and "Open Government Licence" in words
    browser.get("/stop-and-search/releases/metropolitan-2018-06-v1")
    assert "/packs/north-borough.pdf" in browser.text


def test_it_stays_the_same_and_may_be_kept(app: Any, stops: list[Stop]) -> None:
    make_all()
    browser = Browser(app)
    path = "/stop-and-search/releases/metropolitan-2018-04-v1/packs/south-borough.pdf"
    first = browser.get(path)
    months.publish(months.made_up([date(2018, 7, 1)], BOROUGHS, 20))
    db.session.commit()
    make_all()
    assert browser.get(path).data == first.data
    assert browser.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_the_nightly_sweep_keeps_it(app: Any, stops: list[Stop], monkeypatch: Any) -> None:
    make_all()
    monkeypatch.setattr(store, "age", lambda name: 10.0**6)
    sweeping.orphans(today())
    for pack in db.session.query(Pack):
        assert b"".join(packs.content(pack)).startswith(b"%PDF")


def test_what_is_not_there_is_not_found(app: Any, stops: list[Stop]) -> None:
    browser = Browser(app)
    for path in (
        "metropolitan-2018-04-v1/packs/north-borough.pdf",
        "metropolitan-2018-04-v1/packs/x.pdf",
        "x/packs/north-borough.pdf",
    ):
        assert browser.get(f"/stop-and-search/releases/{path}").status_code == 404
    assert factories.area("north-borough")
