"""Files of every kind that analysts send: read whole, or refused whole with a sentence that says what to do."""

from __future__ import annotations

import csv
import gzip
import io
import os
import random
import tracemalloc
import zipfile
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework.releases import reading, wordings
from casework.releases.reading import COLUMNS, Read
from casework.releases.shape import Unreadable
from tests.conftest import SHARED
from tests.releases.desk import HEADER, ROW, small, stops

LARGEST = 50_000_000
HERE = (SHARED / "data").is_dir()
real = pytest.mark.skipif(
    not HERE and not os.environ.get("CI"), reason="the shared data folder is not beside the project"
)


def read(content: bytes, name: str = "stops.csv") -> Read:
    return reading.read(io.BytesIO(content), name, LARGEST)


def refused(content: bytes, *words: str) -> None:
    with pytest.raises(Unreadable) as no:
        read(content)
    assert all(word in no.value.sentence for word in words), no.value.sentence


def month(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join((header, *rows, "")).encode()


def rows(count: int = 12, **changes: str) -> list[str]:
    made = [next(csv.reader([ROW.format(day=1 + at % 28, hour=at // 28)])) for at in range(count)]
    for row in made:
        for name, value in changes.items():
            row[list(COLUMNS).index(name)] = value
    return [",".join(row) for row in made]


def test_what_is_no_csv_is_refused_with_what_to_send_instead() -> None:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("stops.csv", small())
    refused(kept.getvalue(), "zip", "Unpack")
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    refused(kept.getvalue(), "spreadsheet", "save it as CSV")
    refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "spreadsheet")
    refused(b"%PDF-1.7\n%\xe2\xe3\n1 0 obj", "PDF")
    refused(gzip.compress(small()), "compressed")
    refused(small().decode().encode("utf-16"), "UTF-16")
    refused(b"", "empty")
    refused(b"\xef\xbb\xbf \r\n", "empty")
    refused(small()[:300] + b"\0" + small()[300:], "NUL")
    refused(b"<!doctype html><html><body>Sign in</body></html>\n", "does not name the columns")
    refused(b"Crime ID,Month,Reported by,Falls within\n1,2018-04,Met,Met\n", "does not name the columns")
    refused(month(), "not one stop")


def test_ten_megabytes_on_one_line_are_refused() -> None:
    refused(HEADER.encode() + b"\n" + b"x" * 10_000_000, "64 kB")
    refused(b"x" * 10_000_000, "64 kB")


class Endless(io.RawIOBase):
    """A file of two gigabytes that nobody has to store."""

    def __init__(self, size: int) -> None:
        self.left, self.given = size, 0
        self.line = (ROW.format(day=3, hour=4) + "\n").encode() * 5000

    def read(self, size: int = -1) -> bytes:
        piece = (HEADER + "\n").encode() if not self.given else self.line[: min(len(self.line), self.left)]
        self.left -= len(piece)
        self.given += len(piece)
        return piece


def test_a_file_of_two_gigabytes_is_refused_before_it_is_read_and_in_small_memory() -> None:
    file: Any = Endless(2_000_000_000)
    tracemalloc.start()
    with pytest.raises(Unreadable, match="larger than 50 MB"):
        reading.read(file, "stops.csv", LARGEST)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert file.given < 60_000_000 and most < 30_000_000


def test_a_file_cut_in_the_middle_of_a_row_is_refused_wherever_it_is_cut() -> None:
    whole = small(14)
    last = whole.rstrip(b"\n").rfind(b"\n") + 1
    ended = len(whole.rstrip(b"\n"))
    for at in range(last + 1, ended - 1):
        refused(whole[:at], "cut off")
    assert read(whole[:ended]).rows == 14


def test_a_file_cut_inside_quotes_is_refused() -> None:
    refused(month(*rows()) + b'Person search,2026-05-01T00:00:00+00:00,False,"Operation', "quote")


def test_lacking_columns_are_named_and_double_ones_too() -> None:
    header = HEADER.replace("Outcome,", "", 1)
    refused(month(*rows(), header=header.replace("Legislation", "Law")), "missing", "Legislation", "Outcome")
    refused(month(*rows(), header=HEADER.replace("Gender", "Age range")), "twice", "Age range")


def test_a_file_that_holds_everything_twice_is_refused_however_it_was_put_together() -> None:
    one = small(14)
    refused(one + one.partition(b"\n")[2], "double")
    refused(one + one, "double")
    lines = one.splitlines()
    mixed = lines[1:] * 2
    random.Random(4).shuffle(mixed)
    refused(b"\n".join((lines[0], *mixed, b"")), "double")


def test_a_file_of_several_months_is_refused() -> None:
    other = [row.replace("2026-05", "2026-04") for row in rows()]
    refused(month(*rows(), *other), "several months", "April 2026", "May 2026")


def test_what_looks_like_words_about_people_is_refused() -> None:
    told = [row.replace("Controlled drugs", f"He said {at} to his mother") for at, row in enumerate(rows(150))]
    refused(month(*told), "Object of search", "free text")
    refused(month(*rows(object="x" * 400)), "400 letters")


def test_rows_of_another_month_are_kept_counted_and_named() -> None:
    found = read(month(*rows(), ROW.format(day=1, hour=9).replace("2026-05", "2026-03")))
    assert (found.rows, found.month, found.found["other month"]) == (13, date(2026, 5, 1), 1)
    listed = list(
        reading.list_rows(
            io.BytesIO(month(*rows(), ROW.format(day=1, hour=9).replace("2026-05", "2026-03"))),
            "other month",
            found.month,
        )
    )
    assert [row.line for row in listed] == [14]


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("2018-03-31T23:00:00+00:00", date(2018, 4, 1)),
        ("2018-03-31T22:59:59+00:00", date(2018, 3, 1)),
        ("2018-04-30T23:30:00Z", date(2018, 5, 1)),
        ("2018-04-30T23:30:00", date(2018, 5, 1)),
        ("2018-04-30 22:30", date(2018, 4, 1)),
        ("2018-12-31T23:59:00+00:00", date(2018, 12, 1)),
        ("2018-05-01T00:30:00+01:00", date(2018, 5, 1)),
        ("2018-04-30", date(2018, 4, 1)),
        ("30/04/2018 23:30", date(2018, 5, 1)),
        ("30/04/2018", date(2018, 4, 1)),
        ("04/30/2018", None),
        ("April", None),
        ("", None),
        ("0018-04-30T10:00:00", None),
        ("9999-12-31T23:59:59+00:00", None),
    ],
)
def test_a_date_belongs_to_the_month_that_london_had(written: str, found: date | None) -> None:
    assert reading.london_month(written)[0] == found


def test_the_same_stops_make_the_same_rows_whatever_a_spreadsheet_did_to_the_file() -> None:
    plain = month(*rows(15))
    order = list(range(15))[::-1]
    turned = io.StringIO()
    out = csv.writer(turned, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for row in csv.reader(io.StringIO(plain.decode())):
        out.writerow([row[at] for at in order])
    forms = [
        plain,
        b"\xef\xbb\xbf" + plain,
        plain.replace(b"\n", b"\r\n"),
        plain.replace(b"\n", b"\r"),
        turned.getvalue().encode(),
        plain.replace(b"Self-defined ethnicity", b"self_defined_ethnicity").replace(b"Gender", b" GENDER "),
        plain + b",,,,,,,,,,,,,,\n\n",
        b"\n".join(line.rstrip(b",") for line in plain.splitlines()) + b"\n",
    ]
    assert {read(form).rows_digest for form in forms} == {read(plain).rows_digest}


def test_windows_letters_are_read_and_what_is_no_text_is_not() -> None:
    assert read(month(*rows(object="Café")).decode().encode("cp1252")).values("object", "new value") == {"Café": 12}
    refused(month(*rows()).replace(b"Arrest", b"Arr\x81st"), "UTF-8")


def test_wordings_of_earlier_years_are_shown_in_that_of_today_and_counted() -> None:
    found = read(month(*rows(6, outcome="Suspect arrested", self="White - White British (W1)"), *rows(7)[6:]))
    assert found.values("outcome", "old wording") == {"Suspect arrested": 6}
    assert {m.wording for m in found.meanings["outcome"]} == {"Arrest"}
    assert "White - English/Welsh/Scottish/Northern Irish/British" in {m.wording for m in found.meanings["self"]}
    assert wordings.meaning("legislation", "Environmental Protection Act 1990 (section 34B )").how == "old wording"


def test_a_spreadsheets_october_is_an_age_again_and_counted() -> None:
    found = read(month(*rows(3, age="Oct-17"), *rows(12)[3:]))
    assert found.found["repaired"] == 3 and {m.wording for m in found.meanings["age"]} == {"10-17", "18-24"}


def test_blank_is_not_supplied_and_a_value_never_seen_is_kept_as_it_is() -> None:
    found = read(month(*rows(4, officer="", object="Hoverboards"), *rows(12)[4:]))
    assert found.found["blank officer"] == 4 and found.values("object", "new value") == {"Hoverboards": 4}
    assert {m.wording for m in found.meanings["officer"]} == {"", "White"}


def test_exact_repeats_are_counted_and_none_is_dropped() -> None:
    again = rows(12)
    found = read(month(*again, again[0], again[0], again[5]))
    assert (found.rows, found.found["repeat"]) == (15, 3)


def test_month_and_force_are_in_the_name_of_a_file_and_the_rows_decide() -> None:
    found = read(small(), "2026-04/2026-04-avon-and-somerset-stop-and-search.csv")
    assert (found.force, found.month, found.month_of_name) == ("avon-and-somerset", date(2026, 5, 1), date(2026, 4, 1))


@real
@pytest.mark.parametrize("name", ["2018-04", "2018-05", "2018-06"])
def test_the_real_months_hold_what_their_readme_says(shared: Path, name: str) -> None:
    with stops(shared, name).open("rb") as file:
        found = reading.read(file, stops(shared, name).name, LARGEST)
    said = {"2018-04": (12_860, 386, 1_084), "2018-05": (12_353, 347, 1_069), "2018-06": (10_581, 248, 998)}
    assert (found.rows, found.found["repeat"], found.found["no coordinates"]) == said[name]
    assert (found.force, f"{found.month:%Y-%m}", found.found["other month"]) == ("metropolitan", name, 0)
    assert not any(found.values(key, "new value") for key in reading.CODED)


@real
def test_every_count_of_the_report_can_be_listed_row_by_row(shared: Path) -> None:
    content = stops(shared, "2018-06").read_bytes()
    found = reading.read(io.BytesIO(content), "x.csv", LARGEST)
    listed: Counter[str] = Counter()
    for row in reading.list_rows(io.BytesIO(content), "", found.month):
        listed.update(row.kinds)
    assert listed == {kind: count for kind, count in found.found.items() if kind in reading.KINDS}
    assert (
        sum(1 for _ in reading.list_rows(io.BytesIO(content), "blank officer", found.month))
        == found.found["blank officer"]
    )


def _lines() -> list[bytes]:
    with stops(SHARED / "data", "2018-06").open("rb") as file:
        return [next(file) for _ in range(400)]


MUTATIONS = st.lists(
    st.tuples(
        st.sampled_from(["flip", "cut", "drop", "double", "insert", "swap", "cell", "header", "quote", "ends", "mark"]),
        st.integers(0, 2**32),
    ),
    min_size=1,
    max_size=4,
)


def mutate(content: bytes, how: str, seed: int) -> bytes:
    """One thing that goes wrong with a file."""
    rng = random.Random(seed)
    at = rng.randrange(len(content) or 1)
    lines = content.splitlines(keepends=True) or [b""]
    place = rng.randrange(len(lines))
    match how:
        case "flip":
            return content[:at] + bytes([rng.randrange(256)]) + content[at + 1 :]
        case "cut":
            return content[:at]
        case "drop":
            return b"".join(lines[:place] + lines[place + 1 :])
        case "double":
            return b"".join(lines[: place + 1] + lines[place:])
        case "insert":
            return content[:at] + rng.randbytes(rng.randrange(1, 40)) + content[at:]
        case "swap":
            other = rng.randrange(len(lines))
            lines[place], lines[other] = lines[other], lines[place]
            return b"".join(lines)
        case "cell":
            cells = lines[place].split(b",")
            words = (b"", b"Oct-17", b"=1+1", "Café".encode(), b"10-17", b"False", b"2018-02-30")
            cells[rng.randrange(len(cells))] = rng.choice(words)
            lines[place] = b",".join(cells)
            return b"".join(lines)
        case "header":
            return content.replace(rng.choice((b"Date", b"Outcome", b"Gender", b"Latitude")), b"Other", 1)
        case "quote":
            return content[:at] + b'"' + content[at:]
        case "ends":
            return content.replace(b"\n", rng.choice((b"\r\n", b"\r")))
        case _:
            return b"\xef\xbb\xbf" + content


@real
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(MUTATIONS)
def test_a_damaged_real_file_is_read_with_every_row_accounted_for_or_refused_in_a_sentence(mutations: Any) -> None:
    content = b"".join(_KEPT or _KEPT.extend(_lines()) or _KEPT)
    for how, seed in mutations:
        content = mutate(content, how, seed)
    file: BinaryIO = io.BytesIO(content)
    try:
        found = reading.read(file, "2018-06-metropolitan-stop-and-search.csv", LARGEST)
    except Unreadable as no:
        assert no.sentence.endswith(".") and len(no.sentence) < 300
        return
    assert found.rows == len(found.row_months) == len(found.row_points) == found.digests.total()
    for key in reading.CODED:
        assert len(found.codes[key]) == found.rows
        assert all(len(m.wording) <= reading.LONGEST_VALUE for m in found.meanings[key])
    again: Counter[str] = Counter()
    for row in reading.list_rows(io.BytesIO(content), "", found.month):
        again.update(row.kinds)
    assert again == {kind: count for kind, count in found.found.items() if kind in reading.KINDS}


_KEPT: list[bytes] = []
