"""Opens what people send, to see that it is what it seems to be and nothing else. Pure; one picture at a time."""

from __future__ import annotations

import io
import struct
import threading
import time
from collections.abc import Iterator
from typing import Any, BinaryIO

from PIL import Image, ImageOps
from pypdf import Configuration, PdfReader, apply_configuration
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject


class BadFile(Exception):
    """A file that we do not take; the sentence says which, why, and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


# A camera of today has up to 50 million pixels; a decoded picture takes four bytes for each.
MOST_PIXELS = 64_000_000
MOST_PARTS = 100_000
# How many seconds a PDF may take: one that takes longer was made to.
LONGEST = 10.0
# Nothing is unpacked but tables of objects, and none of those is as large.
_NO_BOMBS = Configuration(
    zlib_maximum_output_length=8_000_000,
    lzw_maximum_output_length=8_000_000,
    run_length_maximum_output_length=8_000_000,
    brotli_maximum_output_length=8_000_000,
    stream_decoding_work_maximum_length=16_000_000,
)
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
# A decoded picture is large: one at a time bounds what a process needs.
_one_picture = threading.Lock()

# Brands of ISO base media files (ISO/IEC 14496-12): the four letters after "ftyp".
_HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"avif", b"avis")
_MP4 = (b"iso", b"mp4", b"avc1", b"M4V", b"3gp", b"dash", b"MSNV", b"mmp4")
# What a PDF may not do or hold (ISO 32000-1, 7.11 and 12.6).
_ACTIONS = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/Rendition", "/RichMediaExecute"}
_HOLDS = {"/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/RichMediaContent", "/XFA"}
_INSIDE = {"/EmbeddedFile", "/FileAttachment", "/RichMedia", "/Movie", "/3D"}


def kind_of(content: BinaryIO) -> str:
    """What a file begins as; empty for whatever we do not know."""
    content.seek(0)
    head = content.read(64)
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    if head.startswith(b"\x1a\x45\xdf\xa3") and b"\x42\x82\x84webm" in head:
        return "video/webm"
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand in _HEIC:
            return "image/heic"
        if brand == b"qt  ":
            return "video/quicktime"
        if brand.startswith(_MP4):
            return "video/mp4"
    return ""


def open_up(name: str, kind: str, content: BinaryIO, clean: bool) -> BinaryIO:
    """The content, once it was opened and is whole; a picture is written again where it is to be cleaned."""
    if kind in _FORMATS:
        return _picture(name, _FORMATS[kind], content, clean)
    if kind == "application/pdf":
        _pdf(name, content)
    elif kind in {"video/mp4", "video/quicktime"}:
        _boxes(name, content)
    return content


def _picture(name: str, form: str, content: BinaryIO, clean: bool) -> BinaryIO:
    try:
        with _one_picture, Image.open(content, formats=(form,)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise Image.DecompressionBombError
            if clean:
                return _written_again(image, form)
            # All of it is read, at an eighth of its size where the format can do that.
            image.draft(image.mode, (max(1, image.width // 8), max(1, image.height // 8)))
            image.load()
    except Image.DecompressionBombError:
        raise BadFile(f"“{name}” has too many pixels. Make the picture smaller, then add it again.") from None
    except Exception:  # a decoder may raise anything at all when it is given what is no picture
        raise BadFile(_damaged(name)) from None
    return content


def _written_again(image: Image.Image, form: str) -> BinaryIO:
    """The picture alone, the right way up: no place, no device, no thumbnail, nothing after its end."""
    upright = ImageOps.exif_transpose(image)
    plain = upright.convert("RGBA" if form != "JPEG" and upright.has_transparency_data else "RGB")
    bare = Image.new(plain.mode, plain.size)
    bare.paste(plain)
    written = io.BytesIO()
    bare.save(written, form, **({"quality": 90} if form != "PNG" else {}))
    return written


def _pdf(name: str, content: BinaryIO) -> None:
    fault = fault_of_pdf(content)
    if fault == "locked":
        raise BadFile(f"“{name}” has a password or is locked. Save a copy without one, then add that.")
    if fault == "active":
        raise BadFile(f"“{name}” runs a program or has files inside it. Print it to a new PDF, or add a picture of it.")
    if fault:
        raise BadFile(_damaged(name))


def fault_of_pdf(content: BinaryIO) -> str:
    """What is wrong with a PDF: "locked", "active" (it does something, or holds files) or "damaged"; else empty."""
    try:
        with apply_configuration(_NO_BOMBS):
            reader = PdfReader(content)
            if reader.is_encrypted:
                return "locked"
            if any(_is_active(part) for part in _parts(reader)):
                return "active"
            return "" if len(reader.pages) else "damaged"
    except Exception:  # as with pictures; RecursionError among them
        return "damaged"


def _parts(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Every dictionary of a PDF: of each object in its tables, and what stands inside without a number."""
    numbers = {number for generation in reader.xref.values() for number in generation}
    numbers |= set(reader.xref_objStm)
    if len(numbers) > MOST_PARTS:
        raise ValueError("too many objects")
    waiting: list[Any] = [reader.trailer]
    begun = time.monotonic()
    for number in sorted(numbers):
        if time.monotonic() - begun > LONGEST:
            raise TimeoutError
        waiting.append(reader.get_object(IndirectObject(number, 0, reader)))
        while waiting:
            part = waiting.pop()
            if isinstance(part, DictionaryObject):
                yield part
                waiting.extend(part.values())
            elif isinstance(part, ArrayObject):
                waiting.extend(part)


def _is_active(part: DictionaryObject) -> bool:
    # Raw values: what is only referred to is looked at under its own number.
    holds = any(key in part for key in _HOLDS)
    acts = dict.get(part, "/S") in _ACTIONS
    inside = dict.get(part, "/Type") in _INSIDE or dict.get(part, "/Subtype") in _INSIDE
    return holds or acts or inside


def _boxes(name: str, content: BinaryIO) -> None:
    """Walk the outer boxes of a video: they fill the file to its last byte, and one holds the description."""
    end = content.seek(0, 2)
    place = count = 0
    seen: set[bytes] = set()
    while place < end:
        content.seek(place)
        head = content.read(16)
        if len(head) < 8:
            raise BadFile(_damaged(name))
        size, kind = struct.unpack(">I4s", head[:8])
        least = 8
        if size == 1 and len(head) == 16:
            size, least = struct.unpack(">Q", head[8:16])[0], 16
        elif size == 0:
            size = end - place
        if size < least or place + size > end or count > MOST_PARTS:
            raise BadFile(_damaged(name))
        seen.add(kind)
        count += 1
        place += size
    if not {b"ftyp", b"moov"} <= seen:
        raise BadFile(_damaged(name))


def _damaged(name: str) -> str:
    return f"“{name}” is damaged or not complete. Open it on your device, save it again, then add it."
