"""Synthetic letters with known truth: our own paper, filled in by hand, as it comes out of a scanner.

Everything follows from a seed. What is on a page is known because it was put there: the texts of its codes, what was
written in which field, whether there is anything at all. `Wear` says what folding, posting and scanning did to it.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random

import numpy
import pytest
import segno
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

DPI = 200
A4 = (210.0, 297.0)
PRINT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
# Fonts that look like handwriting: Debian's, installed by .ci/run. Each with a size that makes them alike.
HANDS = {
    Path("/usr/share/fonts/truetype/breip/Breip.ttf"): 1.1,
    Path("/usr/share/fonts/truetype/fifthhorseman/dkg.ttf"): 1.0,
    Path("/usr/share/fonts/truetype/femkeklaver/femkeklaver.ttf"): 1.1,
    Path("/usr/share/fonts/truetype/humor-sans/Humor-Sans.ttf"): 0.9,
    Path("/usr/share/fonts/truetype/kristi/Kristi.ttf"): 1.5,
    Path("/usr/share/fonts/truetype/rufscript/Rufscript010.ttf"): 1.1,
    Path("/usr/share/fonts/opentype/dancingscript/DancingScript-Regular.otf"): 1.1,
}
needs_hands = pytest.mark.skipif(
    not all(path.exists() for path in [PRINT, *HANDS]), reason="the fonts like handwriting are not installed (.ci/run)"
)
INKS = {"ballpoint": (35, 45, 130), "gel": (25, 25, 30), "pencil": (120, 120, 122), "felt": (10, 15, 60)}


@dataclass(frozen=True)
class Wear:
    """What happened to a page: each the most of it; how much of that, the seed says."""

    tilt: float = 3.0  # degrees, either way
    turns: tuple[int, ...] = (0,)  # degrees clockwise, as it was put into the scanner
    noise: float = 16.0  # standard deviation, of 255
    blur: float = 0.9  # radius in dots at 200 an inch
    speckle: float = 0.001  # share of dots that are dust
    fade: float = 0.35  # share of the contrast that is lost
    folds: int = 2  # shadows of folds
    bleed: float = 0.0  # how much shines through from the other side, as a share
    holes: bool = False  # punch holes
    edge: bool = False  # a dark edge of the scanner


MODERATE = Wear(turns=(0, 90, 180, 270), bleed=0.1)
CLEAN = Wear(tilt=0, noise=0, blur=0, speckle=0, fade=0, folds=0)


@dataclass
class Letter:
    """Pages as scanned, and what is true of them: field to what was written, texts of codes, how they were turned."""

    pages: list[Image.Image]
    truth: dict[str, str] = field(default_factory=dict)
    codes: list[str] = field(default_factory=list)
    turns: list[int] = field(default_factory=list)


def dots(millimetres: float, dpi: int = DPI) -> int:
    """Millimetres in dots."""
    return round(millimetres * dpi / 25.4)


def sheet() -> Image.Image:
    """An empty page of A4."""
    return Image.new("RGB", (dots(A4[0]), dots(A4[1])), (250, 249, 246))


def code(page: Image.Image, text: str, x: float, y: float, width: float = 22.0) -> None:
    """Print a QR code as our letters do (`printing.qr`): so many millimetres wide with its margin."""
    kept = io.BytesIO()
    segno.make(text, error="q", micro=False, boost_error=False).save(kept, kind="png", scale=12, border=4)
    drawn = Image.open(kept).convert("RGB").resize((dots(width), dots(width)), Image.Resampling.LANCZOS)
    page.paste(drawn, (dots(x), dots(y)))


def print_text(page: Image.Image, text: str, x: float, y: float, points: float = 11.0) -> None:
    """Printed words."""
    font = _font(PRINT, round(points * DPI / 72))
    ImageDraw.Draw(page).text((dots(x), dots(y)), text, font=font, fill=(20, 20, 20))


def write(
    page: Image.Image, text: str, x: float, y: float, random: Random, height: float = 6.0, hand: Path | None = None
) -> None:
    """Write by hand: one person's hand (or any) and pen, not quite on the line."""
    path = hand or random.choice(sorted(HANDS))
    font = _font(path, round(dots(height) * HANDS[path]))
    colour = INKS[random.choice(sorted(INKS))]
    draw = ImageDraw.Draw(page)
    for line in text.splitlines():
        at = (dots(x) + random.randint(-3, 3), dots(y) + random.randint(-4, 4))
        draw.text(at, line, font=font, fill=colour)
        y += height * 1.25


def tick(page: Image.Image, x: float, y: float, random: Random, size: float = 5.0) -> None:
    """A tick or a cross in a box, over its edges as people do."""
    draw, ink = ImageDraw.Draw(page), INKS[random.choice(sorted(INKS))]

    def at(across: float, down: float) -> tuple[int, int]:
        return dots(x + size * (across + random.uniform(-0.12, 0.12))), dots(
            y + size * (down + random.uniform(-0.12, 0.12))
        )

    if random.random() < 0.5:
        draw.line([at(0.05, 0.5), at(0.4, 0.95), at(1.05, -0.1)], fill=ink, width=4)
    else:
        draw.line([at(0, 0), at(1, 1)], fill=ink, width=4)
        draw.line([at(1, 0), at(0, 1)], fill=ink, width=4)


