"""A force loads its own areas from a file; what is wrong with the file is said with its line."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from casework.areas import load, queries
from casework.areas.models import Area
from casework.extensions import db
from tests import factories

HEAD = "kind,slug,name,code,parent,from,until\n"


def file(folder: Path, text: str) -> Path:
    """A file with this in it."""
    path = folder / "areas.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_london_has_32_boroughs_in_12_units() -> None:
    lines = load.read(load.LONDON.read_text(encoding="utf-8"))
    assert Counter(line.kind for line in lines) == {"bcu": 12, "borough": 32}
    codes = [line.code for line in lines if line.kind == "borough"]
    assert len(set(codes)) == 32 and all(code.startswith("E09") and len(code) == 9 for code in codes)
    assert load.LONDON.read_text(encoding="utf-8").startswith("#"), "its sources stand in its head"


def test_its_codes_are_those_of_the_statistics_office(shared: Path) -> None:
    import csv

    with open(shared / "boroughs" / "london-boroughs-bcu.csv", encoding="utf-8") as official:
        known = {row["borough_name"]: row for row in csv.DictReader(official) if row["police_force"] == "metropolitan"}
    names = {line.slug: line.name for line in load.read(load.LONDON.read_text(encoding="utf-8"))}
    for line in load.read(load.LONDON.read_text(encoding="utf-8")):
        if line.kind == "borough":
            assert known[line.name]["borough_code"] == line.code
            assert known[line.name]["bcu_name"].removesuffix(" Area") == names[line.parent]


def test_loading_gives_a_force_with_units_and_boroughs(app: Any, tmp_path: Path) -> None:
    path = file(tmp_path, HEAD + "borough,hill,Hill,X1,upper,2020-01-01,\nbcu,upper,Upper,U,,2020-01-01,\n")
    assert load.load(path, "Westmarch Police") == 2
    db.session.info.clear()
    force, upper, hill = (factories.area(slug) for slug in ("force", "upper", "hill"))
    assert (force.name, upper.parent_id, hill.parent_id) == ("Westmarch Police", force.id, upper.id)
    assert hill.id in queries.within([force.id])


def test_loading_again_corrects_and_ends_but_never_doubles(app: Any, tmp_path: Path) -> None:
    load.load(file(tmp_path, HEAD + "bcu,upper,Uper,U,,2020-01-01,\n"), "Westmarch Police")
    before = factories.area("upper").id
    load.load(file(tmp_path, HEAD + "bcu,upper,Upper,U,,2020-01-01,2021-01-01\n"), "Westmarch Police")
    assert db.session.query(Area).filter_by(slug="upper").one().id == before
    assert factories.area("upper").name == "Upper"
    assert queries.by_slug("upper") is None, "it ended"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "first line"),
        ("kind,name\n", "first line"),
        (HEAD + "ward,a,A,,,2020-01-01,\n", "Line 2: the kind"),
        (HEAD + "# a comment\nbcu,A B,A,,,2020-01-01,\n", "Line 3: a slug"),
        (HEAD + "bcu,a,,,,2020-01-01,\n", "Line 2: the name"),
        (HEAD + "bcu,a,A,,,1 May 2020,\n", "Line 2: write days"),
        (HEAD + "bcu,a,A,,\n", "Line 2: there must be 7"),
        (HEAD + "borough,a,A,,nowhere,2020-01-01,\n", "Line 2: there is no BCU"),
        (HEAD + "bcu,a,A,,,2020-01-01,\nbcu,a,A,,,2020-01-01,\n", "Line 3: the slug a is taken"),
        (HEAD + "bcu,force,A,,,2020-01-01,\n", "is taken"),
        (HEAD + "bcu,a,A,,b,2020-01-01,\n", "has no parent"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, said: str) -> None:
    with pytest.raises(load.BadAreas, match=said):
        load.read(text)


def test_every_borough_has_a_tile_of_its_own_that_lies_as_boroughs_do() -> None:
    tiles = {
        line.slug: line.tile for line in load.read(load.LONDON.read_text(encoding="utf-8")) if line.kind == "borough"
    }
    assert None not in tiles.values() and len({tile[:2] for tile in tiles.values() if tile}) == 32
    assert len({tile[2] for tile in tiles.values() if tile}) == 32
    where = {slug: tile for slug, tile in tiles.items() if tile}
    assert where["enfield"][0] < where["camden"][0] < where["lambeth"][0] < where["croydon"][0], "north is up"
    assert where["hillingdon"][1] < where["camden"][1] < where["havering"][1], "west is left"


def test_a_file_without_a_map_still_loads(app: Any, tmp_path: Path) -> None:
    load.load(file(tmp_path, HEAD + "bcu,upper,Upper,U,,2020-01-01,\n"), "Westmarch Police")
    assert factories.area("upper").tile_row is None


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("borough,hill,Hill,X1,upper,2020-01-01,,0,1,HIL", "a row and a column"),
        ("borough,hill,Hill,X1,upper,2020-01-01,,1,x,HIL", "a row and a column"),
        ("borough,hill,Hill,X1,upper,2020-01-01,,1,1,", "a short name"),
        ("borough,hill,Hill,X1,upper,2020-01-01,,2,2,DAL", "is that of dale"),
        ("borough,hill,Hill,X1,upper,2020-01-01,", "10 columns"),
    ],
)
def test_a_tile_that_is_wrong_is_refused_with_its_line(line: str, said: str) -> None:
    head = HEAD.strip() + ",row,column,short\n"
    bcu = "bcu,upper,Upper,U,,2020-01-01,,,,\nborough,dale,Dale,X2,upper,2020-01-01,,2,2,DAL\n"
    with pytest.raises(load.BadAreas, match=said) as wrong:
        load.read(head + bcu + line + "\n")
    assert "Line 4" in str(wrong.value)
