"""Which borough a point lies in, by outlines that the operator loads; and files that are no outlines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from casework.areas import boundaries
from casework.areas.boundaries import BadBoundaries
from casework.areas.models import Boundaries, Shape
from casework.extensions import db
from tests import factories


def square(west: float, south: float, **names: str) -> dict[str, Any]:
    """A tenth of a degree each way, with the properties that name it."""
    ring = [[west, south], [west + 0.1, south], [west + 0.1, south + 0.1], [west, south + 0.1], [west, south]]
    return {"type": "Feature", "properties": names, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def file(folder: Path, *features: dict[str, Any]) -> Path:
    path = folder / "outlines.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


@pytest.fixture
def two(app: Any, tmp_path: Path) -> int:
    """The two boroughs of the house side by side, one of them by code and one by name."""
    factories.area("north-borough").code = "E09000099"
    factories.area("south-borough").name = "Hammersmith & Fulham"
    db.session.flush()
    db.session.info.pop("areas", None)
    north = square(0.0, 51.0, LAD22CD="E09000099", LAD22NM="Whatever")
    south = square(0.1, 51.0, LAD22NM="Hammersmith and Fulham")
    return boundaries.load(file(tmp_path, north, south, square(5, 5, LAD22NM="Elsewhere"))).boundaries.id


def test_a_point_is_in_its_borough_and_one_on_the_river_in_none(two: int) -> None:
    found = boundaries.locate(two, [(0.05, 51.05), (0.15, 51.05), (0.05, 51.05), (0.05, 52.0), (5.05, 5.05)])
    assert found == ["north-borough", "south-borough", "north-borough", "", ""]
    assert boundaries.locate(two, []) == []


def test_a_point_on_the_edge_of_two_is_in_the_same_one_whenever_it_is_asked(two: int) -> None:
    assert {boundaries.locate(two, [(0.1, 51.02)])[0] for _ in range(5)} == {"south-borough"}


def test_the_same_file_makes_no_second_set_and_another_does(two: int, tmp_path: Path) -> None:
    kept = tmp_path / "outlines.geojson"
    assert boundaries.load(kept).known_before and db.session.query(Boundaries).count() == 1
    other = boundaries.load(file(tmp_path, square(0.0, 51.2, name="north-borough")))
    assert (other.boroughs, boundaries.newest()) == (1, other.boundaries.id)
    assert "Hammersmith & Fulham" in other.left_out
    assert boundaries.locate(two, [(0.05, 51.05)]) == ["north-borough"]
    assert boundaries.locate(other.boundaries.id, [(0.05, 51.05)]) == [""]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "no GeoJSON"),
        ("[1, 2]", "no GeoJSON"),
        ('{"features": [{"properties": {}}]}', "no GeoJSON"),
        ('{"features": []}', "None of these outlines"),
        (json.dumps({"features": [square(9, 9, LAD22NM="Paris")]}), "None of these outlines"),
        (json.dumps({"features": [square(0, 1, n="north-borough")] * 2}), "two outlines"),
        (json.dumps({"features": [square(530_000, 180_000, n="north-borough")]}), "degrees"),
        (json.dumps({"features": [{"properties": {"n": "north-borough"}, "geometry": None}]}), "cannot be read"),
        (json.dumps({"features": [{"properties": {"n": "north-borough"}, "geometry": {"type": "Point", "coordinates": [0, 51]}}]}), "no polygon"),
        (json.dumps({"features": [{"properties": {"n": "north-borough"}, "geometry": {"type": "Polygon"}}]}), "cannot be read"),
        ("[" * 100_000, "no GeoJSON"),
    ],
)  # fmt: skip
def test_what_is_no_outlines_is_refused_in_a_sentence_and_changes_nothing(
    app: Any, tmp_path: Path, content: str, words: str
) -> None:
    path = tmp_path / "outlines.geojson"
    path.write_text(content)
    with pytest.raises(BadBoundaries, match=words):
        boundaries.load(path)
    assert db.session.query(Shape).count() == 0
