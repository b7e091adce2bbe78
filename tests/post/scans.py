"""Scans: good ones of every kind, and what breaks or attacks whoever opens it."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Sequence
from typing import Any

from PIL import Image
from pypdf import PdfWriter

from tests.exchanges import samples
from tests.post import letters


def saved(pages: Sequence[Image.Image], kind: str = "PDF", dpi: int = letters.DPI, **more: Any) -> bytes:
    """Pages in one file, as a scanner writes it."""
    first, *others = [page.copy() for page in pages]
    several = {"save_all": True, "append_images": others} if kind in {"PDF", "TIFF"} else {}
    size = {"resolution": dpi} if kind == "PDF" else {"dpi": (dpi, dpi)}
    out = io.BytesIO()
    first.save(out, kind, **several, **size, **more)
    return out.getvalue()


def plain_pdf(pages: int) -> bytes:
    """A PDF of so many empty pages."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def many_tiff(pages: int) -> bytes:
    """A TIFF that lists so many pictures of one dot."""
    out = bytearray(b"II*\0" + struct.pack("<I", 8))
    entries = ((256, 3, 1), (257, 3, 1), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 0), (278, 3, 1), (279, 4, 1))
    size = 2 + 12 * len(entries) + 4
    for number in range(pages):
        follows = 8 + (number + 1) * size if number < pages - 1 else 0
        out += struct.pack("<H", len(entries))
        for tag, kind, value in entries:
            out += struct.pack("<HHII", tag, kind, 1, value)
        out += struct.pack("<I", follows)
    return bytes(out)


def round_tiff() -> bytes:
    """A TIFF whose list of pictures comes back to its beginning."""
    once = bytearray(many_tiff(1))
    once[-4:] = struct.pack("<I", 8)
    return bytes(once)


def huge_tiff() -> bytes:
    """A TIFF of a few bytes that says it has ten thousand million dots."""
    found = bytearray(many_tiff(1))
    for place, value in ((10 + 8, 100_000), (22 + 8, 100_000)):
        found[place - 6 : place - 4] = struct.pack("<H", 4)
        found[place : place + 4] = struct.pack("<I", value)
    return bytes(found)


def zeros_pdf(megabytes: int) -> bytes:
    """A PDF whose page is drawn by a stream that unpacks to so many megabytes."""
    packed = zlib.compressobj(9)
    data = b"".join(packed.compress(b"0 0 m 9 9 l S " * 75_000) for _ in range(megabytes)) + packed.flush()
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>",
        b"<</Filter/FlateDecode/Length %d>>\nstream\n%b\nendstream" % (len(data), data),
    )
    return _pdf(objects)


def huge_picture_pdf() -> bytes:
    """A PDF with a picture that says it is 60,000 dots wide and high, packed into a few bytes."""
    data = zlib.compress(bytes(1_000_000), 9)
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>>>",
        b"<</Length 26>>\nstream\n595 0 0 842 0 0 cm /I Do  \nendstream",
        b"<</Type/XObject/Subtype/Image/Width 60000/Height 60000/BitsPerComponent 8/ColorSpace/DeviceRGB"
        b"/Filter/FlateDecode/Length %d>>\nstream\n%b\nendstream" % (len(data), data),
    )
    return _pdf(objects)


def _pdf(objects: Sequence[bytes]) -> bytes:
    out, places = io.BytesIO(b"%PDF-1.5\n"), []
    out.seek(0, 2)
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%b\nendobj\n" % (number, body))
    table = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    out.write(b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table))
    return out.getvalue()


def hostile() -> list[tuple[str, bytes, str]]:
    """Name, content, and what of the sentence says why it is refused."""
    jpeg, png, pdf = samples.picture(), samples.picture("PNG"), samples.pdf()
    tiff = saved([letters.sheet()], "TIFF", compression="tiff_lzw")
    return [
        ("empty.pdf", b"", "is empty"),
        ("drawing.svg", samples.SVG, "must be a PDF"),
        ("page.pdf", samples.HTML, "must be a PDF"),
        ("pages.zip", samples.archive(), "must be a PDF"),
        ("pages.tif", b"MZ" + tiff, "must be a PDF"),
        ("pages.webp", samples.picture("WEBP"), "must be a PDF"),
        ("pages.pdf", jpeg, "not what its name says"),
        ("pages.jpg.exe", jpeg, "not what its name says"),
        ("pages.tif", pdf, "not what its name says"),
        ("pages.jpg", jpeg[: len(jpeg) // 2], "damaged"),
        ("pages.png", png[: len(png) // 2], "damaged"),
        ("pages.tif", tiff[: len(tiff) // 2], "damaged"),
        ("pages.pdf", pdf[:300], "damaged"),
        ("pages.pdf", b"%PDF-1.7\nnothing", "damaged"),
        ("pages.jpg", b"\xff\xd8\xff" + bytes(100), "damaged"),
        ("pages.pdf", plain_pdf(10_000), "more than 40 pages"),
        ("pages.tif", many_tiff(10_000), "more than 40 pages"),
        ("pages.png", samples.bomb(), "too many pixels"),
        ("pages.tif", huge_tiff(), "too many pixels"),
        ("pages.pdf", samples.pdf(password="secret"), "password"),
        ("pages.pdf", samples.pdf(script="app.alert(1)"), "runs a program"),
        ("pages.pdf", samples.pdf(launch=True), "runs a program"),
        ("pages.pdf", samples.packed(b"<</S/JavaScript/JS(app.alert\\(1\\))>>"), "runs a program"),
        ("pages.pdf", samples.pdf(hidden=b"MZ"), "files inside"),
        ("pages.pdf", samples.packed(b"<<>>" + b" " * 30_000_000, copies=20), "damaged"),
        ("large.pdf", pdf + bytes(3_000_000), "smaller than 2 MB"),
    ]  # fmt: skip
