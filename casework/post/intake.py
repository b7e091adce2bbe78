"""Takes scans in: a file is kept sealed, its pages are made one by one, and then given to the items of the batch.

`add` is for pages and for the folder; `take_in` is the worker's. The same file twice in a batch is one scan, however it
comes; a scan that is refused says why and leaves the others alone. Never commits.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, BinaryIO

from flask import current_app
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from casework import sealed
from casework.database import rows
from casework.exchanges import scanner, store
from casework.exchanges.accepting import clean_name
from casework.exchanges.opening import BadFile
from casework.extensions import db
from casework.moments import now
from casework.post import opening, sorting
from casework.post.models import Batch, Page, Scan
from casework.post.opening import Limits, PageImage
from casework.post.workflow import BatchState
from casework.printing import codes
from casework.settings import service as settings
from casework.workflow import Refused

WAITING, DONE, REFUSED = "waiting", "done", "refused"
# A scan that ended so many workers, or broke our own code so often, is left to a person.
MOST_TRIES = 5
BROKEN = "“{name}” could not be taken in. Scan the pages again; if that fails too, tell whoever runs this service."
INFECTED = "“{name}” is infected, says the virus scanner. Do not open it. Scan the pages again on another machine."
GONE = "“{name}” is not there any more. Scan the pages again."


class Lost(Exception):
    """Somebody else takes this scan in now, or it was taken in already. Nothing was written."""


@dataclass(frozen=True)
class Added:
    """A scan, and whether it is new in its batch (or tried again after it was refused)."""

    scan: Scan
    new: bool


def add(batch: Batch, given_name: str, content: BinaryIO, account_id: int | None = None) -> Added:
    """Add a file of a scanner to an open batch. What is no scan at all is refused at once: its row says why.

    Commit soon: workers begin with it as soon as they see it. `Refused` where the batch is closed.
    """
    if batch.state != BatchState.OPEN:
        raise Refused("This batch is closed. A supervisor can open it again.", "batch_open")
    name, digest, why, stored = clean_name(given_name), _digest(content), "", ""
    try:
        opening.first_look(name, content, limits())
    except BadFile as bad:
        why = bad.sentence
    else:
        content.seek(0)
        stored = store.put(content)
    values: dict[str, Any] = {"name": name, "stored": stored, "why": why, "state": REFUSED if why else WAITING}
    values |= {"at": now(), "account_id": account_id, "pages": 0, "done_pages": 0, "tries": 0, "lease_token": ""}
    # What was refused may be tried again; what is taken in, or waits for it, stays as it is.
    made = insert(Scan).values(batch_id=batch.id, digest=digest, **values)
    again = made.on_conflict_do_update(
        index_elements=["batch_id", "digest"], set_=values, where=Scan.state == REFUSED
    ).returning(Scan.id)
    new = db.session.scalar(again)
    if new is None and stored:
        store.drop(stored)
    scan = db.session.scalars(
        select(Scan).where(Scan.batch_id == batch.id, Scan.digest == digest).execution_options(populate_existing=True)
    ).one()
    return Added(scan, new is not None)


def known(batch_id: int, content: BinaryIO) -> Scan | None:
    """The scan that this content is in a batch already."""
    return db.session.scalars(
        select(Scan).where(Scan.batch_id == batch_id, Scan.digest == _digest(content))
    ).one_or_none()


def take_in(scan_id: int, token: str, idle: Callable[[], object] = lambda: None) -> Iterator[int]:
    """Make the pages of a scan that are not made yet, and then give them to items. Commit after each step.

    Whoever calls it holds the scan with a token; without it nothing is written: `Lost`. `BadFile` says why the scan is
    not taken; then `refuse`. `idle` is called while the scan is being decoded. Gives the number of each page made.
    """
    scan = db.session.get(Scan, scan_id, populate_existing=True)
    if scan is None or scan.state != WAITING or scan.lease_token != token:
        raise Lost
    name, stored, start, batch_id = scan.name, scan.stored, scan.done_pages, scan.batch_id
    if scan.tries > MOST_TRIES:
        raise BadFile(BROKEN.format(name=name))
    try:
        if not start and not _clean(stored):
            raise BadFile(INFECTED.format(name=name))
        if not start or start < scan.pages:
            for page in opening.open_scan(store.get(stored), name, limits(), start, idle):
                _keep(scan_id, batch_id, token, page)
                yield page.number
    except store.Missing:
        raise BadFile(GONE.format(name=name)) from None
    sorting.sort(_held(scan_id, token))
    _held(scan_id, token, state=DONE)
    yield 0


def refuse(scan_id: int, token: str, sentence: str) -> None:
    """Do not take a scan, and say why. What was made of it goes; nothing of it had been given to an item yet."""
    _held(scan_id, token, state=REFUSED, why=sentence, stored="", done_pages=0)
    db.session.execute(delete(Page).where(Page.scan_id == scan_id))


def limits() -> Limits:
    """What a scan may have at most."""
    return Limits(settings.value("post.scan.pages"), settings.value("post.scan.size"))


def _keep(scan_id: int, batch_id: int, token: str, page: PageImage) -> None:
    """Keep one page. The number of pages made and the page itself are one transaction, and only ours."""
    _held(scan_id, token, pages=page.of, done_pages=page.number, tries=0)
    db.session.add(
        Page(
            scan_id=scan_id,
            number=page.number,
            batch_id=batch_id,
            stored=store.put(io.BytesIO(page.content)),
            width=page.width,
            height=page.height,
            turned=page.turned,
            blank=page.blank,
            code=_ours(page.codes),
        )
    )
    db.session.flush()


def _held(scan_id: int, token: str, **values: Any) -> int:
    """Write something to a scan that we still hold, and keep it from everybody else until the commit; else `Lost`."""
    if values.get("state"):
        values |= {"lease_until": None, "lease_token": ""}
    changed = db.session.execute(
        update(Scan)
        .where(Scan.id == scan_id, Scan.lease_token == token, Scan.state == WAITING)
        .values(values or {"lease_token": token})
        .execution_options(synchronize_session=False)
    )
    if not rows(changed):
        raise Lost
    return scan_id


def _ours(texts: tuple[str, ...]) -> str:
    """The first text that is a code of ours; what others print on their paper is nothing to us."""
    key = sealed.key_for(codes.PURPOSE)
    return next((text for text in texts if codes.read(text, key) is not None), "")


def _clean(stored: str) -> bool:
    """What the virus scanner says, where there is one. `NoAnswer` from it leaves the scan waiting."""
    address = current_app.config["CLAMD_SOCKET"]
    return not address or scanner.is_clean(store.get(stored), address)


def _digest(content: BinaryIO) -> bytes:
    found = sha256()
    content.seek(0)
    while piece := content.read(store.PIECE):
        found.update(piece)
    content.seek(0)
    return found.digest()
