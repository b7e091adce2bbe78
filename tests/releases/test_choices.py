"""The address holds the choice; whatever else somebody writes into it is said to be unknown, and shown nowhere."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from casework.releases.choices import Offered, address, read

OFFERED = Offered(
    date(2016, 3, 1),
    date(2018, 6, 1),
    {"hackney": "Hackney", "camden": "Camden"},
    {"officer:Black": "Black", "age:10-17": "10-17"},
)
NAMES = ("area", "from", "to", "group", "power", "with_area", "with_group", "with_period")
KNOWN = (
    "",
    "hackney",
    "camden",
    "all",
    "2016-03",
    "2018-06",
    "2017-01",
    "officer:Black",
    "age:10-17",
    "section-60",
    "year-before",
)


def test_without_a_choice_it_is_the_last_twelve_months_of_everything() -> None:
    found = read({}, OFFERED)
    assert (found.first.since, found.first.until, found.first.area) == (date(2017, 7, 1), date(2018, 6, 1), "")
    assert found.second is None and not found.problems and len(found.first.months) == 12


def test_a_place_is_compared_with_another_a_group_with_everybody_and_a_time_with_a_year_before() -> None:
    asked = {"area": "hackney", "group": "officer:Black", "from": "2018-01", "to": "2018-03"}
    second = read(asked | {"with_area": "camden"}, OFFERED).second
    assert second is not None and (second.area, second.group) == ("camden", "officer:Black")
    second = read(asked | {"with_group": "all", "with_area": "all"}, OFFERED).second
    assert second is not None and (second.area, second.group) == ("", "")
    second = read(asked | {"with_period": "year-before"}, OFFERED).second
    assert second is not None and second.months[0] == date(2017, 1, 1)
    assert read(asked | {"with_area": "hackney"}, OFFERED).second is None, "nobody is compared with himself"


def test_what_is_not_offered_is_said_and_the_default_stands_in() -> None:
    found = read(
        {"area": "atlantis", "from": "1999-01", "power": "magic", "with_period": "x", "with_area": "y"}, OFFERED
    )
    assert len(found.problems) == 5 and found.first.area == "" and found.second is None
    assert not any("atlantis" in problem or "magic" in problem for problem in found.problems)
    assert read({"from": "2018-05", "to": "2018-01"}, OFFERED).first.since == date(2018, 1, 1)


@given(
    st.dictionaries(st.sampled_from(NAMES), st.one_of(st.sampled_from(KNOWN), st.text("abz-:019é<'\0", max_size=20)))
)
def test_any_address_is_read_and_what_was_read_gives_an_address_that_reads_the_same(asked: dict[str, str]) -> None:
    found = read(asked, OFFERED)
    again = read(address(found.first, found.second), OFFERED)
    assert (again.first, again.second, again.problems) == (found.first, found.second, ())
