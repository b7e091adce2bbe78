"""Scans become pages of items: each once, in the order of the tray, whoever dies, and whatever else is in the batch."""

from __future__ import annotations

import io
import socket
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import text

from casework import sealed
from casework.exchanges import store, sweeping
from casework.extensions import db
from casework.moments import moved_to, now, today
from casework.outbox.models import Owed
from casework.post import indexing, intake, leases, service, sorting
from casework.post.models import Batch, Item, Page, Scan
from casework.printing import codes
from casework.workflow import Refused
from tests import sayings
from tests.post import letters, scans
from tests.races.test_races import at_once
from workers import scans as worker
from workers.connection import connection as own_connection

HOSTILE = scans.hostile()


@pytest.fixture
def batch(app: Any, cast: Any) -> Batch:
    """An open batch of three envelopes that came yesterday."""
    made = service.open_batch(cast.clerk, tray="A", arrived_on=today() - timedelta(days=1), envelopes=3)
    db.session.commit()
    return made


def paper(*coded: codes.Code, said: str = "To whom it may concern") -> Image.Image:
    """A page of print, with codes of ours."""
    page = letters.sheet()
    if said:
        letters.print_text(page, said, 30, 60, 18)
    for number, code in enumerate(coded):
        letters.code(page, codes.write(code, sealed.key_for(codes.PURPOSE)), 30 + 40 * number, 15)
    return page.convert("L")


def add(batch: Batch, content: bytes, name: str = "scan.pdf") -> Scan:
    """Add a file, as a page or the folder does."""
    scan = intake.add(batch, name, io.BytesIO(content)).scan
    db.session.commit()
    return scan


def take_in() -> int:
    """Let a worker take in everything; it stops after each page while mail is due. Gives how many pages were made."""
    made = 0
    with own_connection() as connection:
        while worker.waiting(connection):
            made += worker.ingest()
    return made


def items(batch: Batch) -> list[tuple[int, str, str, list[tuple[int, int]]]]:
    """Number, state, form and pages (scan, number) of each item of a batch."""
    db.session.rollback()
    return [
        (
            item.number,
            item.state,
            item.form,
            [
                (page.scan_id, page.number)
                for page in db.session.query(Page).filter_by(item_id=item.id, removed_at=None).order_by(Page.place)
            ],
        )
        for item in db.session.query(Item).filter_by(batch_id=batch.id).order_by(Item.number)
    ]


def test_a_tray_with_separators_becomes_items_with_their_pages(batch: Batch) -> None:
    pages = [
        paper(codes.SeparatorCode()), paper(said="A letter"), paper(said="its second page"),
        paper(codes.SeparatorCode()), paper(codes.FormCode("feedback", 1, 1)), paper(codes.FormCode("feedback", 1, 2)), letters.sheet().convert("L"),
        paper(codes.FormCode("complaint", 1, 1, True)),
    ]  # fmt: skip
    scan = add(batch, scans.saved(pages))
    assert worker.ingest() == 8
    assert items(batch) == [
        (1, "scanned", "", [(scan.id, 2), (scan.id, 3)]),
        (2, "scanned", "feedback/1", [(scan.id, 5), (scan.id, 6), (scan.id, 7)]),
        (3, "opened", "", []),
        (4, "scanned", "complaint/1/large", [(scan.id, 8)]),
    ]
    matter = db.session.query(Item).filter_by(number=4).one()
    assert matter.parent_id == db.session.query(Item).filter_by(number=2).one().id, "the same envelope"
    assert db.session.query(Item).filter_by(number=1).one().scanned_at is not None
    assert (scan.state, scan.pages, scan.done_pages, scan.why) == ("done", 8, 8, "")
    blank = db.session.query(Page).filter_by(blank=True).one()
    assert blank.number == 7 and blank.removed_at is None, "proposed, not removed"
    shown = Image.open(io.BytesIO(b"".join(store.get(blank.stored))))
    assert shown.size == (blank.width, blank.height) and shown.height == 2339