def reply(text: str, random: Random) -> Image.Image:
    """The reply form of a letter of ours, with its code, printed words, and an answer by hand."""
    page = sheet()
    code(page, text, random.choice((20.0, 165.0)), random.choice((12.0, 255.0)))
    for number, line in enumerate(("Your answer", "Please write in the box below and send this page back to us.")):
        print_text(page, line, 25, 48 + 8 * number, 12 - number)
    ImageDraw.Draw(page).rectangle((dots(25), dots(70), dots(185), dots(180)), outline=(60, 60, 60), width=2)
    write(page, "\n".join(sentence(random) for _ in range(8)), 30, 75, random)
    print_text(page, "Sign here", 25, 190, 9)
    write(page, "K. Example", 30, 196, random, 9)
    return page


def sentence(random: Random) -> str:
    """Words of a letter."""
    return " ".join(random.choice(WORDS) for _ in range(5)).capitalize() + "."


WORDS = (  # noqa: SIM905
    "the officer was at my door on Tuesday and asked for a name I said no because it rained we were waiting bus stop "
    "near station please write to me not phone thank you receipt number date time street brother friend searched bag"
).split()


def scanned(
    page: Image.Image, random: Random, wear: Wear = MODERATE, behind: Image.Image | None = None
) -> tuple[Image.Image, int]:
    """The page as it comes out of the scanner, in grey at 200 dots an inch, and by how many degrees it lies wrong."""
    grey = page.convert("L")
    if wear.bleed:
        grey = _shining_through(grey, behind, wear.bleed * random.random())
    grey = _folded(grey, random, random.randint(0, wear.folds))
    if wear.holes:
        _punch(grey, random)
    if wear.tilt:
        grey = grey.rotate(random.uniform(-wear.tilt, wear.tilt), Image.Resampling.BILINEAR, fillcolor=246)
    if wear.blur:
        grey = grey.filter(ImageFilter.GaussianBlur(wear.blur * random.random()))
    grey = _noisy(grey, random, wear)
    if wear.edge:
        ImageDraw.Draw(grey).rectangle((0, 0, random.randint(8, 20), grey.height), fill=random.randint(10, 60))
    turn = random.choice(wear.turns)
    return (grey.rotate(-turn, expand=True) if turn else grey), turn


def _shining_through(grey: Image.Image, behind: Image.Image | None, share: float) -> Image.Image:
    other = (behind or grey).convert("L").transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    pale = other.filter(ImageFilter.BoxBlur(1)).point(lambda value: 255 - round((255 - value) * share))
    return ImageChops.multiply(grey, pale)


def _folded(grey: Image.Image, random: Random, folds: int) -> Image.Image:
    """A soft shadow over a few millimetres, and a light line where it was folded."""
    if not folds:
        return grey
    shade = numpy.ones(grey.height, numpy.float32)
    rows = numpy.arange(grey.height)
    for _ in range(folds):
        at, width = random.uniform(0.1, 0.9) * grey.height, random.uniform(15, 60)
        shade *= 1 - random.uniform(0.05, 0.22) * numpy.exp(-(((rows - at) / width) ** 2))
    return Image.fromarray((numpy.asarray(grey) * shade[:, None]).astype(numpy.uint8))


def _punch(grey: Image.Image, random: Random) -> None:
    draw, middle = ImageDraw.Draw(grey), grey.height / 2
    for offset in (-40.0, 40.0):
        x, y, radius = dots(12) + random.randint(-8, 8), middle + dots(offset), dots(3)
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=random.randint(5, 70))


def _noisy(grey: Image.Image, random: Random, wear: Wear) -> Image.Image:
    light = numpy.asarray(grey).astype(numpy.float32)
    fade = wear.fade * random.random()
    light = light * (1 - fade) + 245 * fade
    if wear.noise:
        light += _noise(random, light.shape) * (wear.noise * random.random())
    dust = round(wear.speckle * random.random() * light.size)
    if dust:
        chance = numpy.random.default_rng(random.randrange(1 << 30))
        down, across = chance.integers(0, light.shape[0] - 1, dust), chance.integers(0, light.shape[1] - 1, dust)
        light[down, across] = light[down, across + 1] = chance.integers(0, 255, dust)
    return Image.fromarray(numpy.clip(light, 0, 255).astype(numpy.uint8))


@cache
def _grain() -> numpy.ndarray:
    """Noise, made once; each page has another part of it."""
    return numpy.random.default_rng(4).normal(0, 1, (3500, 3500)).astype(numpy.float32)


def _noise(random: Random, shape: tuple[int, ...]) -> numpy.ndarray:
    down, across = (random.randrange(3500 - side) for side in shape)
    return _grain()[down : down + shape[0], across : across + shape[1]]


@cache
def _font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), size)
