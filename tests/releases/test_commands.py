"""The command line: folders of files, each by itself; the verbs of the pages; outlines, after which files go in again."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from casework.deletion import run_all
from casework.extensions import db
from casework.moments import today
from casework.releases import commands, queries
from casework.releases.models import Cube, Release, ReleaseFile
from casework.workflow import Refused
from tests.areas.test_boundaries import square
from tests.releases.desk import small


@pytest.fixture
def said() -> list[str]:
    return []


def test_a_folder_is_imported_file_by_file_and_a_bad_one_changes_nothing(
    app: Any, cast: Any, tmp_path: Path, said: list[str]
) -> None:
    folder = tmp_path / "2026"
    folder.mkdir()
    (folder / "2026-05-thamesmere-stop-and-search.csv").write_bytes(small())
    (folder / "2026-06-thamesmere-stop-and-search.csv").write_bytes(b"PK\x03\x04 and so on")
    (folder / "2026-07-thamesmere-stop-and-search.csv").write_bytes(small().replace(b"2026-05", b"2026-07"))
    assert commands.import_files([tmp_path], "", "", said.append) == 1
    assert [(r.month.month, r.state) for r in db.session.query(Release).order_by(Release.month)] == [
        (5, "validated"), (7, "validated")
    ]  # fmt: skip
    assert sum("refused. This is a zip archive" in line for line in said) == 1
    july = db.session.query(Release).order_by(Release.month.desc()).first()
    assert july is not None and july.report["missing_months"] == ["2026-06-01"]
    before = db.session.query(Cube).count()
    assert commands.import_files([folder / "2026-05-thamesmere-stop-and-search.csv"], "", "", said.append) == 0
    assert "imported before, as version 1" in said[-1]
    assert (db.session.query(Release).count(), db.session.query(Cube).count()) == (2, before)


def test_the_verbs_are_those_of_the_pages_with_the_same_rules(
    app: Any, cast: Any, tmp_path: Path, said: list[str]
) -> None:
    path = tmp_path / "may.csv"
    path.write_bytes(small())
    analyst, supervisor = (cast.account(name).email for name in ("analyst", "supervisor"))
    commands.import_files([path], analyst, "", said.append)
    number = db.session.query(Release).one().id
    assert commands.act("review", [number], analyst, "", None, said.append) == 1
    assert "Somebody else must do this" in said[-1]
    assert commands.act("review", [number], supervisor, "", None, said.append) == 0
    assert commands.act("release", [number, 999], supervisor, "", None, said.append) == 1
    assert "There is no such release." in said[-1]
    assert [month.n for month in queries.months()] == [20]
    assert commands.act("withdraw", [number], supervisor, "", None, said.append) == 1 and "Say why" in said[-1]
    assert commands.act("withdraw", [number], supervisor, "A mistake.", None, said.append) == 0
    assert queries.months() == []
    with pytest.raises(Refused, match="no active account"):
        commands.import_files([path], "nobody@force.example", "", said.append)


def test_after_new_outlines_the_same_file_goes_in_again_as_a_version_that_is_placed(
    app: Any, cast: Any, tmp_path: Path, said: list[str]
) -> None:
    path, outlines = tmp_path / "may.csv", tmp_path / "outlines.json"
    path.write_bytes(small())
    outlines.write_text(json.dumps({"features": [square(-0.15, 51.45, LAD22NM="north-borough")]}))
    commands.import_files([path], "", "", said.append)
    assert commands.load_boundaries(outlines, said.append) == 0
    assert "Import a file again" in said[-1]
    assert commands.import_files([path], "", "", said.append) == 0
    first, second = db.session.query(Release).order_by(Release.number)
    assert (first.boundaries_id, second.number, second.boundaries_id is None) == (None, 2, False)
    placed = queries.figures([second.month], releases=[second.id]).all.cells["borough"]
    assert {slug: count.n for slug, count in placed.items()} == {"north-borough": 20}
    assert second.report["changes"]["added"] == second.report["changes"]["removed"] == 0
    assert commands.import_files([path], "", "", said.append) == 0 and "imported before, as version 2" in said[-1]


def test_what_was_refused_long_ago_keeps_its_history_and_loses_its_file(
    app: Any, cast: Any, tmp_path: Path, said: list[str]
) -> None:
    path = tmp_path / "may.csv"
    path.write_bytes(small())
    commands.import_files([path], "", "", said.append)
    number = db.session.query(Release).one().id
    commands.act("refuse", [number], cast.account("supervisor").email, "Wrong force.", None, said.append)
    run_all(today() + timedelta(days=300))
    assert db.session.query(ReleaseFile).count() == 1
    run_all(today() + timedelta(days=370))
    assert (db.session.query(ReleaseFile).count(), db.session.query(Cube).count()) == (0, 0)
    assert db.session.query(Release).one().why == "Wrong force."
