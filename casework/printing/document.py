"""From HTML to PDF with WeasyPrint: tagged (PDF/UA), without network or files, the same bytes for the same input.

WeasyPrint needs Debian's pango. Where that is missing, `missing()` says so in a sentence and everything else works.
"""

from __future__ import annotations

import contextlib
import hashlib
import html
import io
import logging
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import pypdf
from PIL import ImageFile

# Pango and its caches are for one thread at a time.
_ONE = threading.Lock()
# How what is handed in by name is asked for: <img src="given:stamp">.
GIVEN = "given:"
# What relative addresses are relative to: without any, WeasyPrint stumbles over them.
NOWHERE = "https://nowhere.invalid/"
PX = 25.4 / 96  # millimetres
NEEDS = (
    "Letters and paper forms cannot be printed: Debian's packages libpango-1.0-0, libpangoft2-1.0-0 and "
    "libharfbuzz-subset0 are missing (apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 "
    "fonts-dejavu-core fonts-noto-core)."
)
# Fonts that Debian has, for many scripts: what the first has no letters for, the next ones draw.
FONTS = '"DejaVu Sans", "Noto Sans", "Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans CJK SC", sans-serif'


class CannotPrint(Exception):
    """This machine cannot make PDFs. The message is `NEEDS`."""


@dataclass(frozen=True)
class Box:
    """Where something lies on paper: the page from 1, the rest in millimetres from its top left corner."""

    page: int
    x: float
    y: float
    width: float
    height: float


class Document:
    """HTML that was laid out on pages."""

    def __init__(self, laid_out: Any, identifier: bytes) -> None:
        self._laid_out = laid_out
        self.identifier = identifier

    @property
    def pages(self) -> int:
        """How many pages it has."""
        return len(self._laid_out.pages)

    def boxes(self) -> dict[str, Box]:
        """Where each element with an id lies."""
        found: dict[str, Box] = {}
        for number, page in enumerate(self._laid_out.pages, 1):
            for name, (left, top, right, bottom) in page.anchors.items():
                millimetres = (round(each * PX, 1) for each in (left, top, right - left, bottom - top))
                found.setdefault(name, Box(number, *millimetres))
        return found

    def pdf(self) -> bytes:
        """The document as a PDF."""
        return together([self])


def missing() -> str:
    """What this machine lacks for printing, in a sentence; empty where nothing is missing."""
    try:
        _weasyprint()
    except CannotPrint as no:
        return str(no)
    return ""


def lay_out(page: str, styles: Sequence[str] = (), given: Mapping[str, bytes] | None = None) -> Document:
    """Lay HTML out on pages. It must have a title and a language. Raises `CannotPrint`.

    `styles` are style sheets, of our own making. `given` is data that the HTML may ask for by name (`given:<name>`);
    whatever else it asks for is refused unread.
    """
    weasyprint = _weasyprint()
    digest = hashlib.sha256("\0".join([page, *styles]).encode())
    for name, data in sorted((given or {}).items()):
        digest.update(name.encode() + b"\0" + hashlib.sha256(data).digest())
    with _ONE:
        document = weasyprint.HTML(string=page, base_url=NOWHERE, url_fetcher=_Given(given or {}))
        laid_out = document.render(stylesheets=[_style(each) for each in styles], font_config=_fonts(), **_HOW)
    if not laid_out.metadata.title or not laid_out.metadata.lang:
        raise ValueError("what is printed needs a title and a language")
    return Document(laid_out, digest.digest())


def together(documents: Iterable[Document]) -> bytes:
    """Several documents one after the other in one PDF, with the title of the first. Each counts its own pages."""
    parts = list(documents)
    pages = [page for each in parts for page in each._laid_out.pages]
    identifier = hashlib.sha256(b"".join(each.identifier for each in parts)).digest()[:16]
    kept = io.BytesIO()
    with _ONE:
        parts[0]._laid_out.copy(pages).write_pdf(kept, pdf_identifier=identifier, **_HOW)
    return kept.getvalue()


def render(page: str, styles: Sequence[str] = (), given: Mapping[str, bytes] | None = None) -> bytes:
    """`lay_out` and the PDF of it in one step."""
    return lay_out(page, styles, given).pdf()


def stamped(pdf: bytes, words: str) -> bytes:
    """The same PDF with these words at the top of every page."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf))
    over = pypdf.PdfReader(io.BytesIO(_stamp(words))).pages[0]
    for page in writer.pages:
        page.merge_page(over)
    kept = io.BytesIO()
    writer.write(kept)
    return kept.getvalue()


@cache
def _stamp(words: str) -> bytes:
    style = (
        f"@page {{ size: A4; margin: 6mm }} html {{ font: bold 14pt {FONTS} }} p {{ margin: 0; text-align: center }}"
    )
    page = f"<html lang='en-GB'><title>{html.escape(words)}</title><p>{html.escape(words)}</p></html>"
    return render(page, [style])


_HOW: dict[str, Any] = {"pdf_variant": "pdf/ua-1"}


class _Given:
    """Fetches what was handed in by name, and nothing else: it does not inherit the ways of WeasyPrint's own."""

    _fail_on_errors = False  # what WeasyPrint asks of a fetcher: what is refused is left out

    def __init__(self, given: Mapping[str, bytes]) -> None:
        self._given = given

    def __call__(self, url: str, *_: Any, **__: Any) -> Any:
        return self.fetch(url)

    def fetch(self, url: str, headers: Any = None) -> Any:
        from weasyprint.urls import URLFetcherResponse

        name = url.removeprefix(GIVEN)
        if not url.startswith(GIVEN) or name not in self._given:
            raise ValueError("only what was handed in by name may be used")
        return URLFetcherResponse(url, self._given[name])


@cache
def _weasyprint() -> Any:
    # WeasyPrint names what it could not read, which may be what a person wrote.
    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
    logging.getLogger("fontTools").setLevel(logging.CRITICAL)
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            import weasyprint
    except OSError as error:
        raise CannotPrint(NEEDS) from error
    finally:
        # WeasyPrint lets the whole program take pictures that break off. What people send must be whole.
        ImageFile.LOAD_TRUNCATED_IMAGES = False
    return weasyprint


@cache
def _fonts() -> Any:
    from weasyprint.text.fonts import FontConfiguration

    return FontConfiguration()


@cache
def _style(text: str) -> Any:
    return _weasyprint().CSS(string=text, url_fetcher=_Given({}))
