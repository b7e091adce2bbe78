"""Scans on the pages of the post room: added, refused with a reason, sorted by hand, seen by nobody else."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pypdfium2
import pytest
from PIL import Image

from casework.extensions import db
from casework.history.models import Access, Event
from casework.moments import today
from casework.post import service
from casework.post.models import Batch, Item, Page, Scan
from tests import factories, needs
from tests.browser import Browser
from tests.desks import at_the_desk
from tests.exchanges import samples
from tests.post import letters, scans
from tests.post.test_intake import paper, take_in

pytestmark = pytest.mark.usefixtures("demo_mode")


@pytest.fixture
def clerk(app: Any, cast: Any) -> Browser:
    return at_the_desk(app, cast, "clerk")


@pytest.fixture
def batch(app: Any, cast: Any) -> Batch:
    """An open batch of three envelopes in the north."""
    made = service.open_batch(
        cast.clerk, tray="A", arrived_on=today() - timedelta(days=1), envelopes=3, area_id=factories.area("north").id
    )
    db.session.commit()
    return made


def add(clerk: Browser, batch_id: int, *given: tuple[str, bytes]) -> Any:
    clerk.get(f"/staff/post/batches/{batch_id}")
    files = [(io.BytesIO(content), name) for name, content in given]
    return clerk.post(f"/staff/post/batches/{batch_id}/scans", {"files": files})


def test_many_files_are_added_at_once_and_each_says_what_came_of_it(clerk: Browser, batch: Batch) -> None:
    number = batch.id
    answer = add(
        clerk, number,
        ("scan10.pdf", scans.saved([paper(said="Ten")])),
        ("scan2.pdf", scans.saved([paper(said="Two")])),
        ("evil.pdf", samples.pdf(script="app.alert(1)")),
        ("notes.docx", samples.archive()),
    )  # fmt: skip
    clerk.follow(answer)
    assert "3 of 4 files wait to be taken in. 1 are refused: see why below." in clerk.words
    assert "“notes.docx” must be a PDF, TIFF, JPG or PNG." in clerk.words
    assert "Look again how far it is" in clerk.words
    take_in()
    clerk.get(f"/staff/post/batches/{number}")
    assert "“evil.pdf” runs a program or has files inside it" in clerk.words
    assert "Taken in scan10.pdf : 1 page" in clerk.words and "Look again" not in clerk.words
    names = {scan.id: scan.name for scan in db.session.query(Scan)}
    assert [names[page.scan_id] for page in db.session.query(Page).order_by(Page.item_id)] == [
        "scan2.pdf",
        "scan10.pdf",
    ]


def test_nothing_chosen_and_a_closed_batch_are_said_in_words(clerk: Browser, batch: Batch, cast: Any) -> None:
    number = batch.id
    clerk.get(f"/staff/post/batches/{number}")
    assert clerk.post(f"/staff/post/batches/{number}/scans").status_code == 400
    assert "Choose the files that the scanner made" in clerk.words
    service.close(db.session.get_one(Batch, number), cast.clerk)
    db.session.commit()
    assert add(clerk, number, ("a.pdf", scans.saved([paper()]))).status_code == 409
    assert "This batch is closed." in clerk.words
    assert db.session.query(Scan).count() == 0


def test_a_clerk_moves_pages_takes_empty_ones_away_and_puts_them_back(clerk: Browser, batch: Batch) -> None:
    number = batch.id
    add(clerk, number, ("a.pdf", scans.saved([paper(said="One"), letters.sheet().convert("L"), paper(said="Two")])))
    take_in()
    one, empty, two = (page.id for page in db.session.query(Page).order_by(Page.number))
    where = f"/staff/post/batches/{number}/pages"
    clerk.get(where)
    assert "Seem to be empty a.pdf , page 2, item 1" in clerk.words

    clerk.follow(clerk.post(where, {"pages": str(empty), "do": "remove"}))
    assert "Taken away a.pdf , page 2, item 1" in clerk.words
    clerk.follow(clerk.post(where, {"pages": str(empty), "do": "keep"}))
    assert db.session.get_one(Page, empty).removed_at is None and not db.session.get_one(Page, empty).blank

    clerk.get(f"{where}?item=1")
    clerk.follow(clerk.post(f"{where}?item=1", {"pages": [str(two), str(empty)], "do": "move", "number": "2"}))
    assert "They belong to item 2 now." in clerk.words
    numbers = {item.id: item.number for item in db.session.query(Item)}
    assert [numbers[db.session.get_one(Page, each).item_id] for each in (one, empty, two)] == [1, 2, 2]
    told = [event.action for event in db.session.query(Event).filter(Event.action.like("%_pages")).order_by(Event.id)]
    assert told == ["remove_pages", "keep_pages", "move_pages", "move_pages"]


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        ({"do": "remove"}, 400, "Choose the pages first."),
        ({"pages": "x", "do": "remove"}, 400, "Choose the pages first."),
        ({"pages": "9" * 30, "do": "keep"}, 400, "Choose the pages first."),
        ({"pages": "PAGE", "do": "move"}, 409, "Enter the number of an item"),
        ({"pages": "PAGE", "do": "move", "number": "99"}, 409, "Enter the number of an item"),
        ({"pages": "PAGE", "do": "move", "number": "²"}, 409, "Enter the number of an item"),
        ({"pages": "PAGE", "do": "explode"}, 409, "Enter the number of an item"),
    ],
)
def test_what_cannot_be_done_with_pages_is_said_and_changes_nothing(
    clerk: Browser, batch: Batch, sent: dict[str, str], status: int, said: str
) -> None:
    number = batch.id
    add(clerk, number, ("a.pdf", scans.saved([paper()])))
    take_in()
    page = db.session.query(Page).one()
    before = (page.item_id, page.place, page.removed_at)
    clerk.get(f"/staff/post/batches/{number}/pages")
    answer = clerk.post(
        f"/staff/post/batches/{number}/pages", {k: v.replace("PAGE", str(page.id)) for k, v in sent.items()}
    )
    assert answer.status_code == status and said in clerk.words
    page = db.session.query(Page).one()
    assert (page.item_id, page.place, page.removed_at) == before


def test_a_page_is_shown_as_a_picture_alone_and_who_looked_is_known(clerk: Browser, batch: Batch) -> None:
    number = batch.id
    add(
        clerk,
        number,
        ("a.pdf", scans.saved([paper()])),
        ("b.jpg", scans.saved([letters.scanned(paper(), _chance())[0]], "JPEG")),
    )
    take_in()
    kinds = set()
    for page in db.session.query(Page).all():
        answer = clerk.get(f"/staff/post/batches/{number}/pages/{page.id}")
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        shown = Image.open(io.BytesIO(answer.data))
        assert f"image/{(shown.format or '').lower()}" == answer.mimetype
        kinds.add(answer.mimetype)
    assert kinds == {"image/png", "image/jpeg"}
    assert db.session.query(Access).filter_by(what="post page").count() == 2


def test_nobody_of_another_area_or_role_sees_or_adds_anything(
    clerk: Browser, batch: Batch, app: Any, cast: Any
) -> None:
    number = batch.id
    add(clerk, number, ("a.pdf", scans.saved([paper()])))
    take_in()
    page = db.session.query(Page).one().id
    paths = [f"/staff/post/batches/{number}/pages", f"/staff/post/batches/{number}/pages/{page}"]
    factories.account("clerk-south@force.example", factories.Role.CLERK, "south")
    db.session.commit()
    stranger = Browser(app)
    stranger.sign_in("clerk-south@force.example")
    for browser, status in ((stranger, 404), (at_the_desk(app, cast, "triage"), 403), (Browser(app), 303)):
        for path in paths:
            assert browser.get(path).status_code == status
    stranger.get("/staff/post")
    assert (
        stranger.post(f"/staff/post/batches/{number}/scans", {"files": [(io.BytesIO(b"x"), "x.pdf")]}).status_code
        == 404
    )
    assert stranger.post(paths[0], {"pages": str(page), "do": "remove"}).status_code == 404
    other = service.open_batch(
        cast.clerk, tray="B", arrived_on=today(), envelopes=1, area_id=factories.area("north").id
    ).id
    db.session.commit()
    assert clerk.get(f"/staff/post/batches/{other}/pages/{page}").status_code == 404, "a page of another batch"


def test_a_hostile_name_of_a_file_is_only_ever_words(clerk: Browser, batch: Batch) -> None:
    number = batch.id
    for name in (
        "<i data-evil>.pdf",
        "../../etc/passwd.pdf",
        "{{ 1337*7331 }}.pdf",
        "\u202efdp.exe.pdf",
        "x" * 5000 + ".pdf",
    ):
        clerk.follow(add(clerk, number, (name, scans.saved([paper(said=name[:20])]))))
        assert "<i data-evil" not in clerk.text and "9801547" not in clerk.text
    assert not re.search(r"etc/passwd", clerk.text)


@needs.pango
def test_the_separator_sheet_that_a_clerk_prints_separates(clerk: Browser, batch: Batch) -> None:
    number = batch.id
    printed = clerk.get(f"/staff/post/batches/{number}/sheets").data
    drawn = pypdfium2.PdfDocument(printed)
    fence = drawn[0].render(scale=200 / 72).to_pil().convert("L")
    drawn.close()
    add(clerk, number, ("a.pdf", scans.saved([fence, paper(said="One"), fence, paper(said="Two")])))
    take_in()
    numbers = [item.number for item in db.session.query(Item).filter_by(state="scanned").order_by(Item.number)]
    assert numbers == [1, 2]


def _chance() -> Any:
    from random import Random

    return Random(1)