def test_files_one_after_the_other_are_envelopes_one_after_the_other(batch: Batch) -> None:
    """Four files for three envelopes: nothing is left out, and the sum of the batch says that something is wrong."""
    made = [add(batch, scans.saved([paper(said=f"Letter {n}")], "JPEG"), f"scan{n}.jpg") for n in range(4)]
    assert worker.ingest() == 4
    assert [(number, pages) for number, _, _, pages in items(batch)] == [(n + 1, [(made[n].id, 1)]) for n in range(4)]
    with pytest.raises(Refused, match="not as many"):
        service.close(batch, _clerk())
    db.session.rollback()


def test_a_hostile_scan_is_refused_with_its_reason_and_hurts_no_other(batch: Batch) -> None:
    """All of them in one batch, between two good ones."""
    first = add(batch, scans.saved([paper(said="Before")]), "first.pdf")
    bad = [(add(batch, content, name), why) for name, content, why in HOSTILE if "smaller" not in why]
    last = add(batch, scans.saved([paper(said="After")]), "last.pdf")
    take_in()
    db.session.expire_all()
    assert [scan.state for scan in (first, last)] == ["done", "done"]
    for scan, why in bad:
        assert scan.state == "refused" and why.replace(" 40 ", " 1000 ") in scan.why, (scan.name, scan.why)
        assert scan.stored == ""
    assert [pages for *_, pages in items(batch)][:2] == [[(first.id, 1)], [(last.id, 1)]]
    assert db.session.query(Page).count() == 2


