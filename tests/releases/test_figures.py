"""The figures equal an independent count over the raw files, cell by cell: plain Python, nothing of the program's."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import shapely

from casework.areas import boundaries, load
from casework.areas import queries as areas
from casework.extensions import db
from casework.releases import queries
from casework.releases.cube import ELSEWHERE, NO_PLACE
from casework.releases.models import Value
from tests.releases.desk import imported, stops

COLUMNS = {
    "type": "Type", "sex": "Gender", "age": "Age range", "self": "Self-defined ethnicity", "officer": "Officer-defined ethnicity",
    "legislation": "Legislation", "object": "Object of search", "outcome": "Outcome", "removal": "Removal of more than just outer clothing",
}  # fmt: skip
FIRST_LEVEL = {"White": "White", "Mixed": "Mixed", "Asian": "Asian", "Black": "Black", "Other": "Other"}


def placed(shared: Path) -> Any:
    """Where a point is, asked of one outline after the other: the borough with the lowest code, or nowhere."""
    text = (shared / "boroughs" / "london-boroughs-lad22.geojson").read_text()
    names = {area.code: area.slug for area in areas.boroughs()}
    outlines = sorted((f["properties"]["LAD22CD"], shapely.from_geojson(_json(f["geometry"]))) for f in _features(text))
    kept: dict[tuple[str, str], str] = {}

    def where(row: dict[str, str]) -> str:
        key = (row["Longitude"], row["Latitude"])
        if not all(key):
            return NO_PLACE
        if key not in kept:
            point = shapely.Point(float(key[0]), float(key[1]))
            hit = [code for code, outline in outlines if code in names and outline.intersects(point)]
            kept[key] = names[hit[0]] if hit else ELSEWHERE
        return kept[key]

    return where


def _features(text: str) -> Any:
    import json

    return json.loads(text)["features"]


def _json(value: Any) -> str:
    import json

    return json.dumps(value)


def london(row: dict[str, str]) -> Any:
    """The first day of the month that a London calendar shows."""
    return datetime.fromisoformat(row["Date"]).astimezone(ZoneInfo("Europe/London")).date().replace(day=1)


def counted(rows: list[dict[str, str]], where: Any) -> dict[Any, dict[Any, list[int]]]:
    """Stops, positive outcomes and arrests of every dimension and value, by borough, section 60 and group."""
    found: dict[Any, dict[Any, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0, 0]))
    for row in rows:
        section60 = row["Legislation"] == "Criminal Justice and Public Order Act 1994 (section 60)"
        place = where(row)
        word = row["Self-defined ethnicity"]
        level = (
            "Not stated"
            if word.endswith("Not stated")
            else next((v for k, v in FIRST_LEVEL.items() if word.startswith(k)), "")
        )
        values = {name: row[column] for name, column in COLUMNS.items()} | {"self_group": level, "borough": place}
        groups = [
            None,
            ("officer", row["Officer-defined ethnicity"]),
            ("self_group", level),
            ("age", row["Age range"]),
            ("sex", row["Gender"]),
        ]
        for area in {"", place}:
            for group in groups:
                for value in values.items():
                    cell = found[area, section60, group][value]
                    cell[0] += 1
                    cell[1] += row["Outcome"] not in ("", "A no further action disposal")
                    cell[2] += row["Outcome"] == "Arrest"
    return found


@pytest.mark.parametrize("month", ["2018-04", "2018-05", "2018-06"])
def test_every_cell_equals_a_plain_count_over_the_raw_rows(app: Any, cast: Any, shared: Path, month: str) -> None:
    load.load(load.LONDON, "Thamesmere Police")
    boundaries.load(shared / "boroughs" / "london-boroughs-lad22.geojson")
    release = imported(cast, stops(shared, month))
    with stops(shared, month).open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {london(row) for row in rows} == {release.month}
    mine = counted(rows, placed(shared))
    compared = 0
    slugs = {"": 0} | {area.slug: area.id for area in areas.boroughs()}
    groups = {group for _, _, group in mine}
    for slug, area_id in slugs.items():
        for group in groups:
            powers = queries.figures([release.month], area_id, group, releases=[release.id])
            for section60, part in ((False, powers.others), (True, powers.section60)):
                shown = {
                    (name, word): [count.n, count.positive, count.arrests]
                    for name, values in part.cells.items()
                    for word, count in values.items()
                }
                expected = dict(mine.get((slug, section60, group), {}))
                assert shown == expected, (slug, section60, group)
                compared += len(expected)
    assert compared > 20_000


def test_a_months_total_counts_everybody_with_elsewhere_in_it(app: Any, cast: Any, shared: Path) -> None:
    load.load(load.LONDON, "Thamesmere Police")
    boundaries.load(shared / "boroughs" / "london-boroughs-lad22.geojson")
    release = imported(cast, stops(shared, "2018-04"))
    powers = queries.figures([release.month], releases=[release.id])
    boroughs = powers.all.cells["borough"]
    # 30 on the river or outside, 13 in the City, which is another force's
    assert powers.all.total.n == release.rows == 12_860
    assert boroughs[NO_PLACE].n == 1_084 and boroughs[ELSEWHERE].n == 30 + 13
    assert sum(count.n for count in boroughs.values()) == 12_860


def test_a_bcu_is_the_sum_of_its_boroughs(app: Any, cast: Any, shared: Path) -> None:
    load.load(load.LONDON, "Thamesmere Police")
    boundaries.load(shared / "boroughs" / "london-boroughs-lad22.geojson")
    release = imported(cast, stops(shared, "2018-06"))
    for bcu in areas.bcus():
        whole = queries.figures([release.month], bcu.id, ("officer", "Black"), releases=[release.id]).all.total
        parts = [
            queries.figures([release.month], a.id, ("officer", "Black"), releases=[release.id]).all.total
            for a in areas.boroughs() if a.parent_id == bcu.id
        ]  # fmt: skip
        assert [sum(each) for each in zip(*parts, strict=True)] == list(whole) and whole.n > 0


def test_without_boundaries_there_are_force_wide_figures_only(app: Any, cast: Any, shared: Path) -> None:
    release = imported(cast, stops(shared, "2018-04"))
    assert queries.figures([release.month], releases=[release.id]).all.total.n == 12_860
    for area in areas.boroughs():
        assert queries.figures([release.month], area.id, releases=[release.id]).all.total.n == 0


def test_the_same_file_makes_the_same_bytes_whatever_ids_the_database_gives(app: Any, cast: Any, shared: Path) -> None:
    first = imported(cast, stops(shared, "2018-04")).figures_digest
    db.session.rollback()
    for word in ("a", "b", "c"):
        db.session.add(Value(dimension="outcome", wording=word))
        db.session.flush()
    assert imported(cast, stops(shared, "2018-04")).figures_digest == first
