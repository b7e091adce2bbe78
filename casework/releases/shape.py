"""Whether bytes are a CSV text at all, before anything is made of them: a clear refusal, or what kind of text. Pure."""

from __future__ import annotations

import codecs
import hashlib
from dataclasses import dataclass
from typing import BinaryIO

PIECE = 1024 * 1024
# No line of these files is longer than 500 bytes; a name of an operation may be, a megabyte is none.
LONGEST_LINE = 64 * 1024

_MAGIC = (
    (b"PK\x03\x04", ""),
    (b"PK\x05\x06", "This is an empty zip archive. Send the CSV file itself."),
    (b"%PDF", "This is a PDF. Send the CSV file that the figures came from."),
    (b"\xd0\xcf\x11\xe0", "This is a spreadsheet file. Open it and save it as CSV, then send that."),
    (b"\x1f\x8b", "This is a compressed file. Unpack it and send the CSV file that is in it."),
    (b"BZh", "This is a compressed file. Unpack it and send the CSV file that is in it."),
    (b"7z\xbc\xaf", "This is a compressed file. Unpack it and send the CSV file that is in it."),
    (b"\xff\xfe", "This text is in UTF-16. Save it as “CSV UTF-8”, then send that."),
    (b"\xfe\xff", "This text is in UTF-16. Save it as “CSV UTF-8”, then send that."),
)
_XLSX = "This is a spreadsheet file. Open it and save it as CSV, then send that."
_ZIP = "This is a zip archive. Unpack it and send the CSV file that is in it."


class Unreadable(ValueError):
    """This file is refused whole and nothing was changed. The sentence is for whoever sent it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Shape:
    """What kind of text a file is: size, SHA-256, encoding, line ends, whether its last line is ended."""

    size: int
    digest: bytes
    encoding: str
    mark: bool  # it begins with a byte-order mark
    line_ends: str
    ended: bool


def look(file: BinaryIO, largest: int) -> Shape:
    """Read a file once from its beginning, in small memory, or raise `Unreadable`. It stands at its beginning again."""
    found, size, crlf, lf, cr, line, last = hashlib.sha256(), 0, 0, 0, 0, 0, b""
    decoder, is_utf8 = codecs.getincrementaldecoder("utf-8")(), True
    head = b""
    while piece := file.read(PIECE):
        if not size:
            head = piece[:4096]
            _refuse_what_is_no_text(head)
        size += len(piece)
        if size > largest:
            raise Unreadable(f"This file is larger than {largest // 1_000_000} MB. A month is one file of 3 to 6 MB.")
        if b"\0" in piece:
            raise Unreadable("There are NUL bytes in this file: it is not a text, or it is damaged. Send it again.")
        line = _longest(piece, line)
        found.update(piece)
        joined = last[-1:] + piece
        crlf += joined.count(b"\r\n")
        lf, cr, last = lf + piece.count(b"\n"), cr + piece.count(b"\r"), piece
        if is_utf8:
            is_utf8 = _decodes(decoder, piece)
    if not head.removeprefix(codecs.BOM_UTF8).strip():
        raise Unreadable("This file is empty.")
    file.seek(0)
    mark = head.startswith(codecs.BOM_UTF8)
    kinds = {"CRLF": crlf, "LF": lf - crlf, "CR": cr - crlf}
    ends = " and ".join(name for name, count in kinds.items() if count) or "none"
    encoding = "utf-8-sig" if mark else "utf-8" if is_utf8 and _decodes(decoder, b"", True) else "cp1252"
    return Shape(size, found.digest(), encoding, mark, ends, last[-1:] in (b"\n", b"\r"))


def _refuse_what_is_no_text(head: bytes) -> None:
    for magic, sentence in _MAGIC:
        if head.startswith(magic):
            raise Unreadable(sentence or (_XLSX if b"[Content_Types]" in head or b"xl/" in head else _ZIP))


def _longest(piece: bytes, before: int) -> int:
    """The length of the line that goes on after this piece; `Unreadable` where one is too long."""
    lines = piece.replace(b"\r", b"\n").split(b"\n")
    if before + len(lines[0]) > LONGEST_LINE or max(map(len, lines)) > LONGEST_LINE:
        raise Unreadable("There is a line of more than 64 kB in this file: it is damaged, or not a list of stops.")
    return len(lines[-1]) + (before if len(lines) == 1 else 0)


def _decodes(decoder: codecs.IncrementalDecoder, piece: bytes, final: bool = False) -> bool:
    try:
        decoder.decode(piece, final)
    except UnicodeDecodeError:
        return False
    return True
