"""Scans: every kind becomes pages, the hostile are refused with a reason, and none of them hurts who opens it."""

from __future__ import annotations

import io
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from typing import Any

import pytest
from PIL import Image

from casework.exchanges.opening import BadFile
from casework.post import opening, reading
from casework.post.opening import Limits, PageImage, open_scan
from tests.exchanges import samples
from tests.post import letters, scans

LIMITS = Limits(pages=40, megabytes=2)
HOSTILE = scans.hostile()


def opened(name: str, content: bytes, limits: Limits = LIMITS, start: int = 0) -> list[PageImage]:
    pieces = (content[at : at + 50_000] for at in range(0, len(content), 50_000))
    return list(open_scan(pieces, name, limits, start))


def paper(number: int = 0) -> Image.Image:
    """A page with print on it."""
    page = letters.sheet()
    letters.print_text(page, f"Page {number}: to whom it may concern", 30, 60, 18)
    return page


def picture(page: PageImage) -> Image.Image:
    return Image.open(io.BytesIO(page.content))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", scans.saved([paper(1), paper(2)])),
        ("A.TIFF", scans.saved([paper(1), paper(2)], "TIFF", compression="tiff_lzw")),
        ("a.tif", scans.saved([paper(1).convert("1"), paper(2).convert("1")], "TIFF", compression="group4")),
        ("a.tif", scans.saved([paper(1).convert("L"), paper(2).convert("L")], "TIFF", compression="tiff_adobe_deflate")),
        ("a.tif", scans.saved([paper(1), paper(2)], "TIFF", compression="jpeg")),
        ("a.jpg", scans.saved([paper(1)], "JPEG")),
        ("scan of Monday", scans.saved([paper(1)], "JPEG", 300)),
        ("a.png", scans.saved([paper(1)], "PNG")),
        ("a.png", scans.saved([paper(1).convert("RGBA")], "PNG")),
        ("a.png", scans.saved([paper(1).convert("L").convert("I;16").point(lambda v: v * 257)], "PNG")),
        ("a.pdf", samples.packed(b"<<>>")),
    ],
    ids=range(11),
)  # fmt: skip
def test_a_scan_of_every_kind_becomes_pages(name: str, content: bytes) -> None:
    found = opened(name, content)
    count = 2 if name.casefold() == "a.tiff" or name.endswith("tif") or content.count(b"/Type /Page\n") == 2 else 1
    assert [(page.number, page.of) for page in found] == [(n, len(found)) for n in range(1, len(found) + 1)]
    assert len(found) == count
    for page in found:
        shown = picture(page)
        shown.load()
        assert shown.size == (page.width, page.height)
        assert shown.mode == "L" and max(shown.size) <= 2345
        light, dark = shown.getextrema()[1], shown.getextrema()[0]
        assert light > 230 and (dark < 60) is not page.blank


@pytest.mark.parametrize(("name", "content", "why"), HOSTILE, ids=[f"{n}-{w}" for n, (_, _, w) in enumerate(HOSTILE)])
def test_a_hostile_scan_is_refused_with_the_reason(name: str, content: bytes, why: str) -> None:
    begun = time.monotonic()
    with pytest.raises(BadFile) as refused:
        opened(name, content)
    assert why in refused.value.sentence
    assert refused.value.sentence.endswith(".") and f"“{name}”" in refused.value.sentence
    assert time.monotonic() - begun < 30


@pytest.mark.parametrize(("name", "content"), [
    ("zeros.pdf", scans.zeros_pdf(400)),
    ("huge.pdf", scans.huge_picture_pdf()),
    ("round.tif", scans.round_tiff()),
])  # fmt: skip
def test_a_bomb_bursts_in_a_process_of_its_own(name: str, content: bytes) -> None:
    """Whether it is refused or draws an empty page: we stay small, and nobody waits."""
    begun, size = time.monotonic(), _own_memory()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        assert len(opened(name, content)) == 1
    except BadFile as refused:
        assert "memory or time" in refused.sentence or "damaged" in refused.sentence
    assert _own_memory() - size < 30
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime < 45
    assert time.monotonic() - begun < 100


