"""Pictures of figures: read aloud, in grey and at any size; every number also in words; the same bytes each time."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.releases import charts
from casework.releases.charts import Row, Svg, Tile, Value

SPACE = "{http://www.w3.org/2000/svg}"
EVIL = "<script>alert(1)</script>&\"'"


def value(number: float | None) -> Value:
    """A value in plain words."""
    return Value(number, "not known" if number is None else f"{number:,}")


def drawn(picture: Svg) -> ElementTree.Element:
    """A picture, read as XML."""
    return ElementTree.fromstring(picture)


def words(picture: Svg) -> list[str]:
    """What is written in a picture."""
    return [text.text or "" for text in drawn(picture).iter(SPACE + "text")]


def contrast(one: str, other: str) -> float:
    """The contrast of two colours (WCAG 2)."""

    def light(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


ROWS = [Row("Misuse of drugs", (value(8123),)), Row("Other", (value(0),)), Row("Not told", (value(None),))]
TWO = [Row(row.label, (row.values[0], value(7))) for row in ROWS]
TILES = [Tile("North End", "NEN", 0, 0, value(12_860)), Tile("Hill", "HIL", 1, 2, value(None), chosen=True)]
PICTURES = {
    "bars": charts.bars("k", "Title", "Description", ROWS),
    "two bars": charts.bars("k", "Title", "Description", TWO, ("Here", "There")),
    "columns": charts.columns("k", "Title", "Description", ROWS),
    "lines": charts.columns("k", "Title", "Description", TWO, ("Here", "There")),
    "tiles": charts.tiles("k", "Title", "Description", TILES),
}


@pytest.mark.parametrize("name", PICTURES)
def test_somebody_who_cannot_see_it_is_told_what_it_is(name: str) -> None:
    root = drawn(PICTURES[name])
    assert root.get("role") == "img"
    named = (root.get("aria-labelledby") or "").split()
    ids = {element.get("id"): element.text for element in root.iter()}
    assert [ids[each] for each in named] == ["Title", "Description"]


@pytest.mark.parametrize("name", PICTURES)
def test_words_keep_their_size_on_a_phone_and_grow_with_the_reader_s_text(name: str) -> None:
    root = drawn(PICTURES[name])
    assert root.get("viewBox") is None and root.get("width") == "100%" and (root.get("height") or "").endswith("em")
    for text in root.iter(SPACE + "text"):
        assert (text.get("y") or "").endswith("em") and text.get("font-size") is None
    assert "style=" not in PICTURES[name] and "<script" not in PICTURES[name]


def test_every_bar_carries_its_number_and_what_is_not_known_says_so() -> None:
    assert words(PICTURES["bars"]) == ["Misuse of drugs", "8,123", "Other", "0", "Not told", "not known"]
    assert len(list(drawn(PICTURES["bars"]).iter(SPACE + "rect"))) == 1, "no bar for nought, none for what is not known"


def test_two_are_told_apart_without_colour() -> None:
    bars = [rect.get("fill") for rect in drawn(PICTURES["two bars"]).iter(SPACE + "rect")]
    assert "url(#k-hatch)" in bars and charts.FIRST in bars
    lines = [line.get("stroke-dasharray") for line in drawn(PICTURES["lines"]).iter(SPACE + "line")]
    assert "6 4" in lines and None in lines
    assert {"Here", "There"} <= set(words(PICTURES["two bars"])) & set(words(PICTURES["lines"]))


def test_a_month_that_is_missing_is_a_gap_and_not_a_nought() -> None:
    rows = [Row("Apr", (value(10),)), Row("May", (value(None),)), Row("Jun", (value(0),))]
    root = drawn(charts.columns("k", "t", "d", rows))
    assert len(list(root.iter(SPACE + "rect"))) == 2
    assert "–" in words(charts.columns("k", "t", "d", rows))


def test_a_bar_is_as_long_as_its_number() -> None:
    rows = [Row("a", (value(400),)), Row("b", (value(100),))]
    wide = [
        float((r.get("width") or "").rstrip("%")) for r in drawn(charts.bars("k", "t", "d", rows)).iter(SPACE + "rect")
    ]
    assert wide[0] == charts.REACH and wide[0] == pytest.approx(4 * wide[1])


def test_a_column_is_as_tall_as_its_number() -> None:
    rows = [Row("a", (value(400),)), Row("b", (value(100),))]
    tall = [
        float((r.get("height") or "").rstrip("em"))
        for r in drawn(charts.columns("k", "t", "d", rows)).iter(SPACE + "rect")
    ]
    assert tall[0] == pytest.approx(charts.PLOT_HEIGHT) and tall[0] == pytest.approx(4 * tall[1], abs=0.02)


def test_marks_and_words_stand_out_from_what_they_lie_on() -> None:
    assert contrast(charts.FIRST, charts.PAPER) >= 3 and contrast(charts.SECOND, charts.PAPER) >= 3
    assert contrast(charts.FIRST, "#eff5f6") >= 3, "also on the page's own ground"
    for ground, ink in charts.SHADES:
        assert contrast(ground, ink) >= 4.5, ground
        assert contrast(charts.INK, charts.PAPER) >= 3, "every tile has an edge in this"
    greys = [contrast(ground, "#000000") for ground, _ in charts.SHADES]
    assert greys == sorted(greys, reverse=True), "in grey, darker still means more"


def test_a_tile_says_its_name_in_full_its_number_and_whether_it_is_chosen() -> None:
    root = drawn(PICTURES["tiles"])
    assert [title.text for title in root.iter(SPACE + "title")][1:] == ["North End: 12,860", "Hill: not known"]
    assert words(PICTURES["tiles"]) == ["NEN", "12.9k", "HIL", "not known"]
    assert [rect.get("stroke-width") for rect in root.iter(SPACE + "rect")] == ["1", "4"]


@pytest.mark.parametrize(
    "picture",
    [
        charts.bars("k", EVIL, EVIL, [Row(EVIL, (Value(1, EVIL), Value(2, EVIL)))], (EVIL, EVIL)),
        charts.columns("k", EVIL, EVIL, [Row(EVIL, (Value(1, EVIL),))]),
        charts.tiles("k", EVIL, EVIL, [Tile(EVIL, EVIL, 0, 0, Value(1, EVIL))]),
    ],
)
def test_nothing_that_a_file_says_becomes_markup(picture: Svg) -> None:
    assert "<script" not in picture
    drawn(picture)


def test_nothing_at_all_still_makes_a_picture() -> None:
    for picture in (charts.bars("k", "t", "d", []), charts.columns("k", "t", "d", []), charts.tiles("k", "t", "d", [])):
        drawn(picture)


@given(st.lists(st.one_of(st.none(), st.integers(0, 10**7)), min_size=1, max_size=130))
def test_nothing_leaves_its_picture_and_the_same_numbers_give_the_same_bytes(numbers: list[int | None]) -> None:
    rows = [Row(f"m{place}", (value(number),)) for place, number in enumerate(numbers)]
    one = charts.columns("k", "t", "d", rows)
    assert one == charts.columns("k", "t", "d", rows)
    for rect in drawn(one).iter(SPACE + "rect"):
        x, wide = (float((rect.get(name) or "").rstrip("%")) for name in ("x", "width"))
        assert x >= 0 and x + wide <= 100.05
        assert float((rect.get("y") or "").removesuffix("em")) >= 0
    for number in re.findall(r'(?:x|x1|x2)="([\d.]+)%"', charts.bars("k", "t", "d", rows)):
        assert float(number) <= charts.REACH


@given(st.floats(0, 10**7))
def test_the_shades_are_even_and_every_number_has_one(most: float) -> None:
    edges = charts.shades(most)
    assert len(edges) == len(charts.SHADES) and edges[0] == 0 and edges == sorted(edges)
    assert edges[-1] + edges[1] >= most, "the darkest is not for more than the others"
    assert charts.SHADES[charts.shade_of(most, edges)]
