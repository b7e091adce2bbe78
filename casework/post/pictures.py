"""The pages of an item as pictures, and where on which of them a field stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from sqlalchemy import select

from casework import sealed
from casework.exchanges import store
from casework.extensions import db
from casework.post import opening
from casework.post.models import Item, Page
from casework.post.sheets import Blank
from casework.printing import codes
from casework.printing.document import Box

WIDE, HIGH = 210, 297  # millimetres of A4
# So much around a box is shown too: paper shifts in a scanner, and people write over the edge.
AROUND = 6
MOST_PAGES = 200


@dataclass(frozen=True)
class Picture:
    """One page of an item: its number on the paper, and how large it is in millimetres."""

    page: Page
    number: int

    @property
    def id(self) -> int:
        """The id of the page."""
        return int(self.page.id)

    @property
    def high(self) -> float:
        """How high the page is, where it is as wide as A4."""
        return round(WIDE * self.page.height / self.page.width, 1) if self.page.width else HIGH


@dataclass(frozen=True)
class Crop:
    """A piece of a page: the picture, and left, top, width and height in millimetres."""

    picture: Picture
    left: float
    top: float
    width: float
    height: float
    box: Box


def of(item: Item) -> list[Picture]:
    """The pages of an item in their order; what is proposed for removal stays until somebody removed it."""
    rows = db.session.scalars(
        select(Page)
        .where(Page.item_id == item.id, Page.removed_at.is_(None), Page.stored != "")
        .order_by(Page.place, Page.id)
        .limit(MOST_PAGES)
    )
    key = sealed.key_for(codes.PURPOSE)
    return [Picture(page, _number(page.code, key) or place) for place, page in enumerate(rows, 1)]


def page_of(item: Item, page_id: int) -> Page | None:
    """A page of this item."""
    if not 0 < page_id < 2**63:
        return None
    return db.session.scalars(select(Page).where(Page.id == page_id, Page.item_id == item.id)).one_or_none()


def content(stored: str) -> tuple[str, Iterator[bytes]]:
    """What a picture is (image/png, image/jpeg), and its content piece by piece; `store.Missing` where it is gone."""
    pieces = store.get(stored)
    first = next(pieces)
    return opening.kind_of(first), chain([first], pieces)


def crop(blank: Blank, pictures: Sequence[Picture]) -> Crop | None:
    """Where a field stands, with a little around it; None where nobody knows."""
    box = blank.box
    found = next((p for p in pictures if box is not None and p.number == box.page), None)
    if box is None or found is None:
        return None
    left, top = max(0.0, box.x - AROUND), max(0.0, box.y - AROUND)
    right, bottom = min(WIDE, box.x + box.width + AROUND), min(found.high, box.y + box.height + AROUND)
    if bottom <= top:
        return None
    return Crop(found, round(left, 1), round(top, 1), round(right - left, 1), round(bottom - top, 1), box)


def _number(text: str, key: bytes) -> int:
    """Which page of its form a page is, by the code on it; 0 where it does not say."""
    code = codes.read(text, key) if text else None
    return code.page if isinstance(code, codes.FormCode) else 0
