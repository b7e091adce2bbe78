"""What pages and files show of the real months equals a plain count over the raw rows, cell by cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from casework.areas import boundaries, load
from casework.areas import queries as areas
from casework.extensions import db
from casework.releases import cube
from casework.releases.overview import in_words
from tests.browser import Browser
from tests.releases.desk import released, stops
from tests.releases.test_figures import COLUMNS, counted, placed

SPRING = ("2018-04", "2018-05", "2018-06")
# The parts of the page, with the dimension that each breaks down.
PARTS = {
    "By reason": "object", "By outcome": "outcome", "By age": "age", "By sex": "sex", "By ethnicity, self-defined": "self_group",
    "By ethnicity, self-defined, in full": "self", "By ethnicity, officer-defined": "officer",
}  # fmt: skip


class Tables(HTMLParser):
    """The tables of a page: rows of words by caption."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: dict[str, list[list[str]]] = {}
        self._caption, self._words = "", ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag in ("caption", "th", "td"):
            self._words = ""
        elif tag == "tr":
            self.found.setdefault(self._caption, []).append([])

    def handle_data(self, data: str) -> None:
        self._words += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "caption":
            self._caption = " ".join(self._words.split())
        elif tag in ("th", "td"):
            self.found[self._caption][-1].append(" ".join(self._words.split()))


@pytest.fixture
def rows(app: Any, cast: Any, shared: Path) -> Iterator[list[dict[str, str]]]:
    load.load(load.LONDON, "Thamesmere Police")
    boundaries.load(shared / "boroughs" / "london-boroughs-lad22.geojson")
    found: list[dict[str, str]] = []
    for month in SPRING:
        released(cast, stops(shared, month))
        with stops(shared, month).open(newline="") as file:
            found += list(csv.DictReader(file))
    db.session.commit()
    yield found


def test_every_number_on_the_pages_and_in_the_files_is_that_of_the_raw_rows(
    app: Any, rows: list[dict[str, str]], shared: Path
) -> None:
    assert len(rows) == 35_794
    mine = counted(rows, placed(shared))
    browser = Browser(app)
    compared = 0
    for slug in ("", *(area.slug for area in areas.boroughs() if area.code.startswith("E09"))):
        browser.get(f"/stop-and-search/figures.csv?from=2018-04&to=2018-06&area={slug}")
        shown = {
            (line["dimension"], line["value"]): [int(line[name]) for name in ("searches", "positive", "arrests")]
            for line in csv.DictReader(io.StringIO(browser.text))
        }
        both = [mine.get((slug, section60, None), {}) for section60 in (False, True)]
        for dimension in (*COLUMNS, "self_group", *(["borough"] if slug == "" else [])):
            for value in {key[1] for found in both for key in found if key[0] == dimension}:
                sums = [sum(n) for n in zip(*(f.get((dimension, value), [0, 0, 0]) for f in both), strict=True)]
                assert shown.pop((dimension, value)) == sums, (slug, dimension, value)
                compared += 3
        assert {key[0] for key in shown} <= {"total", "month"}, "nothing is shown that is not in the rows"
    assert compared > 5_000
    for slug, group in (("", None), ("westminster", None), ("hackney", ("officer", "Black")), ("", ("age", "10-17"))):
        compared += page(browser, mine, slug, group)
    assert compared > 6_000


def page(browser: Browser, mine: Any, slug: str, group: tuple[str, str] | None) -> int:
    """Compare the tables of a page, as a reader reads them; how many numbers were compared."""
    asked = f"&group={group[0]}:{group[1]}" if group else ""
    assert browser.get(f"/stop-and-search?from=2018-04&to=2018-06&area={slug}{asked}").status_code == 200
    tables = Tables(browser.text).found
    both = [mine.get((slug, section60, group), {}) for section60 in (False, True)]
    total = sum(found[key][0] for found in both for key in found if key[0] == "type")
    assert f"Searches {total:,}" in browser.words
    compared = 0
    for heading, dimension in PARTS.items():
        lines = next(lines for caption, lines in tables.items() if caption.startswith(f"{heading}:"))
        shown = {line[0]: line[1:] for line in lines[1:]}
        for value in {key[1] for found in both for key in found if key[0] == dimension}:
            n, positive, arrests = (
                sum(x) for x in zip(*(f.get((dimension, value), [0, 0, 0]) for f in both), strict=True)
            )
            line = shown.pop(in_words(value))
            assert line[:2] == [f"{n:,}", share(n, total)], (heading, value)
            if dimension != "outcome" and value != "":
                decided = n - blank_outcomes(both, dimension, value)
                assert line[2:4] == [share(positive, decided), share(arrests, decided)], (heading, value)
            compared += 4
        assert not shown, (heading, shown)
    months = next(lines for caption, lines in tables.items() if caption.startswith("Searches by month"))
    assert [line[0] for line in months[1:]] == ["April 2018", "May 2018", "June 2018"]
    assert sum(int(line[1].replace(",", "")) for line in months[1:]) == total
    return compared


def blank_outcomes(both: Any, dimension: str, value: str) -> int:
    """No row of these months has a blank outcome, so a share is of all."""
    return sum(found.get(("outcome", ""), [0])[0] for found in both)


def share(part: int, base: int) -> str:
    return f"{100 * part / base:.1f}%" + (" [u]" if base < 20 else "")


def test_residents_and_searches_give_the_rate_that_one_works_out_by_hand(
    app: Any, rows: list[dict[str, str]], shared: Path
) -> None:
    from casework.areas import population

    file = shared / "population" / "census2021-ts021-london-boroughs.csv"
    for area in areas.boroughs():
        if not area.code.startswith("E09"):  # of the tests' own force
            db.session.query(type(area)).filter_by(id=area.id).update({"kind": "other"})
    db.session.info.pop("areas", None)
    population.load(file.read_text(), "Census 2021", 2021)
    db.session.commit()
    browser = Browser(app)
    browser.get("/stop-and-search?from=2018-04&to=2018-06")
    lines = next(
        v for k, v in Tables(browser.text).found.items() if k.startswith("Rate for each 1,000 residents, officer")
    )
    with file.open(newline="") as text:
        census = [row for row in csv.DictReader(text) if row["geography"] != "City of London"]
    black = sum(int(row["Ethnic group: Black, Black British, Black Welsh, Caribbean or African"]) for row in census)
    white = sum(int(row["Ethnic group: White"]) for row in census)
    n = {who: sum(row["Officer-defined ethnicity"] == who for row in rows) for who in ("Black", "White")}
    found = {line[0]: line[1:] for line in lines[1:]}
    rate, reference = 1000 * n["Black"] / black, 1000 * n["White"] / white
    assert found["Black"] == [f"{n['Black']:,}", f"{black:,}", f"{rate:.1f}", f"{rate / reference:.1f}"]
    assert cube.FORCE_WIDE == 0 and "Residents: Census 2021" in browser.words
