"""The page on stop and search: what is chosen is what is counted, compared and said; nothing hostile comes back."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any
from urllib.parse import urlencode

import pytest

from casework.areas import population
from casework.areas.models import Area
from casework.extensions import db
from casework.releases import looking, queries
from casework.releases.choices import ONLY, WITHOUT, Choice
from casework.releases.overview import Chosen
from tests.browser import Browser
from tests.releases import months
from tests.releases.months import SECTION_60, Stop
from tests.test_hostile import MARK, PAYLOADS

SPRING = [date(2018, 4, 1), date(2018, 5, 1), date(2018, 6, 1)]
BOROUGHS = ["north-borough", "south-borough"]


@pytest.fixture
def stops(app: Any) -> list[Stop]:
    made = months.made_up([date(2017, 4, 1), *SPRING], BOROUGHS, 150)
    months.publish(made)
    db.session.commit()
    return made


def chosen(choice: Choice) -> Chosen:
    published = queries.months()
    return looking.chosen(choice, looking.offered(published, True), published)


def test_without_a_month_the_page_says_so(app: Any) -> None:
    browser = Browser(app)
    assert browser.get("/stop-and-search").status_code == 200
    assert "There are no figures yet" in browser.words


def test_every_choice_is_counted_as_one_would_by_hand(stops: list[Stop]) -> None:
    """Area, group and power, each cell of each dimension, against a count of the lines one by one."""
    for area in ("", *BOROUGHS):
        for group in ("", "officer:Black", "age:10-17", "sex:Female", "self_group:White"):
            dimension, _, wording = group.partition(":")
            for power in ("", WITHOUT, ONLY):
                found = chosen(Choice(SPRING[0], SPRING[-1], area, group, power))
                mine = [
                    s for s in stops
                    if s.month in SPRING and area in ("", s.borough) and (not group or s.of(dimension) == wording)
                    and (power == "" or (s.legislation == SECTION_60) == (power == ONLY))
                ]  # fmt: skip
                assert found.total.n == len(mine)
                for each in ("object", "outcome", "age", "sex", "self", "self_group", "officer", "borough"):
                    counted = {value: count.n for value, count in found.cells.get(each, {}).items()}
                    assert counted == Counter(s.of(each) for s in mine), (area, group, power, each)
                assert {m: c.n for m, c in found.by_month.items()} == {
                    m: sum(s.month == m for s in mine) for m in SPRING
                }


def test_the_page_shows_the_choice_and_its_numbers(app: Any, stops: list[Stop]) -> None:
    browser = Browser(app)
    asked = {"area": "north-borough", "from": "2018-04", "to": "2018-06", "group": "officer:Black"}
    assert browser.get(f"/stop-and-search?{urlencode(asked)}").status_code == 200
    mine = [s for s in stops if s.month in SPRING and s.borough == "north-borough" and s.officer == "Black"]
    assert f"Searches {len(mine):,}" in browser.words
    assert "North Borough" in browser.words and "April to June 2018" in browser.words
    assert browser.text.count('role="img"') == browser.text.count("The same as a table") > 6
    assert 'value="officer:Black" selected' in browser.text and 'value="north-borough" selected' in browser.text


def test_two_choices_stand_beside_each_other(app: Any, stops: list[Stop]) -> None:
    browser = Browser(app)
    browser.get("/stop-and-search?area=north-borough&with_area=south-borough&from=2018-04&to=2018-06")
    assert "North Borough: searches" in browser.words and "South Borough: searches" in browser.words
    assert "trend-description" in browser.text
    browser.get("/stop-and-search?from=2018-04&to=2018-04&with_period=year-before")
    assert "April 2018 and April 2017" in browser.words


def test_searches_in_no_borough_are_counted_and_said(app: Any, stops: list[Stop]) -> None:
    browser = Browser(app)
    browser.get("/stop-and-search?from=2018-04&to=2018-06")
    outside = sum(s.month in SPRING and s.borough not in BOROUGHS for s in stops)
    assert f"{outside:,} searches are in no borough" in browser.words and outside > 0


def test_without_residents_there_are_no_rates_and_the_page_says_why(app: Any, stops: list[Stop]) -> None:
    browser = Browser(app)
    browser.get("/stop-and-search?from=2018-04&to=2018-06")
    assert "No rates are shown" in browser.words and "Times the rate of White" not in browser.words


def test_rates_name_their_residents_and_are_left_out_for_a_group(app: Any, stops: list[Stop]) -> None:
    for number, slug in enumerate(BOROUGHS):
        db.session.query(Area).filter_by(slug=slug).update({"code": f"X{number}"})
    rows = [f"X{n},{group},{people}" for n in range(2) for group, people in
            (("all", 1000), ("white", 600), ("black", 200), ("asian", 100), ("mixed", 60), ("other", 40))]  # fmt: skip
    population.load("code,group,people\n" + "\n".join(rows) + "\n", "Census 2031", 2031)
    db.session.commit()
    browser = Browser(app)
    browser.get("/stop-and-search?from=2018-04&to=2018-06&area=north-borough")
    assert "Residents: Census 2031" in browser.words and "It is a contested measure" in browser.words
    n = sum(s.month in SPRING and s.borough == "north-borough" for s in stops)
    assert f"For each 1,000 residents {n:.1f}" in browser.words
    browser.get("/stop-and-search?from=2018-04&to=2018-06&group=age:10-17")
    assert "Residents: Census 2031" not in browser.words and "not for a group that was chosen" in browser.words


def test_a_demonstration_says_that_its_figures_are_made_up(app: Any) -> None:
    months.publish(months.made_up(SPRING, BOROUGHS, 5), made_up=True)
    db.session.commit()
    browser = Browser(app)
    browser.get("/stop-and-search")
    assert "These figures are made up" in browser.words


def test_hostile_addresses_get_a_plain_page_with_a_message(app: Any, stops: list[Stop]) -> None:
    browser = Browser(app)
    for name in ("area", "from", "to", "group", "power", "with_area", "with_group", "with_period"):
        for payload in PAYLOADS:
            answer = browser.get("/stop-and-search?" + urlencode({name: payload.encode("utf-8", "replace")}))
            assert answer.status_code == (400 if payload else 200), (name, payload[:20])
            assert MARK not in browser.text and "9801547" not in browser.text
            assert not payload or "could not be followed" in browser.words