def test_a_scan_that_breaks_off_in_its_middle_leaves_no_half_letter(batch: Batch) -> None:
    content = scans.saved([paper(said=f"Page {n}") for n in range(4)], "TIFF", compression="tiff_lzw")
    scan = add(batch, content[:8] + content[8 : len(content) // 2] + bytes(len(content) - len(content) // 2), "a.tif")
    worker.ingest()
    db.session.refresh(scan)
    assert scan.state == "refused" and "damaged" in scan.why
    assert db.session.query(Page).count() == 0
    assert {state for _, state, _, _ in items(batch)} == {"opened"}


def test_a_reply_goes_to_its_case_by_itself_and_can_be_taken_off_it(batch: Batch) -> None:
    case = sayings.concern(
        person=sayings.Person(name="Ada Obi", address="1 High Street", postcode="N1 1AA", channel="letter")
    )
    db.session.commit()
    owed = db.session.query(Owed).filter_by(stream_id=case.stream_id, channel="letter").one()
    add(batch, scans.saved([paper(codes.ReplyCode(case.reference, owed.id)), paper(said="and more")]))
    take_in()
    item = db.session.query(Item).filter_by(number=1).one()
    assert (item.state, item.kind, item.case_id, item.owed_id, item.attached) == (
        "indexed",
        "answer",
        case.id,
        owed.id,
        True,
    )
    indexing.detach(item, _clerk())
    db.session.commit()
    assert (item.state, item.case_id) == ("scanned", None)
    assert len(items(batch)[0][3]) == 2


def test_a_reply_to_a_letter_that_is_not_there_waits_for_a_clerk(batch: Batch) -> None:
    """A case that was erased, and a code with the letter of another case."""
    one, other = sayings.concern(), sayings.complaint()
    db.session.commit()
    foreign = db.session.query(Owed).filter_by(stream_id=other.stream_id).first()
    assert foreign is not None
    add(batch, scans.saved([
        paper(codes.ReplyCode("CO-7K4M-Q2XT-" + _check("CO", "7K4MQ2XT"), 7)),
        paper(codes.ReplyCode(one.reference, foreign.id)),
    ]))  # fmt: skip
    take_in()
    first, second, _ = db.session.query(Item).filter_by(batch_id=batch.id).order_by(Item.number)
    assert (first.state, first.case_id) == ("scanned", None)
    assert (second.case_id, second.owed_id) == (one.id, None), "to the case, but to no letter"


def test_the_same_file_is_one_scan_however_often_it_comes(batch: Batch, app: Any) -> None:
    content, batch_id = scans.saved([paper()]), batch.id

    def once_more() -> bool:
        new = intake.add(db.session.get_one(Batch, batch_id), "again.pdf", io.BytesIO(content)).new
        db.session.commit()
        return new

    assert sorted(at_once(app, [once_more] * 6)) == [False] * 5 + [True]
    worker.ingest()
    assert once_more() is False
    assert db.session.query(Scan).count() == 1 and worker.ingest() == 0
    with moved_to(now() + timedelta(days=2)):
        kept = {db.session.query(Scan).one().stored, db.session.query(Page).one().stored}
        assert store.needed(store.names()) & kept == kept


def test_what_was_refused_may_be_tried_again(batch: Batch) -> None:
    scan = add(batch, scans.saved([paper()]), "scan.png")
    assert scan.state == "refused" and "not what its name says" in scan.why
    again = add(batch, scans.saved([paper()]), "scan.pdf")
    assert (again.id, again.state, again.why) == (scan.id, "waiting", "")
    worker.ingest()
    db.session.refresh(again)
    assert again.state == "done"


def test_a_closed_batch_takes_no_scan(batch: Batch) -> None:
    service.close(batch, _clerk())
    with pytest.raises(Refused, match="closed"):
        intake.add(batch, "late.pdf", io.BytesIO(scans.saved([paper()])))


def test_two_workers_at_once_make_each_page_once(batch: Batch, app: Any) -> None:
    one = add(batch, scans.saved([paper(said=f"One {n}") for n in range(4)]), "one.pdf")
    two = add(batch, scans.saved([paper(said=f"Two {n}") for n in range(4)]), "two.pdf")
    assert sum(at_once(app, [worker.ingest] * 3)) + worker.ingest() == 8
    assert [pages for *_, pages in items(batch)] == [[(scan.id, n) for n in (1, 2, 3, 4)] for scan in (one, two)] + [[]]


def test_a_worker_that_comes_too_late_writes_nothing(batch: Batch, app: Any) -> None:
    """It was frozen for longer than its lease; another one has taken the scan in."""
    scan = add(batch, scans.saved([paper(said=f"Page {n}") for n in range(3)]))
    with own_connection() as connection:
        late = worker._Hold(connection)
        steps = intake.take_in(late.scan_id, late.token)
        next(steps)
        db.session.commit()
        db.session.execute(text("update post_scans set lease_until = now() - interval '1 second'"))
        db.session.commit()
        with app.app_context():
            assert worker.ingest() == 2
        with pytest.raises(intake.Lost):
            next(steps)
        steps.close()  # type: ignore[attr-defined]
        with pytest.raises(intake.Lost):
            intake.refuse(late.scan_id, late.token, "Too late.")
    db.session.rollback()
    db.session.refresh(scan)
    assert (scan.state, scan.done_pages) == ("done", 3)
    assert items(batch)[0][3] == [(scan.id, 1), (scan.id, 2), (scan.id, 3)]


def test_a_scan_that_breaks_our_own_code_is_left_to_a_person_and_holds_up_nobody(
    batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Something in us breaks with one scan each time: the next one of the batch waits for it, but not for ever."""
    scan, other = add(batch, scans.saved([paper(said="One")]), "one.pdf"), add(batch, scans.saved([paper()]), "two.pdf")
    keep = intake._keep

    def broken(scan_id: int, *more: Any) -> None:
        if scan_id == scan.id:
            raise ZeroDivisionError
        keep(scan_id, *more)

    monkeypatch.setattr(intake, "_keep", broken)
    for _ in range(intake.MOST_TRIES + 2):
        worker.ingest()
        db.session.execute(
            text("update post_scans set lease_until = now() - interval '1 second' where state = 'waiting'")
        )
        db.session.commit()
    db.session.refresh(scan)
    db.session.refresh(other)
    assert scan.state == "refused" and "could not be taken in" in scan.why
    assert other.state == "done"


def test_an_empty_page_is_removed_by_somebody_and_can_be_put_back(batch: Batch) -> None:
    add(batch, scans.saved([letters.sheet().convert("L"), paper()]))
    worker.ingest()
    page = db.session.query(Page).filter_by(blank=True).one()
    sorting.remove([page], _clerk())
    db.session.commit()
    assert len(items(batch)[0][3]) == 1 and store.has(page.stored)
    sorting.put_back([page], _clerk())
    db.session.commit()
    assert len(items(batch)[0][3]) == 2 and not page.blank


def test_pages_move_between_items_and_an_item_without_pages_is_to_be_scanned_again(batch: Batch, cast: Any) -> None:
    add(batch, scans.saved([paper(said="A"), paper(said="B")]))
    worker.ingest()
    first, second, _ = db.session.query(Item).order_by(Item.number)
    sorting.move(db.session.query(Page).order_by(Page.number).all(), second, _clerk())
    db.session.commit()
    assert [(state, len(pages)) for _, state, _, pages in items(batch)] == [
        ("opened", 0),
        ("scanned", 2),
        ("opened", 0),
    ]
    other = service.open_batch(cast.clerk, tray="B", arrived_on=today(), envelopes=1)
    with pytest.raises(Refused, match="another batch"):
        sorting.move(db.session.query(Page).all(), db.session.query(Item).filter_by(batch_id=other.id).one(), _clerk())
    assert first.scanned_at is None


def test_the_virus_scanner_sees_a_scan_before_anything_opens_it(batch: Batch, app: Any) -> None:
    with _clamd("stream: Eicar FOUND") as address:
        app.config["CLAMD_SOCKET"] = address
        try:
            scan = add(batch, scans.saved([paper()]))
            worker.ingest()
            db.session.refresh(scan)
            assert scan.state == "refused" and "infected" in scan.why
            app.config["CLAMD_SOCKET"] = "127.0.0.1:1"
            waits = add(batch, scans.saved([paper(said="Another")]))
            worker.ingest()
            db.session.refresh(waits)
            assert (waits.state, waits.done_pages) == ("waiting", 0), "nobody opens what was not looked at"
        finally:
            app.config["CLAMD_SOCKET"] = None


def test_a_scan_whose_content_is_gone_says_so(batch: Batch) -> None:
    scan = add(batch, scans.saved([paper()]))
    store.drop(scan.stored)
    worker.ingest()
    db.session.refresh(scan)
    assert scan.state == "refused" and "not there any more" in scan.why


def test_an_item_that_somebody_holds_meanwhile_still_gets_its_pages(batch: Batch, cast: Any) -> None:
    """A clerk has item 1 in hand: it gets its pages all the same, and the clerk goes on."""
    item = db.session.query(Item).filter_by(number=1).one()
    token = leases.take(item.id, _clerk().account_id or 0)
    db.session.commit()
    add(batch, scans.saved([paper()]))
    worker.ingest()
    assert leases.held(item.id, _clerk().account_id or 0, token).state == "scanned"


def test_the_night_forgets_what_no_scan_names_and_keeps_the_rest(batch: Batch) -> None:
    scan = add(batch, scans.saved([paper()]))
    worker.ingest()
    db.session.refresh(scan)
    lost = store.put(io.BytesIO(b"of a transaction that was rolled back"))
    kept = {scan.stored, db.session.query(Page).one().stored}
    for name in (lost, *kept):
        _age(name)
    sweeping.orphans(today())
    assert not store.has(lost) and all(store.has(name) for name in kept)


def _age(name: str) -> None:
    import os

    path = store._path(name)
    os.utime(path, (0, 0))
    assert isinstance(path, Path)


def _clerk() -> Any:
    from casework.accounts.models import Account
    from casework.roles import Actor, Role

    return Actor(Role.CLERK, account_id=db.session.query(Account).filter(Account.email.like("clerk@%")).one().id)


def _check(kind: str, symbols: str) -> str:
    from casework import references

    return references.check_symbol(kind, symbols)


class _clamd:
    """A virus scanner that says one thing."""

    def __init__(self, says: str) -> None:
        self._says = says.encode() + b"\0"

    def __enter__(self) -> str:
        self._socket = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()
        return f"127.0.0.1:{self._socket.getsockname()[1]}"

    def _serve(self) -> None:
        while True:
            try:
                link, _ = self._socket.accept()
            except OSError:
                return
            with link:
                while not link.recv(65536).endswith(b"\0\0\0\0"):
                    pass
                link.sendall(self._says)

    def __exit__(self, *_: object) -> None:
        self._socket.close()
