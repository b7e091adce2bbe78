"""Opens scans: a PDF, TIFF, JPEG or PNG becomes pictures of its pages, one at a time. Pure; knows no case, no database.

Each scan is decoded in a short-lived process of its own (`rendering`), which has no file, no network, little memory and
little time: what a hostile scan does to it, it does to nothing else. What is not one of the four by its content, is
locked, damaged, too large or acts by itself is refused with a sentence that says why. The scan itself is never shown.
"""

from __future__ import annotations

import json
import select
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO

from casework.exchanges.accepting import MEGABYTE, clean_name
from casework.exchanges.opening import BadFile

ENDINGS = {
    "application/pdf": ("pdf",),
    "image/tiff": ("tif", "tiff"),
    "image/jpeg": ("jpg", "jpeg", "jpe", "jfif"),
    "image/png": ("png",),
}
ACCEPT = ".pdf,.tif,.tiff,.jpg,.jpeg,.png"
WHY = {
    "wrong": "“{name}” must be a PDF, TIFF, JPG or PNG. Scan the pages again as one of these.",
    "ending": "“{name}” is not what its name says. Scan the pages again, or give it the right name.",
    "empty": "“{name}” is empty. Scan the pages again.",
    "large": "“{name}” must be smaller than {megabytes} MB. Scan fewer pages at a time.",
    "too many": "“{name}” has more than {pages} pages. Scan fewer pages at a time.",
    "pixels": "“{name}” has a page with too many pixels. Scan it again at 200 to 300 dots per inch.",
    "locked": "“{name}” has a password or is locked. Scan the pages to a file without one.",
    "active": "“{name}” runs a program or has files inside it. Print it, and scan what was printed.",
    "damaged": "“{name}” is damaged or not complete. Scan the pages again.",
    "too much": "“{name}” takes more memory or time than a scan needs. Scan the pages again.",
}
ROOT = Path(__file__).resolve().parents[2]
# How long the process may say nothing. Its work is limited too; this is for a machine that is busy.
PATIENCE = 60.0
LARGEST_HEAD, LARGEST_PAGE = 64 * 1024, 32 * MEGABYTE
PIECE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """What a scan may have at most: pages, and megabytes."""

    pages: int
    megabytes: int


@dataclass(frozen=True)
class PageImage:
    """A page: its number in the scan from 1 and of how many, its picture the right way up, and what it says itself."""

    number: int
    of: int
    kind: str  # image/png or image/jpeg
    content: bytes
    width: int
    height: int
    codes: tuple[str, ...]  # the texts of its QR codes; whether one is ours, `printing.codes` knows
    turned: int  # by how many degrees it lay wrong
    blank: bool  # nothing seems to be on it


def first_look(name: str, content: BinaryIO, limits: Limits) -> None:
    """What can be said of a scan at once: `BadFile` for what is empty, too large, or none by its first bytes."""
    size = content.seek(0, 2)
    content.seek(0)
    _kind(name, content.read(64))
    if size > limits.megabytes * MEGABYTE:
        raise _bad("large", name, limits)


def open_scan(
    pieces: Iterable[bytes], name: str, limits: Limits, start: int = 0, idle: Callable[[], object] = lambda: None
) -> Iterator[PageImage]:
    """The pages of a scan from the `start`-th on (those before were taken earlier), or `BadFile`, also half-way.

    Never holds more than one page, nor the whole scan. `idle` is called every second meanwhile. Close it to end early.
    """
    name = clean_name(name)
    rest = iter(pieces)
    head = b""
    while len(head) < 64 and (piece := next(rest, b"")):
        head += piece
    kind = _kind(name, head)
    process = _begin()
    try:
        _hand_over(process, kind, name, limits, start, _together(head, rest))
        yield from _pages(process, name, limits, start, idle)
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                _close(pipe)


