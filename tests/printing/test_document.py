"""A PDF is readable by a screen reader, the same each time, and nothing that somebody wrote makes us fetch anything."""

from __future__ import annotations

import http.server
import io
import threading
from collections.abc import Iterator
from pathlib import Path

import pypdf
import pytest

from casework.printing import document
from casework.running import doctor
from tests import needs


def page(body: str, head: str = "") -> str:
    return f"<html lang='en-GB'><head><title>A letter</title>{head}</head><body><h1>Hello</h1>{body}</body></html>"


class Canary(http.server.BaseHTTPRequestHandler):
    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"x")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def canary() -> Iterator[str]:
    """A web server that remembers whether anybody asked it for anything."""
    Canary.asked = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Canary)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


HOSTILE = [
    "<img src='{url}' alt='x'>",
    "<img srcset='{url} 2x' src='{url}' alt='x'>",
    "<style>@import url('{url}');</style>",
    "<style>@import '{url}'; body {{ background: url({url}) }} h1::before {{ content: url({url}) }}</style>",
    "<style>@font-face {{ font-family: x; src: url({url}) }} body {{ font-family: x }}</style>",
    "<link rel='stylesheet' href='{url}'>",
    "<link rel='attachment' href='{url}'>",
    "<a rel='attachment' href='{url}'>x</a>",
    "<object data='{url}'></object><embed src='{url}'><iframe src='{url}'></iframe>",
    "<svg xmlns:xlink='http://www.w3.org/1999/xlink'><title>x</title><image href='{url}' xlink:href='{url}' width='9' height='9'/>"
    "<use href='{url}#a' xlink:href='{url}#a'/><style>@import url({url}); rect {{ fill: url({url}#a) }}</style>"
    "<rect width='9' height='9' fill='url({url}#a)'/></svg>",
    "<ul style='list-style-image: url({url})'><li>x</li></ul>",
    "<p style='background: url({url}); border-image: url({url}) 1; mask-image: url({url}); cursor: url({url})'>x</p>",
    "<base href='{url}'><img src='relative.png' alt='x'>",
    "<script src='{url}'></script><video src='{url}' poster='{url}'></video><input type='image' src='{url}'>",
    "<meta http-equiv='refresh' content='0; url={url}'>",
    "<img alt='x' src=\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><image href='{url}' width='9' height='9'/></svg>\">",
]


@needs.pango
@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_that_somebody_wrote_makes_us_ask_the_network_or_read_a_file(
    hostile: str, canary: str, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.svg"
    kept.write_text("<svg xmlns='http://www.w3.org/2000/svg'><text y='9'>THE-SECRET-OF-THE-MACHINE</text></svg>")
    for address in (canary, kept.as_uri(), str(kept), "file:///etc/passwd", "ftp://127.0.0.1/x"):
        made = document.render(page(hostile.format(url=address)))
        text = "".join(each.extract_text() for each in pypdf.PdfReader(io.BytesIO(made)).pages)
        assert "Hello" in text and "SECRET" not in text and "root:" not in text
        assert not pypdf.PdfReader(io.BytesIO(made)).attachments
    assert Canary.asked == []


@needs.pango
def test_what_was_handed_in_by_name_is_drawn_and_only_that() -> None:
    drawing = b"<svg xmlns='http://www.w3.org/2000/svg' width='90' height='20'><text y='15'>STAMP</text></svg>"
    html = page("<img src='given:stamp' alt='x'><img src='given:other' alt='y'>")
    made = document.render(html, given={"stamp": drawing})
    assert "STAMP" in pypdf.PdfReader(io.BytesIO(made)).pages[0].extract_text()
    assert "STAMP" not in pypdf.PdfReader(io.BytesIO(document.render(html))).pages[0].extract_text()


@needs.pango
def test_a_screen_reader_is_told_title_language_and_structure() -> None:
    reader = pypdf.PdfReader(io.BytesIO(document.render(page("<p>Text</p><ul><li>One</li></ul>"))))
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "en-GB" and root["/MarkInfo"]["/Marked"] and root["/StructTreeRoot"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata and reader.metadata.title == "A letter"
    assert b"pdfuaid" in root["/Metadata"].get_data()
    with pytest.raises(ValueError):
        document.render("<html><body>no title</body></html>")


@needs.pango
def test_the_same_letter_is_the_same_file_however_often_it_is_made() -> None:
    html = page("<p>Żółć, Ελλάδα, العربية, עברית, हिन्दी</p>")
    assert document.render(html) == document.render(html)
    two = [document.lay_out(html), document.lay_out(page("<p>another</p>"))]
    assert document.together(two) == document.together(two)
    assert len(pypdf.PdfReader(io.BytesIO(document.together(two))).pages) == 2


@needs.pango
def test_many_letters_in_one_file_each_count_their_own_pages() -> None:
    style = "@page { size: A4; @bottom-center { content: 'Page ' counter(page) ' of ' counter(pages) } }"
    long = page("<p style='break-after: page'>a</p><p>b</p>")
    made = document.together([document.lay_out(each, [style]) for each in (long, page("<p>c</p>"))])
    texts = [each.extract_text() for each in pypdf.PdfReader(io.BytesIO(made)).pages]
    assert ["Page 1 of 2" in texts[0], "Page 2 of 2" in texts[1], "Page 1 of 1" in texts[2]] == [True] * 3


@needs.pango
def test_where_each_named_thing_lies_is_known_to_the_tenth_of_a_millimetre() -> None:
    style = "@page { size: A4; margin: 0 } #a { position: absolute; left: 20mm; top: 50mm; width: 85mm; height: 30mm }"
    boxes = document.lay_out(page("<div id='a'>x</div>"), [style]).boxes()
    assert boxes["a"] == document.Box(1, 20.0, 50.0, 85.0, 30.0)


def test_a_machine_without_pango_is_told_so_in_a_sentence_and_works_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    def lacks() -> None:
        raise document.CannotPrint(document.NEEDS)

    monkeypatch.setattr(document, "_weasyprint", lacks)
    assert "apt-get install libpango" in document.missing()
    assert document.NEEDS in list(doctor.worth_knowing({"CASEWORK_DEMO": "1"}))
    with pytest.raises(document.CannotPrint):
        document.render(page(""))
