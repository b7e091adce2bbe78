"""Turns one scan into pictures of its pages, in a process of its own: `python -m casework.post.rendering`.

What comes in may be hostile, and decoders have faults. So this process holds nothing: no environment, no secret, no
database; before it looks at the scan it gives up opening files and connections, and most memory and time. It reads a
request and the scan from its input and writes pages to its output; `opening` starts it and believes it nothing.
"""

from __future__ import annotations

import codecs
import io
import json
import resource
import struct
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

import pypdf.filters
import pypdfium2
from PIL import Image, ImageChops, ImageOps, JpegImagePlugin, PngImagePlugin, TiffImagePlugin

from casework.exchanges import opening as checking
from casework.post import reading

# A page is kept at so many dots an inch: enough for codes and for handwriting.
DPI = 200
A4_INCHES = 11.69
# The long sides between which a declared size is believed, in inches; any other page is taken for A4.
SHORTEST, LONGEST = 4.0, 24.0
# A3 at 600 dots an inch.
MOST_PIXELS = 70_000_000
MEMORY = 1536 * 1024 * 1024
# Seconds of work that one page may take; opening the scan, twice that.
WORK = 20
# Chosen by measuring: codes are read as well as before, and a page of handwriting takes 0.2 to 0.4 MB.
QUALITY = 60
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/tiff": "TIFF"}
# Loaded before files are given up: they would be looked for later.
_NEEDED = (JpegImagePlugin, PngImagePlugin, TiffImagePlugin, pypdf.filters)
_ENCODINGS = ("ascii", "latin-1", "cp1252", "utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-16-le", "charmap")


class Refused(Exception):
    """The scan is not taken: the word says why (`opening.WHY`)."""


def main() -> None:
    """Read a request and a scan, write its pages, and a word at the end."""
    _give_up()
    request = json.loads(sys.stdin.buffer.readline())
    content = sys.stdin.buffer.read()
    try:
        for head, page in pages(content, request["kind"], request["most"], request["start"]):
            _write(sys.stdout.buffer, head, page)
            _allow(WORK)
        _write(sys.stdout.buffer, {"end": True})
    except Refused as refused:
        _write(sys.stdout.buffer, {"refused": str(refused)})
    except MemoryError:
        _write(sys.stdout.buffer, {"refused": "too much"})
    except Exception:  # a decoder may raise anything at all when it is given what is no picture
        _write(sys.stdout.buffer, {"refused": "damaged"})


def pages(content: bytes, kind: str, most: int, start: int = 0) -> Iterator[tuple[dict[str, Any], bytes]]:
    """First how many pages there are; then each from `start` on, with what it says by itself, and its picture."""
    raw = _of_pdf(content, most, start) if kind == "application/pdf" else _of_picture(content, kind, most, start)
    yield {"pages": next(raw)}, b""
    for image in raw:
        yield _page(image)


def _of_pdf(content: bytes, most: int, start: int) -> Iterator[Any]:
    if b"%%EOF" not in content[-2048:]:
        raise Refused("damaged")
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise Refused("locked" if "password" in str(error).lower() else "damaged") from None
    if not 0 < len(document) <= most:
        raise Refused("too many" if len(document) else "damaged")
    if fault := checking.fault_of_pdf(io.BytesIO(content)):
        raise Refused(fault)
    document.init_forms()
    yield len(document)
    for number in range(start, len(document)):
        page = document[number]
        size = max(page.get_size())
        scale = DPI / 72 if SHORTEST * 72 <= size <= LONGEST * 72 else DPI * A4_INCHES / max(size, 1.0)
        yield page.render(scale=scale).to_pil()
        page.close()


def _of_picture(content: bytes, kind: str, most: int, start: int) -> Iterator[Any]:
    try:
        image = Image.open(io.BytesIO(content), formats=(FORMATS[kind],))
    except Image.DecompressionBombError:
        raise Refused("pixels") from None
    count = _frames(image, most) if kind == "image/tiff" else 1
    yield count
    for number in range(start, count):
        if kind == "image/tiff":
            image.seek(number)
        if image.width * image.height > MOST_PIXELS:
            raise Refused("pixels")
        scale = _scale(image)
        side = round(max(image.size) * scale)
        # A JPEG can be decoded at a half or a quarter where no more is kept.
        image.draft(image.mode, (round(image.width * scale), round(image.height * scale)))
        yield _scaled(_plain(ImageOps.exif_transpose(image)), side)


