"""The demonstration's post room: two trays with made-up letters, each at another stage."""

from __future__ import annotations

import hashlib
import io
import textwrap
from datetime import datetime, timedelta

from PIL import Image, ImageDraw, ImageFont
from sqlalchemy import select

from casework.cases.models import Case
from casework.clocks.london import london_date
from casework.demo.house import House
from casework.exchanges import store
from casework.extensions import db
from casework.moments import moved_to, today
from casework.post import answers, exceptions, indexing, keying, service
from casework.post.comparing import Read
from casework.post.indexing import Indexed
from casework.post.models import Batch, Item, Page, Scan
from casework.roles import Actor, Role

# A page at about 75 dots per inch: enough to read, quick to make.
SIZE = (620, 877)
Letters = tuple[tuple[str, str, str], ...]
LETTERS: Letters = (
    ("Ama Mensah", "14 Quay Street\nThamesmere\nSE8 4PQ", "Two officers searched my nephew outside the sports hall on "
     "Tuesday and would not say why. He is fifteen. I would like somebody to explain to us what happened."),
    ("Gwilym Pritchard", "3 Orchard Court\nThamesmere\nSE12 9AB", "I have read that people can ride along with your "
     "officers. I am 61 and have lived here all my life. Weekends suit me best."),
    ("Mrs O. Adeyemi", "Flat 2, 77 Hatch Road\nThamesmere\nSE3 7LL", "Thank you to the young constable who brought my "
     "mother home on the night of the storm. She talks of it every day."),
    ("", "", "The way you stop cars on Hatch Road is a disgrace. I do not give my name because I have to live here."),
    ("Joan Carver", "20 Mill Lane\nThamesmere\nSE1 7TH", "You asked me which bus it was. It was the 176, the driver "
     "saw everything, and I still have the ticket."),
    ("Piotr Nowicki", "9 Basin Row\nThamesmere\nSE16 2HH", "I enclose the memory card from my phone, on which you see "
     "how they held me. Please send it back."),
    ("Leah Stone", "1 Ferry View\nThamesmere\nSE7 8DD", "My season ticket was taken by a guard at the station. I want "
     "it back, and I want his name."),
)  # fmt: skip


def fill(built: House, moment: datetime) -> None:
    """Open trays in the first BCU and bring their letters to every stage there is. Commits nothing."""
    area = built.bcus[0]
    clerk, other = built.actors(area.id, Role.CLERK)[:2]
    open_one = select(Case).where(Case.kind == "feedback", Case.area_id == area.id, Case.is_open).order_by(Case.id)
    cases_there = list(db.session.scalars(open_one.limit(3)))
    if not cases_there:
        return
    borough = built.boroughs[area.id][0].id
    with moved_to(moment - timedelta(days=95)):
        done = _past(area.id, clerk, cases_there)
    with moved_to(moment):
        exceptions.destroy(done, clerk)
        _today(area.id, borough, (clerk, other), cases_there, moment)
        old = service.open_batch(
            clerk, tray="B", arrived_on=london_date(moment) - timedelta(days=9), envelopes=2, area_id=area.id
        )
        first, _ = _items(old)
        _scan(old, [first], LETTERS[6:], clerk, moment)
        exceptions.forward(first, "British Transport Police", clerk, name=LETTERS[6][0], address=LETTERS[6][1])


def _past(area_id: int, clerk: Actor, there: list[Case]) -> list[Item]:
    """A tray of three months ago, closed: what was entered, returned, and counted once too often."""
    batch = service.open_batch(clerk, tray="A", arrived_on=today(), envelopes=4, area_id=area_id)
    entered, kept, returned, mistaken = _items(batch)
    service.strike(mistaken, clerk)
    exceptions.send_back(returned, clerk, "Advertising that asked to be returned.")
    for item in (entered, kept):
        indexing.attach(item, there[0], clerk)
        answers.enter(item, "message", "Thank you for your letter. I have nothing to add.", clerk)
    service.recount(batch, 3, clerk, "Two were stuck together.")
    service.close(batch, clerk)
    return [entered]