def test_what_decodes_a_scan_has_no_files_no_network_no_environment_and_little_memory() -> None:
    """The very process, asked what it can still do after it gave up everything."""
    tries = """
import os, socket, subprocess, sys
from casework.post import rendering
rendering._give_up()
def no(do):
    try:
        do()
    except (OSError, MemoryError):
        return 1
    return 0
print(no(lambda: open("/etc/passwd")), no(lambda: open("/tmp/casework-canary", "w")), no(socket.socket),
      no(lambda: os.pipe()), no(lambda: bytearray(2 * 1024**3)), sorted(set(os.environ) - {"LC_CTYPE"}))
"""
    said = subprocess.run(
        [sys.executable, "-E", "-s", "-c", tries], cwd=opening.ROOT, env={}, capture_output=True, text=True, check=True
    )
    assert said.stdout.split(maxsplit=5) == ["1", "1", "1", "1", "1", "[]\n"]
    assert not Path("/tmp/casework-canary").exists()


def test_a_pdf_that_points_elsewhere_fetches_nothing(tmp_path: Path) -> None:
    """A page that refers to a file and to an address: both canaries stay silent."""
    import socket

    with socket.socket() as canary:
        canary.bind(("127.0.0.1", 0))
        canary.listen()
        canary.settimeout(0.2)
        where = f"http://127.0.0.1:{canary.getsockname()[1]}/".encode()
        content = scans.saved([paper()]).replace(
            b"/Type /Page\n", b"/Type /Page /AA<</O<</S/URI/URI(%b)>>>> /F(%b)\n" % (where, where)
        )
        try:
            opened("a.pdf", content)
        except BadFile as refused:
            assert "runs a program" in refused.sentence or "damaged" in refused.sentence
        with pytest.raises(TimeoutError):
            canary.accept()


def test_pages_come_one_at_a_time_and_can_be_gone_on_with() -> None:
    """A hundred pages never lie in memory together; a worker that died goes on at the page that it had not."""
    content = scans.saved([paper(number).convert("L") for number in range(6)])
    stream = open_scan(iter([content]), "a.pdf", LIMITS)
    first = next(stream)
    stream.close()
    assert (first.number, first.of) == (1, 6)
    rest = opened("a.pdf", content, start=4)
    assert [(page.number, page.of) for page in rest] == [(5, 6), (6, 6)]
    assert rest == opened("a.pdf", content)[4:]
    assert opened("a.pdf", content, start=6) == []


def test_a_page_is_turned_upright_by_what_the_camera_or_our_code_says() -> None:
    lying = scans.saved([letters.sheet().rotate(90, expand=True)], "JPEG", exif=_orientation(6))
    assert (opened("a.jpg", lying)[0].width, opened("a.jpg", lying)[0].height) == (1654, 2339)
    page = letters.sheet()
    letters.code(page, "CWS.ABCDEFGHJKMN", 30, 30)
    for turn in (0, 90, 180, 270):
        (found,) = opened("a.png", scans.saved([page.rotate(-turn, expand=True)], "PNG"))
        assert (found.turned, found.codes) == (turn, ("CWS.ABCDEFGHJKMN",))
        assert [seen.turn for seen in reading.codes_on(picture(found))] == [0]


def test_nothing_comes_along_with_a_picture() -> None:
    """Neither where it was taken, nor what hung behind its end."""
    (page,) = opened("a.jpg", samples.picture(exif=True) + b"something behind the end")
    shown = picture(page)
    assert not shown.getexif() and b"Telephone" not in page.content and b"behind" not in page.content


def test_colour_is_kept_where_there_is_some() -> None:
    """A line in blue ballpoint stays blue; a grey page stays small."""
    page = letters.sheet()
    letters.write(page, "in blue ink", 40, 60, _Blue())
    (found,) = opened("a.png", scans.saved([page], "PNG"))
    assert picture(found).mode == "RGB"
    (grey,) = opened("a.png", scans.saved([paper()], "PNG"))
    assert picture(grey).mode == "L"


def test_who_closes_early_leaves_no_process_behind() -> None:
    content, before = scans.saved([paper(number).convert("L") for number in range(3)]), _children()
    stream = open_scan(iter([content]), "a.pdf", LIMITS)
    next(stream)
    running = _children() - before
    stream.close()
    assert running and not _children() & running


class _Blue(Random):
    """Chance that always takes the ballpoint."""

    def choice(self, some: Any) -> Any:
        return "ballpoint" if "ballpoint" in some else some[0]


def _orientation(value: int) -> Image.Exif:
    facts = Image.Exif()
    facts[0x0112] = value
    return facts


def _own_memory() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024**2


def _children() -> set[str]:
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())
