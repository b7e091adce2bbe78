"""Shares and rates by hand, on the real census; what rests on few is marked, what is left out is counted."""

from __future__ import annotations

import pytest

from casework.releases import measures
from casework.releases.cube import Count
from casework.releases.measures import Residents

# Brent, Census 2021
BRENT = Residents(
    "Census 2021",
    2021,
    {"all": 339_821, "white": 117_701, "mixed": 17_249, "asian": 111_515, "black": 59_495, "other": 33_861},
)


def test_a_share_is_of_its_base_and_says_when_that_is_small() -> None:
    assert measures.share(1, 3, 20).words == "33.3% [u]"
    assert measures.share(10, 40, 20).words == "25.0%"
    assert measures.share(0, 40, 20).words == "0.0%"
    assert measures.share(0, 0, 20).words == "[x]"


def test_positive_outcomes_arrests_and_links_are_told_apart_each_over_what_is_known() -> None:
    count = Count(n=100, decided=80, positive=20, arrests=8, told=0, linked=0)
    assert measures.positive(count, 20).words == "25.0%"
    assert measures.arrests(count, 20).words == "10.0%"
    assert measures.linked(count, 20).words == "[x]", "not supplied is not none"


def test_a_rate_is_per_1000_residents_of_the_group_and_set_against_white() -> None:
    cells = {
        "White": Count(200),
        "Black": Count(404),
        "Asian": Count(10),
        "Mixed": Count(0),
        "": Count(6),
        "Not stated": Count(30),
    }
    made = measures.rates(cells, BRENT, 20)
    found = {rate.group: (rate.searches, rate.per_1000.words, rate.relative.words) for rate in made.rows}
    assert found["White"] == (200, "1.7", "1.0")
    assert found["Black"] == (404, "6.8", "4.0")
    assert found["Asian"] == (10, "0.1 [u]", "0.1 [u]")
    assert (made.excluded, made.total) == (36, 650), "who did not say is left out, and counted"


def test_without_searches_of_white_people_nothing_is_set_against_them() -> None:
    made = measures.rates({"Black": Count(404)}, BRENT, 20)
    assert {rate.relative.words for rate in made.rows} == {"[x]"}


def test_residents_of_whom_mixed_and_other_are_one_group_take_both_together() -> None:
    survey = Residents("Survey 2018", 2018, {"all": 100, "white": 50, "asian": 20, "black": 20, "mixed-other": 10})
    made = measures.rates({"Mixed": Count(30), "Other ethnic group": Count(20), "White": Count(50)}, survey, 20)
    assert {rate.group: rate.searches for rate in made.rows}["Mixed or other"] == 50


@pytest.mark.parametrize(
    ("wording", "group"),
    [
        ("White", "white"), ("White - Irish", "white"), ("Black/African/Caribbean/Black British", "black"),
        ("Asian/Asian British", "asian"), ("Mixed/Multiple ethnic groups", "mixed"), ("Other ethnic group", "other"),
        ("Other", "other"), ("Other ethnic group - Not stated", None), ("Not stated", None), ("", None), ("Martian", None),
    ],
)  # fmt: skip
def test_wordings_of_every_year_belong_to_a_group_and_a_refusal_to_none(wording: str, group: str | None) -> None:
    assert measures.group_of(wording) == group