def kind_of(head: bytes) -> str:
    """What a scan is by its first bytes; empty for what we do not take."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    if head.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        return "image/tiff"
    return ""


def _kind(name: str, head: bytes) -> str:
    if not head:
        raise _bad("empty", name)
    kind = kind_of(head)
    if not kind:
        raise _bad("wrong", name)
    ending = name.rpartition(".")[2].casefold() if "." in name else ""
    if ending and ending not in ENDINGS[kind]:
        raise _bad("ending", name)
    return kind


def _together(head: bytes, rest: Iterable[bytes]) -> Iterator[bytes]:
    yield head
    yield from rest


def _begin() -> subprocess.Popen[bytes]:
    """A process that is given nothing but its program."""
    return subprocess.Popen(
        [sys.executable, "-E", "-s", "-m", "casework.post.rendering"],
        cwd=ROOT, env={}, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip


def _hand_over(
    process: subprocess.Popen[bytes], kind: str, name: str, limits: Limits, start: int, pieces: Iterable[bytes]
) -> None:
    assert process.stdin
    request = {"kind": kind, "most": limits.pages, "start": start}
    size = 0
    try:
        _write(process.stdin, json.dumps(request).encode() + b"\n")
        for piece in pieces:
            size += len(piece)
            if size > limits.megabytes * MEGABYTE:
                raise _bad("large", name, limits)
            _write(process.stdin, piece)
        process.stdin.close()
    except OSError:
        raise _bad("too much", name, limits) from None


def _pages(
    process: subprocess.Popen[bytes], name: str, limits: Limits, start: int, idle: Callable[[], object]
) -> Iterator[PageImage]:
    of, number = 0, start
    while True:
        said, content = _read(process, name, limits, idle)
        if "refused" in said:
            word = str(said["refused"])
            raise _bad(word if word in WHY else "damaged", name, limits)
        if "end" in said and 0 < of == number:
            return
        if not of:
            of = _count(said.get("pages"), limits.pages)
            page = None
        else:
            number += 1
            page = _page(said, content, number, of)
            if page is not None:
                yield page
        if number > of or (number > start and page is None):
            raise _bad("damaged", name, limits)


def _page(said: dict[str, Any], content: bytes, number: int, of: int) -> PageImage | None:
    """What the process says of a page, if it is of the shape that it should be."""
    match said:
        case {
            "kind": str(kind),
            "width": int(width),
            "height": int(height),
            "codes": list(codes),
            "turned": int(turned),
            "blank": bool(blank),
        } if kind_of(content) == kind:
            texts = tuple(each for each in codes if isinstance(each, str))
            return PageImage(number, of, kind, content, width, height, texts, turned, blank)
    return None


def _count(said: object, most: int) -> int:
    return said if isinstance(said, int) and 0 < said <= most else 0


def _read(
    process: subprocess.Popen[bytes], name: str, limits: Limits, idle: Callable[[], object]
) -> tuple[dict[str, Any], bytes]:
    """The next thing that the process says. One that ends or falls silent had too much to do."""
    assert process.stdout
    pipe, deadline = process.stdout, time.monotonic() + PATIENCE

    def exactly(size: int) -> bytes:
        found = bytearray()
        while len(found) < size:
            _wait(pipe, deadline, idle)
            piece = pipe.read(min(size - len(found), PIECE))
            if not piece:
                raise EOFError
            found += piece
        return bytes(found)

    try:
        first, second = struct.unpack(">II", exactly(8))
        if first > LARGEST_HEAD or second > LARGEST_PAGE:
            raise _bad("too much", name, limits)
        said = json.loads(exactly(first))
        return (said if isinstance(said, dict) else {}), exactly(second)
    except (EOFError, TimeoutError):
        raise _bad("too much", name, limits) from None
    except (ValueError, RecursionError):
        raise _bad("damaged", name, limits) from None


def _wait(pipe: IO[bytes], deadline: float, idle: Callable[[], object]) -> None:
    """Until there is something to read. The pipe has no buffer of ours, so that nothing waits in one unseen."""
    while not select.select([pipe], [], [], 1.0)[0]:
        if time.monotonic() > deadline:
            raise TimeoutError
        idle()


def _write(pipe: IO[bytes], data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[pipe.write(left) :]


def _close(pipe: IO[bytes]) -> None:
    try:
        pipe.close()
    except OSError:
        # What was still to be written is for nobody.
        return


def _bad(why: str, name: str, limits: Limits | None = None) -> BadFile:
    values = {"pages": limits.pages, "megabytes": limits.megabytes} if limits else {}
    return BadFile(WHY[why].format(name=name, **values))
