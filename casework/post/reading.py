"""Reads what a page says by itself: its codes, which way up it is, whether there is anything on it. Pure (zxing-cpp).

It never reads handwriting: a reference that somebody wrote is typed by the clerk (`casework.references`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import segno
import zxingcpp
from PIL import Image, ImageChops, ImageFilter, ImageOps

# Nobody prints as many on a page; whoever does wants to keep us busy.
MOST_CODES = 20
LONGEST_CODE = 300
A4_INCHES = 11.69

_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


@dataclass(frozen=True)
class Seen:
    """A code on a page: its text, and by how many degrees (0, 90, 180, 270, clockwise) it is turned from upright."""

    text: str
    turn: int


def codes_on(image: Image.Image) -> list[Seen]:
    """Every QR code on a page, each text once: at any angle, upside down, pale, speckled or blurred.

    What fails the code's own error correction is not given at all.
    """
    grey = image.convert("L")
    for look in (_as_it_is, _coarse, _calmed):
        if found := _read(look(grey)):
            return found
    return []


def turned(seen: Sequence[Seen]) -> int:
    """By how many degrees clockwise a page lies, from the codes on it; 0 where there is none or they do not agree."""
    turns = {each.turn for each in seen}
    return turns.pop() if len(turns) == 1 else 0


def upright(image: Image.Image, turn: int) -> Image.Image:
    """The page turned back by what it was turned, without loss."""
    back = {90: Image.Transpose.ROTATE_90, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_270}
    return image.transpose(back[turn]) if turn in back else image


def is_blank(image: Image.Image) -> bool:
    """Whether nothing is written or printed on a page, as far as can be seen: removal is only proposed, never done.

    What shines through from the other side, punch holes, dust, folds and the scanner's dark edges count for nothing.
    """
    ink = _ink(image)
    # Squares of 4 mm that a line of the pen crosses.
    squares = ink.resize((ink.width // 16, ink.height // 16), Image.Resampling.BOX)
    return sum(squares.histogram()[8:]) < FEWEST_SQUARES


# A short word in handwriting crosses more; a hair or a staple does not.
FEWEST_SQUARES = 2
# How much darker than the paper around it: pencil is, what shines through from behind is not.
_INK = 52


def _ink(image: Image.Image) -> Image.Image:
    """A picture of the strokes alone, white on black, at 100 dots an inch (for A4)."""
    scale = 100 * A4_INCHES / max(image.size)
    grey = image.convert("L").resize(
        (max(32, round(image.width * scale)), max(32, round(image.height * scale))), Image.Resampling.BOX
    )
    darker = ImageChops.subtract(_paper(grey), grey)
    marks = darker.point(lambda value: 255 if value > _INK else 0)
    # A stroke goes through its surroundings; a speck does not.
    strokes = ImageChops.multiply(
        marks, marks.filter(ImageFilter.BoxBlur(2)).point(lambda value: 255 if value >= 61 else 0)
    )
    return _inside(ImageChops.subtract(strokes, _solid(marks)))


def _paper(grey: Image.Image) -> Image.Image:
    """How light the paper is at each place: the lightest nearby, so that shadows and yellowed paper are paper."""
    small = grey.resize((max(4, grey.width // 12), max(4, grey.height // 12)), Image.Resampling.BOX)
    lightest = small.filter(ImageFilter.MaxFilter(3)).filter(ImageFilter.MedianFilter(3))
    return lightest.resize(grey.size, Image.Resampling.BILINEAR)


def _solid(marks: Image.Image) -> Image.Image:
    """Punch holes and dark edges: what is solid for more than 3 mm, within 25 mm of an edge."""
    coarse = marks.reduce(4).point(lambda value: 255 if value > 240 else 0)
    solid = coarse.filter(ImageFilter.MinFilter(3)).filter(ImageFilter.MaxFilter(9))
    solid.paste(0, (25, 25, max(26, solid.width - 25), max(26, solid.height - 25)))
    return solid.resize(marks.size, Image.Resampling.NEAREST)


def _inside(ink: Image.Image) -> Image.Image:
    """Without the outermost 3 mm, which are the scanner's."""
    return ImageOps.expand(ImageOps.crop(ink, 12), 12, fill=0)


def _read(grey: Image.Image) -> list[Seen]:
    found: dict[str, Seen] = {}
    for code in zxingcpp.read_barcodes(grey, formats=_QR, try_invert=False, text_mode=zxingcpp.TextMode.Plain):
        text = str(code.text)
        if code.valid and 0 < len(text) <= LONGEST_CODE and len(found) < MOST_CODES and not _mirrored(grey, code):
            found.setdefault(text, Seen(text, _turn(code.position)))
    return list(found.values())


def _mirrored(grey: Image.Image, code: Any) -> bool:
    """Whether a code shines through from the other side of the sheet: then it is another page's.

    The reader takes mirrored codes too and does not say so. The code is drawn anew and compared both ways round.
    """
    try:
        version, mask, level = int(code.extra["Version"]), int(code.extra["DataMask"]), code.extra["ECLevel"]
        drawn = segno.make(code.text, version=version, mask=mask, error=level, micro=False, boost_error=False).matrix
    except (KeyError, ValueError):
        return False
    size = len(drawn)
    light = [[_at(grey, code.position, (x + 0.5) / size, (y + 0.5) / size) for x in range(size)] for y in range(size)]
    middle = sum(map(sum, light)) / size**2
    cells = [(x, y) for x in range(size) for y in range(size)]
    straight = sum((light[y][x] < middle) == bool(drawn[y][x]) for x, y in cells)
    turned_over = sum((light[y][x] < middle) == bool(drawn[x][y]) for x, y in cells)
    return turned_over > straight


def _at(grey: Image.Image, place: Any, across: float, down: float) -> int:
    """How light a code is at a place in it, between its four corners."""
    near, far = (1 - across) * (1 - down), across * down
    right, below = across * (1 - down), (1 - across) * down
    corners = ((place.top_left, near), (place.top_right, right), (place.bottom_left, below), (place.bottom_right, far))
    x, y = (sum(getattr(corner, axis) * share for corner, share in corners) for axis in "xy")
    light: Any = grey.getpixel((min(max(round(x), 0), grey.width - 1), min(max(round(y), 0), grey.height - 1)))
    return int(light)


def _turn(place: Any) -> int:
    """The nearest of the four ways that a page can lie in a scanner, from the code's upper edge."""
    left, right = place.top_left, place.top_right
    angle = math.degrees(math.atan2(right.y - left.y, right.x - left.x))
    return round(angle / 90) % 4 * 90


# Ways to look at a page, from the cheapest; which of them help was found by trying on `tests/post/letters.py`.
def _as_it_is(grey: Image.Image) -> Image.Image:
    return grey


def _coarse(grey: Image.Image) -> Image.Image:
    return grey.reduce(2)


def _calmed(grey: Image.Image) -> Image.Image:
    return grey.filter(ImageFilter.BoxBlur(1))