def _today(area_id: int, borough: int, clerks: tuple[Actor, Actor], there: list[Case], moment: datetime) -> None:
    """The tray of yesterday, in the middle of its work."""
    clerk, other = clerks
    batch = service.open_batch(clerk, tray="A", arrived_on=today() - timedelta(days=1), envelopes=9, area_id=area_id)
    items = _items(batch)
    _scan(batch, items, (*LETTERS[:6], *LETTERS[:3]), clerk, moment)
    indexing.open_case(items[0], _read("feedback", 0, borough), clerk)
    indexing.open_case(items[1], _read("ride", 1, area_id), clerk)
    indexing.attach(items[4], there[-1], clerk)
    exceptions.set_aside(items[5], "evidence", clerk)
    # Keyed once, keyed differently by two, and one that was not signed.
    for number in (6, 7, 8):
        indexing.open_case(items[number], _read("complaint" if number == 8 else "feedback", number - 6, borough), clerk)
    _key(items[6], clerk, LETTERS[0][0])
    _key(items[7], clerk, "Gwilym Pritchard")
    _key(items[7], other, "Gwilim Pritchard")
    exceptions.set_aside(items[8], "unsigned", clerk)
    exceptions.ask_sender(items[8], ("signature",), clerk)


def _key(item: Item, actor: Actor, name: str) -> None:
    """One round of keying, of which only the name can be read."""
    mine = keying.begin(item, actor.account_id or 0)
    asked = {blank.name for blank in keying.blanks(item, mine.round)}
    keying.keep(mine, {each: Read((name,)) for each in ("you.name",) if each in asked})
    keying.finish(item, mine, actor, rest_missing=True)


def _read(kind: str, number: int, place: int) -> Indexed:
    name, address, _ = LETTERS[number]
    lines, _, postcode = address.rpartition("\n")
    if kind == "ride":
        return Indexed(kind, name, lines, postcode, area_id=place)
    return Indexed(kind, name, lines, postcode, borough_id=place)


def _items(batch: Batch) -> list[Item]:
    return list(db.session.scalars(select(Item).where(Item.batch_id == batch.id).order_by(Item.number)))


def _scan(
    batch: Batch, items: list[Item], letters: tuple[tuple[str, str, str], ...], clerk: Actor, at: datetime
) -> None:
    """The pages of a tray, as the scanner's job leaves them."""
    digest = hashlib.sha256(batch.number.encode()).digest()
    name, all_of = f"tray {batch.tray}.pdf", len(items)
    scan = Scan(
        batch_id=batch.id,
        name=name,
        digest=digest,
        at=at,
        account_id=clerk.account_id,
        pages=all_of,
        done_pages=all_of,
        state="done",
    )
    db.session.add(scan)
    db.session.flush()
    for number, (item, letter) in enumerate(zip(items, letters, strict=True), 1):
        page = Page(scan_id=scan.id, number=number, batch_id=batch.id, item_id=item.id, place=1)
        page.stored, (page.width, page.height) = store.put(picture(*letter)), SIZE
        db.session.add(page)
        db.session.flush()
        service.scanned(item, clerk)


def picture(name: str, address: str, words: str) -> io.BytesIO:
    """A page as it would come from a scanner."""
    page = Image.new("L", SIZE, 247)
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(17)
    draw.multiline_text((360, 60), f"{name}\n{address}", fill=40, font=font, spacing=7)
    draw.multiline_text((60, 230), "Dear Sir or Madam,", fill=40, font=font)
    draw.multiline_text((60, 280), "\n".join(textwrap.wrap(words, 52)), fill=40, font=font, spacing=12)
    draw.multiline_text((60, 640), f"Yours faithfully,\n\n{name}", fill=40, font=font)
    held = io.BytesIO()
    page.rotate(-0.6, fillcolor=247).save(held, "JPEG", quality=55)
    held.seek(0)
    return held
