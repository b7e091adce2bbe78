"""Figures as files: the same as the page, with dictionary and licence; they may be kept; releases keep their address."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest

from casework.cases import service as cases
from casework.extensions import db
from casework.moments import now
from casework.releases import names, service
from casework.releases.models import Release
from tests.browser import Browser
from tests.releases import months
from tests.releases.months import Stop
from tests.releases.test_life import made
from tests.releases.test_page import BOROUGHS, SPRING
from tests.test_hostile import MARK, PAYLOADS


@pytest.fixture
def stops(app: Any) -> list[Stop]:
    stops = months.made_up(SPRING, BOROUGHS, 120)
    months.publish(stops)
    db.session.commit()
    return stops


def lines(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_csv_of_a_choice_is_what_one_counts_by_hand(app: Any, stops: list[Stop]) -> None:
    browser = Browser(app)
    answer = browser.get("/stop-and-search/figures.csv?area=north-borough&from=2018-05&to=2018-06&group=officer:Black")
    mine = [s for s in stops if s.month in SPRING[1:] and s.borough == "north-borough" and s.officer == "Black"]
    found = {(line["dimension"], line["value"]): line for line in lines(browser.text)}
    assert int(found[("total", "")]["searches"]) == len(mine)
    assert int(found[("outcome", "Arrest")]["searches"]) == sum(s.outcome == "Arrest" for s in mine)
    assert int(found[("total", "")]["with_outcome"]) == sum(bool(s.outcome) for s in mine)
    assert int(found[("month", "2018-05")]["searches"]) == sum(s.month == SPRING[1] for s in mine)
    assert 'rel="license"' in str(answer.headers) and 'rel="describedby"' in str(answer.headers)


def test_the_json_says_the_same_as_the_csv_and_names_its_licence_and_releases(app: Any, stops: list[Stop]) -> None:
    browser = Browser(app)
    asked = "?from=2018-04&to=2018-06&with_area=south-borough"
    browser.get(f"/stop-and-search/figures.csv{asked}")
    table = lines(browser.text)
    answer = browser.get(f"/api/v1/stop-and-search/figures{asked}")
    found = json.loads(browser.text)
    assert "Open Government Licence" in found["notice"] and found["licence"].startswith("https://")
    assert found["releases"] == [f"metropolitan-2018-0{n}-v1" for n in (4, 5, 6)] and found["made_up"] is False
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    told = [
        {"area": block["area"], "dimension": dimension} | {key: str(value) for key, value in each.items()}
        for block in found["figures"] for dimension, values in block["dimensions"].items() for each in values
    ]  # fmt: skip
    assert told == [{key: line[key] for key in told[0]} for line in table] and len(told) > 50


def test_a_file_is_not_sent_again_while_it_is_the_same(app: Any, stops: list[Stop]) -> None:
    browser = Browser(app)
    for path in (
        "/stop-and-search/figures.csv", "/api/v1/stop-and-search/figures", "/api/v1/stop-and-search", "/stop-and-search/releases.atom",
        "/api/v1/stop-and-search/releases", "/stop-and-search/dictionary.json", "/stop-and-search/releases/metropolitan-2018-04-v1/figures.csv",
    ):  # fmt: skip
        first = browser.get(path)
        assert first.status_code == 200 and first.headers["Cache-Control"].startswith("public, max-age="), path
        assert "Set-Cookie" not in first.headers
        again = browser.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304 and browser.text == "", path
    months.publish(months.made_up([date(2018, 7, 1)], BOROUGHS, 10))
    db.session.commit()
    assert (
        browser.get("/stop-and-search/figures.csv", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200
    )


def test_hostile_addresses_of_files_get_a_short_refusal(app: Any, stops: list[Stop]) -> None:
    browser = Browser(app)
    for path in ("/stop-and-search/figures.csv", "/api/v1/stop-and-search/figures"):
        for name in ("area", "from", "group", "with_group"):
            for payload in PAYLOADS:
                answer = browser.get(f"{path}?" + urlencode({name: payload.encode("utf-8", "replace")}))
                assert answer.status_code == (400 if payload else 200)
                assert MARK not in browser.text
    for name in (
        "x",
        "metropolitan-2018-13-v1",
        "metropolitan-2018-04-v9",
        "-2018-04-v1",
        "ride-along-2018-04-v1",
        "%00",
        "a" * 5000,
    ):
        assert browser.get(f"/stop-and-search/releases/{name}").status_code == 404
        assert browser.get(f"/stop-and-search/releases/{name}/figures.csv").status_code == 404


def test_a_release_shows_the_hash_of_its_files_and_they_never_change(app: Any, stops: list[Stop]) -> None:
    browser = Browser(app)
    before = {}
    for kind in ("csv", "json"):
        before[kind] = browser.get(f"/stop-and-search/releases/metropolitan-2018-04-v1/figures.{kind}").data
    browser.get("/stop-and-search/releases/metropolitan-2018-04-v1")
    for content in before.values():
        assert f"SHA-256 {hashlib.sha256(content).hexdigest()}" in browser.words
    found = lines(before["csv"].decode())
    april = [s for s in stops if s.month == SPRING[0]]
    whole = [line for line in found if line["area"] == "" and line["dimension"] == "total"]
    assert sum(int(line["searches"]) for line in whole) == len(april)
    assert {line["power"] for line in found} == {"section-60", "without-section-60"}
    from casework.releases import news

    news._made.cache_clear()
    for kind, content in before.items():
        assert browser.get(f"/stop-and-search/releases/metropolitan-2018-04-v1/figures.{kind}").data == content


def test_a_release_that_was_corrected_stays_and_points_to_the_newer_one(app: Any, cast: Any) -> None:
    first, second = made(cast, force="westmarch"), made(cast, force="westmarch", number=2)
    for release in (first, second):
        cases.perform(release, "review", cast.supervisor)
        cases.perform(release, "release", cast.supervisor)
    second.why = "Forty rows had come twice."
    db.session.commit()
    browser = Browser(app)
    assert browser.get("/stop-and-search/releases/westmarch-2026-10-v1").status_code == 200
    assert "This release was corrected" in browser.words and "Forty rows had come twice." in browser.words
    assert "westmarch-2026-10-v2" in browser.text
    assert browser.get("/stop-and-search/releases/westmarch-2026-10-v1/figures.csv").status_code == 200
    service.withdraw(second, "It was another force's file.", cast.supervisor)
    db.session.commit()
    assert browser.get("/stop-and-search/releases/westmarch-2026-10-v2").status_code == 410
    assert "another force" in browser.words
    assert browser.get("/stop-and-search/releases/westmarch-2026-10-v2/figures.csv").status_code == 410


def test_what_is_not_out_yet_is_announced_and_nothing_of_it_is_shown(app: Any, cast: Any) -> None:
    release = made(cast, force="westmarch")
    cases.perform(release, "review", cast.supervisor)
    service.schedule(release, now() + timedelta(days=3), cast.supervisor)
    db.session.commit()
    browser = Browser(app)
    browser.get("/stop-and-search/releases")
    assert "Stop and search, October 2026" in browser.words and "Nothing is released yet" in browser.words
    assert browser.get("/stop-and-search/releases/westmarch-2026-10-v1").status_code == 404
    browser.get("/api/v1/stop-and-search/releases")
    told = json.loads(browser.text)
    assert [each["state"] for each in told["announced"]] == ["scheduled"] and told["released"] == []


def test_older_releases_are_a_page_further_and_none_is_left_out(app: Any, monkeypatch: Any) -> None:
    from casework.releases import news

    monkeypatch.setattr(news, "PAGE", 2)
    months.publish(months.made_up([date(2018, n, 1) for n in range(1, 6)], BOROUGHS, 3))
    db.session.commit()
    browser, found, path = Browser(app), list[str](), "/stop-and-search/releases"
    while path:
        browser.get(path)
        found += re.findall(r"metropolitan-2018-\d\d-v1", browser.text)
        older = re.search(r'href="(/stop-and-search/releases\?after=\d+)"', browser.text)
        path = older[1] if older else ""
    assert found == [f"metropolitan-2018-0{n}-v1" for n in (5, 4, 3, 2, 1)]
    for after in ("x", "9" * 30, "-1", "0"):
        assert browser.get(f"/stop-and-search/releases?after={after}").status_code == 200


def test_a_feed_names_every_release_and_is_well_formed(app: Any, stops: list[Stop]) -> None:
    browser = Browser(app)
    release = db.session.query(Release).first()
    assert release is not None
    release.why = "A <b>note</b> & more"
    db.session.commit()
    browser.get("/stop-and-search/releases.atom")
    root = ElementTree.fromstring(browser.text)
    space = "{http://www.w3.org/2005/Atom}"
    assert len(root.findall(f"{space}entry")) == 3
    ids = [entry.findtext(f"{space}id") or "" for entry in root.findall(f"{space}entry")]
    assert len(set(ids)) == 3 and all("/stop-and-search/releases/metropolitan-2018-0" in each for each in ids)


def test_the_page_about_the_data_names_every_column(app: Any) -> None:
    from casework.releases import files

    browser = Browser(app)
    assert browser.get("/stop-and-search/data").status_code == 200
    assert all(name in browser.words for name in files.COLUMNS) and "Open Government Licence" in browser.words
    described = json.loads(files.dictionary("x"))["tableSchema"]["columns"]
    assert [column["name"] for column in described] == list(files.COLUMNS)


@pytest.mark.parametrize("kind", ["stops", "rides", "feedback", "complaints"])
def test_a_name_of_a_release_reads_back(kind: str) -> None:
    force = "city-of-london" if kind == "stops" else ""
    assert names.read(names.write(kind, force, date(2026, 10, 1), 3)) == (kind, force, date(2026, 10, 1), 3)
