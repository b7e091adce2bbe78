"""Letters on the desk of the post room, as they are when somebody begins to key them, and clerks who key."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from PIL import Image

from casework.cases import service as cases
from casework.cases.models import Case
from casework.exchanges import store
from casework.extensions import db
from casework.moments import now, today
from casework.post import finishing, indexing, keying, leases, service, sheets
from casework.post.comparing import Mark, Read
from casework.post.indexing import Indexed
from casework.post.models import Item, Page, Scan
from casework.roles import Actor, Role
from tests import factories
from tests.browser import Browser

# What somebody wrote on the paper: every other field is empty.
TRUTH = {
    "what.what": Read(("They stopped my brother and nobody said why.",)),
    "when.on": Read(("3", "11", "2026")),
    "when.place": Read(("Outside the library",)),
    "when.receipt": Read(("SS/123-45",)),
    "who.officers": Read(("PC 4471 and a tall one",)),
    "you.named": Read(("named",)),
    "you.name": Read(("Siân O'Neill",)),
    "you.born": Read(("3", "4", "1990")),
    "contact.channel": Read(("letter",)),
    "contact.address": Read(("12 High Street\nThamesmere",)),
    "contact.postcode": Read(("SW1A 1AA",)),
    "panel.panel": Read(("yes",)),
    "signature": Read(("yes",)),
}


def clerk(name: str, where: str = "force", role: Role = Role.CLERK) -> Actor:
    """One more clerk."""
    person = factories.account(f"{name}@force.example", role, where, name=name.title())
    db.session.commit()
    return Actor(role, person.id)


def at_the_desk_of(app: Any, name: str) -> Browser:
    """A clerk that was made here, signed in."""
    browser = Browser(app)
    browser.sign_in(f"{name}@force.example")
    return browser


def paper(width: int = 827, height: int = 1170) -> bytes:
    """A page as scanned."""
    held = io.BytesIO()
    Image.new("RGB", (width, height), (250, 249, 246)).save(held, "JPEG", quality=60)
    return held.getvalue()


def letter(
    actor: Actor,
    kind: str = "feedback",
    form: str | None = None,
    pages: list[bytes] | None = None,
    area_id: int | None = None,
    **indexed: Any,
) -> Item:
    """A letter that was opened, scanned and indexed, so that its case is open; committed."""
    batch = service.open_batch(actor, tray="A", arrived_on=today() - timedelta(days=1), envelopes=1, area_id=area_id)
    item = db.session.query(Item).filter_by(batch_id=batch.id).one()
    give_pages(item, pages if pages is not None else [paper()])
    service.scanned(item, actor)
    printed = f"{kind}/1" if form is None else form
    indexing.open_case(
        item, Indexed(kind, **{"name": "Siân", "address": "12 High Street"} | indexed, form=printed), actor
    )
    db.session.commit()
    return item


def give_pages(item: Item, pages: list[bytes]) -> None:
    """Pictures of pages for an item, as the scanner's job leaves them."""
    scan = Scan(
        batch_id=item.batch_id, name="tray.pdf", digest=str(item.id).encode(), pages=len(pages), state="done", at=now()
    )
    db.session.add(scan)
    db.session.flush()
    for number, content in enumerate(pages, 1):
        size = Image.open(io.BytesIO(content)).size
        stored = store.put(io.BytesIO(content))
        db.session.add(
            Page(scan_id=scan.id, number=number, batch_id=item.batch_id, item_id=item.id, place=number, stored=stored, width=size[0], height=size[1])
        )  # fmt: skip
    db.session.flush()


def key(item: Item, actor: Actor, reads: dict[str, Read], *, finish: bool = True) -> bool:
    """One clerk keys a round of an item as a whole; what is not among `reads` is missing on the paper. Commits."""
    token = leases.take(item.id, actor.account_id or 0)
    if item.case_id is not None:
        cases.lock(Case, item.case_id)
    held = leases.held(item.id, actor.account_id or 0, token)
    mine = keying.begin(held, actor.account_id or 0)
    asked = {blank.name for blank in keying.blanks(held, mine.round)}
    keying.keep(mine, {name: read for name, read in reads.items() if name in asked})
    case = finishing.end(held, mine, actor, rest_missing=True) if finish else None
    db.session.commit()
    return case is not None


def mistaken(name: str, *texts: str, of: dict[str, Read] = TRUTH, mark: Mark = Mark.READ) -> dict[str, Read]:
    """What a clerk keys who gets one field wrong."""
    return of | {name: Read(texts, mark)}


def fresh(item: Any) -> Any:
    """An item as it stands now."""
    db.session.refresh(item)
    return item


def reads_of(kind: str, answers: Mapping[str, Mapping[str, Any]]) -> dict[str, Read]:
    """Answers as somebody types them online, page by page, as a clerk reads them off the paper."""
    found = {}
    for blank in sheets.sheet(kind):
        page, _, name = blank.name.partition(".")
        typed = answers.get(page, {})
        if blank.widget == "date":
            texts = tuple(str(typed.get(f"{name}-{part}", "")) for part in ("day", "month", "year"))
        else:
            given = typed.get(name) or ()
            texts = (given,) if isinstance(given, str) else tuple(given)
        if any(texts):
            found[blank.name] = Read(texts)
    return found