def _frames(image: Image.Image, most: int) -> int:
    """How many pictures a TIFF holds, each of a size that may be decoded; no more are looked for than are allowed."""
    count = 0
    while count <= most:
        try:
            image.seek(count)
        except EOFError:
            image.seek(0)
            return count
        if image.width * image.height > MOST_PIXELS:
            raise Refused("pixels")
        count += 1
    raise Refused("too many")


def _plain(image: Image.Image) -> Image.Image:
    """In grey or in colour, on white where it is transparent."""
    if image.mode in {"1", "L"}:
        return image.convert("L")
    if image.mode.startswith(("I", "F")):
        return image.convert("F").point(lambda value: value * (1 / 257) + 0).convert("L")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        white.alpha_composite(image)
        image = white
    return image.convert("RGB")


def _scale(image: Image.Image) -> float:
    """By how much a picture is made smaller, so that it has 200 dots an inch at most."""
    dpi, side = float(image.info.get("dpi", (0, 0))[0] or 0), max(image.size)
    believed = dpi > 0 and SHORTEST <= side / dpi <= LONGEST
    return min(1.0, DPI / dpi if believed else DPI * A4_INCHES / side)


def _scaled(image: Image.Image, side: int) -> Image.Image:
    """With a long side of so many pixels, if it has more."""
    if max(image.size) <= side:
        return image
    scale = side / max(image.size)
    return image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))), Image.Resampling.BOX)


def _page(image: Image.Image) -> tuple[dict[str, Any], bytes]:
    """What a page says by itself, and its picture, the right way up and written anew: nothing else comes along."""
    plain = _without_needless_colour(image)
    seen = reading.codes_on(plain)
    turn = reading.turned(seen)
    page = reading.upright(plain, turn)
    kind, written = _written(page)
    return {
        "kind": kind,
        "width": page.width,
        "height": page.height,
        "codes": [each.text for each in seen],
        "turned": turn,
        "blank": not seen and reading.is_blank(page),
    }, written


def _without_needless_colour(image: Image.Image) -> Image.Image:
    """Grey, where nothing on the page has a colour: a third of the size."""
    if image.mode == "L":
        return image
    plain = image.convert("RGB")
    red, green, blue = plain.reduce(4).split()
    pairs = ((red, green), (green, blue), (red, blue))
    coloured = any(sum(ImageChops.difference(one, other).histogram()[29:]) for one, other in pairs)
    return plain if coloured else plain.convert("L")


def _written(page: Image.Image) -> tuple[str, bytes]:
    """As PNG what is sharp black on white, as JPEG what has shades: whichever is smaller, found by what is on it."""
    out = io.BytesIO()
    if page.mode == "L" and sum(sorted(page.histogram())[-2:]) > 0.9 * page.width * page.height:
        page.save(out, "PNG")
        return "image/png", out.getvalue()
    page.save(out, "JPEG", quality=QUALITY)
    return "image/jpeg", out.getvalue()


def _write(out: BinaryIO, head: dict[str, Any], content: bytes = b"") -> None:
    said = json.dumps(head).encode()
    out.write(struct.pack(">II", len(said), len(content)) + said + content)
    out.flush()


def _give_up() -> None:
    """What a decoder that was taken over would want: files, connections, processes, memory, time."""
    Image.preinit()
    for encoding in _ENCODINGS:
        codecs.lookup(encoding)
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2  # Pillow refuses from twice that on
    for what, most in (
        (resource.RLIMIT_NOFILE, 0),  # no file and no connection can be opened any more; input and output stay open
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_AS, MEMORY),
    ):
        resource.setrlimit(what, (most, most))
    _allow(2 * WORK)


def _allow(seconds: int) -> None:
    """So many more seconds of work; then the system ends this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main()
