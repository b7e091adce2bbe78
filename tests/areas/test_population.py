"""Residents are loaded from the files of the statistics office as they are; what is wrong is said, and changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from casework.areas import load, population
from casework.areas.models import Area, Population
from casework.extensions import db
from tests import factories

CENSUS = "census2021-ts021-london-boroughs.csv"
SURVEY = "ethnic-groups-by-borough-2012-2018.csv"


def people(source: str, slug: str, group: str) -> int | None:
    """How many were loaded."""
    found = db.session.query(Population.people).join(Area, Area.id == Population.area_id)
    return found.filter(Population.source == source, Area.slug == slug, Population.group == group).scalar()


@pytest.fixture
def london(app: Any) -> None:
    load.load(load.LONDON, "The force")


def test_the_census_is_loaded_for_each_borough_and_the_city_is_said_not_to_be_ours(london: None, shared: Path) -> None:
    text = (shared / "population" / CENSUS).read_text(encoding="utf-8")
    assert population.load(text, "Census 2021", 2021) == (32, 1)
    assert people("census-2021", "hackney", "all") == 259_147
    groups = [people("census-2021", "brent", group) or 0 for group in population.GROUPS]
    assert groups[0] == sum(groups[1:]) == 339_821 and groups[1] == 117_701


def test_loading_a_source_again_replaces_it(london: None, shared: Path) -> None:
    text = (shared / "population" / CENSUS).read_text(encoding="utf-8")
    population.load(text, "Census 2021", 2021)
    population.load(text.replace("117701", "117702"), "Census 2021", 2021)
    assert people("census-2021", "brent", "white") == 117_702
    assert db.session.query(Population).count() == 32 * 6


def test_the_survey_of_a_year_is_loaded_and_what_it_does_not_know_stays_unknown(london: None, shared: Path) -> None:
    text = (shared / "population" / SURVEY).read_text(encoding="utf-8")
    assert population.load(text, "Survey 2018", 2018)[0] == 32
    assert people("survey-2018", "brent", "mixed-other") and people("survey-2018", "brent", "mixed") is None
    with pytest.raises(population.BadPopulation, match="no line for 2019"):
        population.load(text, "Survey 2019", 2019)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "first line"),
        ("a,b\n1,2\n", "first line"),
        ("code,group,people\nX1,white,many\n", "Line 2"),
        ("code,group,people\nX1,purple,5\n", "Line 2"),
        ("code,group,people\nX1,white,5\nX1,white,6\n", "twice"),
        ("code,group,people\n", "no line"),
        ("code,group,people\nX1,white\n", "Line 2"),
        ('code,group,people\nX1,"white,5\n', "no CSV"),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_a_reason(text: str, said: str) -> None:
    with pytest.raises(population.BadPopulation, match=said):
        population.read(text, 2021)


def test_a_file_about_somewhere_else_changes_nothing(app: Any) -> None:
    factories.area("north")
    with pytest.raises(population.BadPopulation, match="no area of ours"):
        population.load("code,group,people\nW06000001,white,5\n", "Census 2021", 2021)
    assert db.session.query(Population).count() == 0
