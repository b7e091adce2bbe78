"""The scanner's folder: files are picked up once they are whole, and moved with a word when it is known how it went."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from casework.extensions import db
from casework.moments import today
from casework.post import folder, service
from casework.post.models import Batch, Item, Page, Scan
from tests.exchanges import samples
from tests.post import letters, scans
from workers import periodic
from workers import scans as worker
from workers.connection import connection as own_connection


@pytest.fixture
def place(app: Any, tmp_path: Path) -> Any:
    """The scanner's folder."""
    app.config["POST_SCAN_FOLDER"] = str(tmp_path)
    yield tmp_path
    app.config["POST_SCAN_FOLDER"] = None


@pytest.fixture
def batch(app: Any, cast: Any) -> Batch:
    made = service.open_batch(cast.clerk, tray="A", arrived_on=today(), envelopes=3)
    db.session.commit()
    return made


def page(said: str = "To whom it may concern") -> bytes:
    image = letters.sheet()
    letters.print_text(image, said, 30, 60, 18)
    return scans.saved([image.convert("L")])


def put(path: Path, content: bytes, age: float = 60) -> Path:
    """A file that nobody has written to for so many seconds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (time.time() - age, time.time() - age))
    return path


def there(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if not path.is_dir() or path.is_symlink())


def round_trip() -> None:
    """The scanner's folder is looked through, what waits is taken in, and it is looked through again."""
    worker.pick_up()
    worker.ingest()
    worker.pick_up()


def test_scans_are_picked_up_in_the_order_of_their_names_and_moved_when_they_are_in(place: Path, batch: Batch) -> None:
    for name in ("b.pdf", "a.pdf", "c.pdf"):
        put(place / batch.number / name, page(f"This is {name}"))
    worker.pick_up()
    assert there(place) == [f"{batch.number}/{name}" for name in ("a.pdf", "b.pdf", "c.pdf")], (
        "not moved before it is in"
    )
    worker.ingest()
    worker.pick_up()
    assert there(place) == [f"done/{batch.number}/{name}" for name in ("a.pdf", "b.pdf", "c.pdf")]
    assert [scan.name for scan in db.session.query(Scan).order_by(Scan.id)] == ["a.pdf", "b.pdf", "c.pdf"]
    assert db.session.query(Page).count() == 3
    assert [item.state for item in db.session.query(Item)] == ["scanned"] * 3


def test_a_file_that_is_still_being_written_is_left_alone(place: Path, batch: Batch) -> None:
    put(place / batch.number / "now.pdf", page()[:1000], age=1)
    put(place / batch.number / "copying.pdf.part", page())
    put(place / batch.number / ".hidden.pdf", page())
    round_trip()
    assert db.session.query(Scan).count() == 0
    assert len(there(place)) == 3
    put(place / batch.number / "now.pdf", page())
    round_trip()
    assert db.session.query(Scan).one().state == "done"


def test_what_is_refused_lies_beside_a_note_that_says_why(place: Path, batch: Batch) -> None:
    put(place / batch.number / "bad.pdf", samples.pdf(script="app.alert(1)"))
    put(place / batch.number / "notes.docx", samples.archive())
    put(place / batch.number / "good.pdf", page())
    round_trip()
    refused = place / "refused" / batch.number
    assert there(place) == sorted([
        f"done/{batch.number}/good.pdf",
        *(f"refused/{batch.number}/{name}" for name in ("bad.pdf", "bad.pdf.txt", "notes.docx", "notes.docx.txt")),
    ])  # fmt: skip
    assert "runs a program" in (refused / "bad.pdf.txt").read_text()
    assert "must be a PDF, TIFF, JPG or PNG" in (refused / "notes.docx.txt").read_text()


def test_a_file_without_an_open_batch_is_refused_after_a_while(place: Path, batch: Batch) -> None:
    """Somebody may be about to name the folder, or to open the batch."""
    put(place / "20200101-01" / "young.pdf", page())
    put(place / "20200101-01" / "old.pdf", page(), age=900)
    put(place / "stray.pdf", page(), age=900)
    round_trip()
    assert there(place) == [
        "20200101-01/young.pdf", "refused/20200101-01/old.pdf", "refused/20200101-01/old.pdf.txt",
        "refused/stray.pdf", "refused/stray.pdf.txt",
    ]  # fmt: skip
    assert "no open batch “20200101-01”" in (place / "refused/20200101-01/old.pdf.txt").read_text()
    assert db.session.query(Scan).count() == 0


def test_nothing_is_followed_out_of_the_folder(
    place: Path, batch: Batch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Links to files and folders elsewhere, a pipe, a folder in a folder."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    put(elsewhere / "secret.pdf", page("A secret"), age=900)
    inside = place / batch.number
    inside.mkdir()
    (inside / "link.pdf").symlink_to(elsewhere / "secret.pdf")
    (place / "linked").symlink_to(elsewhere)
    os.mkfifo(inside / "pipe.pdf")
    put(inside / "deeper" / "a.pdf", page(), age=900)
    round_trip()
    assert db.session.query(Scan).count() == 0
    assert (elsewhere / "secret.pdf").exists() and (inside / "link.pdf").is_symlink()


def test_the_same_file_again_under_another_name_is_one_scan(place: Path, batch: Batch) -> None:
    content = page()
    put(place / batch.number / "one.pdf", content)
    round_trip()
    put(place / batch.number / "one.pdf", content)
    put(place / batch.number / "two.pdf", content)
    round_trip()
    assert db.session.query(Scan).count() == 1
    assert there(place) == [f"done/{batch.number}/{name}" for name in ("one-2.pdf", "one.pdf", "two.pdf")]


def test_what_was_picked_up_is_deleted_after_its_time(place: Path, batch: Batch) -> None:
    put(place / batch.number / "one.pdf", page())
    put(place / batch.number / "bad.pdf", b"nothing")
    round_trip()
    assert folder.old(today()) == 0
    assert folder.old(today() + timedelta(days=9)) == 3
    assert there(place) == []


def test_the_folder_is_looked_at_every_minute_by_whoever_comes_first(place: Path, batch: Batch) -> None:
    """As any periodic work: a row for each minute, taken once."""
    put(place / batch.number / "one.pdf", page())
    with own_connection() as connection:
        wanted = dict(periodic.wanted(connection, _noon()))
    assert periodic.pick_up(wanted["pick_up"]) is True
    assert periodic.pick_up(wanted["pick_up"]) is False
    assert db.session.query(Scan).count() == 1


def _noon() -> Any:
    from casework.moments import now

    return now()
