"""Our own printed forms, filled in by hand and scanned: what was written in which field is known."""

from __future__ import annotations

import io
from collections.abc import Mapping
from random import Random

from PIL import Image

from casework.post import papers, sheets
from casework.post.comparing import Read
from tests.post import by_hand, letters
from tests.post.letters import Wear

SCANNER = Wear(tilt=0.4, noise=8, blur=0.5, speckle=0.0002, fade=0.2, folds=1)


def form(
    kind: str, truth: Mapping[str, Read], seed: int = 1, wear: Wear = SCANNER, printed: bytes | None = None
) -> list[bytes]:
    """The pages of a form as JPEG: each answer in its box, in the hand of one person. `printed`: the PDF that they had."""
    pages = [page.copy() for page in (by_hand.drawn(printed) if printed else by_hand.printed(kind))]
    boxes = papers.layout(kind, papers.FORMS[kind].version)
    for blank in sheets.sheet(kind, f"{kind}/{papers.FORMS[kind].version}"):
        read = truth.get(blank.name)
        if read is None or not read.texts:
            continue
        hand = Random(seed)
        if blank.widget in ("radios", "checkboxes", "confirm") and blank.name != papers.SIGNATURE:
            for text in read.texts:
                box = boxes[f"{blank.name}:{ {'True': 'yes', 'False': 'no'}.get(text, text) }"]
                letters.tick(pages[box.page - 1], box.x, box.y, Random(seed))
            continue
        box = boxes[blank.name]
        words = (
            " ".join(read.texts) if blank.widget == "date" else dict(blank.options).get(read.texts[0], read.texts[0])
        )
        if blank.name == papers.SIGNATURE:
            words = truth["you.name"].texts[0] if "you.name" in truth else "A. Name"
        letters.write(pages[box.page - 1], words, box.x + 2, box.y + 1.2, hand, 5.5)
    return [_jpeg(letters.scanned(page, Random(f"{seed} {number}"), wear)[0]) for number, page in enumerate(pages)]


def note(text: str, seed: int = 1, wear: Wear = SCANNER) -> list[bytes]:
    """A letter in somebody's own words, on a page of their own."""
    page = letters.sheet()
    letters.write(page, text, 25, 30, Random(seed), 6.5)
    return [_jpeg(letters.scanned(page, Random(seed), wear)[0])]


def _jpeg(page: Image.Image) -> bytes:
    held = io.BytesIO()
    page.save(held, "JPEG", quality=60)
    return held.getvalue()
