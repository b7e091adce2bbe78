"""Files that people send: good ones of every kind, and what attackers and broken telephones send."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject


def picture(form: str = "JPEG", size: tuple[int, int] = (64, 48), exif: bool = False) -> bytes:
    """A picture; with `exif`, one that says where and with what it was taken, and lies on its side."""
    image = Image.effect_noise(size, 60).convert("RGB")
    out = io.BytesIO()
    facts = Image.Exif()
    if exif:
        facts[0x010F], facts[0x0110], facts[0x0112] = "Telephone maker", "Model 7", 6
        facts.get_ifd(0x8825)[1], facts.get_ifd(0x8825)[2] = "N", (51.0, 30.0, 0.0)
    image.save(out, form, exif=facts)
    return out.getvalue()


def bomb() -> bytes:
    """A PNG of a few bytes that says it has a billion pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


def pdf(password: str = "", script: str = "", hidden: bytes = b"", launch: bool = False) -> bytes:
    """A PDF of one page."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    if script:
        _at_opening(writer, "/JavaScript", "/JS", script)
    if hidden:
        writer.add_attachment("hidden.exe", hidden)
    if launch:
        _at_opening(writer, "/Launch", "/F", "cmd.exe")
    if password:
        writer.encrypt(password, algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def packed(inside: bytes, copies: int = 1) -> bytes:
    """A PDF of one page with an object that lies packed in another one, where a search for words does not find it."""
    out, places = io.BytesIO(b"%PDF-1.5\n"), {}
    out.seek(0, 2)

    def write(number: int, body: bytes) -> None:
        places[number] = out.tell()
        out.write(b"%d 0 obj\n%b\nendobj\n" % (number, body))

    write(1, b"<</Type/Catalog/Pages 2 0 R/OpenAction 200 0 R>>")
    write(2, b"<</Type/Pages/Kids[3 0 R]/Count 1>>")
    write(3, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>")
    for copy in range(copies):
        data = zlib.compress(b"%d 0 " % (200 + copy) + inside, 9)
        start = len(b"%d 0 " % (200 + copy))
        write(
            10 + copy,
            b"<</Type/ObjStm/N 1/First %d/Filter/FlateDecode/Length %d>>\nstream\n%b\nendstream"
            % (start, len(data), data),
        )
    rows = b""
    for number in range(400):
        kind, place = (
            (1, places[number]) if number in places else (2, number - 190) if 0 <= number - 200 < copies else (0, 0)
        )
        rows += struct.pack(">BIH", kind, place, 0)
    table, begin = zlib.compress(rows), out.tell()
    write(
        399,
        b"<</Type/XRef/Size 400/W[1 4 2]/Root 1 0 R/Filter/FlateDecode/Length %d>>\nstream\n%b\nendstream"
        % (len(table), table),
    )
    out.write(b"startxref\n%d\n%%%%EOF" % begin)
    return out.getvalue()


def _at_opening(writer: PdfWriter, action: str, key: str, what: str) -> None:
    """Let a PDF do something when it is opened, said in an object of its own."""
    does = DictionaryObject({NameObject("/S"): NameObject(action), NameObject(key): TextStringObject(what)})
    writer.root_object[NameObject("/OpenAction")] = writer._add_object(does)


def box(kind: bytes, data: bytes = b"") -> bytes:
    """A box of an ISO base media file."""
    return struct.pack(">I", 8 + len(data)) + kind + data


def video(brand: bytes = b"isom", more: bytes = b"") -> bytes:
    """The outer boxes of a short video."""
    return box(b"ftyp", brand + bytes(4) + brand) + box(b"moov", bytes(40)) + box(b"mdat", bytes(100)) + more


WEBM = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82\x84webm" + bytes(
    50
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"


def archive() -> bytes:
    """A zip with a program in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("run.exe", b"MZ")
    return out.getvalue()
