"""A paper form asks what the page asks, and everybody knows where its answers stand, for as long as it is about."""

from __future__ import annotations

import io
from typing import Any

import pypdf
import pypdfium2
import pytest
import zxingcpp

from casework import sealed
from casework.post import blanks, papers
from casework.printing import codes, document
from casework.rides import questions as rides
from casework.saying import questions as saying
from tests import needs
from tests.browser import Browser

BOTH = [(name, large) for name in papers.FORMS for large in (False, True)]


@needs.pango
@pytest.mark.parametrize(("name", "large"), BOTH)
def test_a_form_that_is_printed_today_lies_as_it_was_frozen(app: Any, name: str, large: bool) -> None:
    form = papers.FORMS[name]
    assert blanks.boxes(form, large) == papers.layout(name, form.version, large), (
        "the form has changed: give it a new version in casework/post/papers.py, then run `casework papers freeze`"
    )


@pytest.mark.parametrize(("name", "large"), BOTH)
def test_every_answer_has_a_box_of_its_own_on_the_paper(name: str, large: bool) -> None:
    boxes = papers.layout(name, papers.FORMS[name].version, large)
    wanted = set()
    for question in papers.FORMS[name].questions():
        wanted |= {question.name} | {f"{question.name}:{tick.value}" for tick in question.ticks}
    assert set(boxes) == wanted
    asked = papers.FORMS[name].questions()
    groups = {question.name for question in asked if question.ticks}
    writable = [(key, box) for key, box in boxes.items() if key not in groups]
    for number, (key, box) in enumerate(writable):
        assert box.x >= 15 and box.x + box.width <= 195 and box.y >= 30 and box.y + box.height <= 280, key
        for other, box2 in writable[number + 1 :]:
            apart = (
                box.page != box2.page
                or box.x + box.width <= box2.x
                or box2.x + box2.width <= box.x
                or box.y + box.height <= box2.y
                or box2.y + box2.height <= box.y
            )
            assert apart, (key, other)


def test_paper_asks_all_that_the_pages_ask_but_files(app: Any) -> None:
    with app.test_request_context():
        for name, pages in (("ride", rides.PAGES), ("feedback", saying.PAGES), ("complaint", saying.PAGES)):
            online = {f"{page.slug}.{each.short_name}" for page in pages for each in page.form.again(None).questions()}
            on_paper = {question.name for question in papers.FORMS[name].questions()}
            missing = {"evidence.files"} & online | ({"want.want"} if name == "complaint" else set())
            assert on_paper == (online - missing) | {papers.SIGNATURE}


def test_an_option_on_paper_is_taken_by_the_page_as_it_is_called(app: Any) -> None:
    with app.test_request_context():
        for form in papers.FORMS.values():
            online = {page.slug: page.form for page in form.pages}
            for question in form.questions():
                for tick in question.ticks:
                    slug, _, short = question.name.partition(".")
                    filled = online[slug].again({short: [tick.value]})
                    assert filled._fields[short].data not in (None, []), (question.name, tick.value)


def test_what_is_critical_is_asked_somewhere() -> None:
    asked = {question.name for form in papers.FORMS.values() for question in form.questions()}
    assert asked >= papers.CRITICAL
    for name in ("ride", "feedback", "complaint"):
        assert {each.name for each in papers.FORMS[name].questions()} & papers.CRITICAL > {papers.SIGNATURE}


@needs.pango
@pytest.mark.parametrize(("name", "large"), BOTH)
def test_every_page_of_a_form_says_to_the_scanner_which_it_is(app: Any, name: str, large: bool) -> None:
    made = pypdfium2.PdfDocument(io.BytesIO(blanks.pdf(papers.FORMS[name], large)))
    assert len(made) == papers.pages(name, papers.FORMS[name].version, large)
    for number, page in enumerate(made, 1):
        found = zxingcpp.read_barcodes(page.render(scale=200 / 72).to_pil())
        read = [codes.read(each.text, sealed.key_for(codes.PURPOSE)) for each in found]
        assert read == [codes.FormCode(name, papers.FORMS[name].version, number, large)]


@needs.pango
def test_anybody_gets_each_form_from_the_page_and_is_told_where_to_send_it(app: Any) -> None:
    browser = Browser(app)
    for door in ("/ride-along", "/feedback", "/complaints"):
        assert "/paper-forms" in browser.get(door).text
    assert "PO Box 1" in browser.get("/paper-forms").text
    for name, form in papers.FORMS.items():
        plain = browser.get(f"/paper-forms/{name}.txt")
        assert plain.mimetype == "text/plain" and all(section.title in plain.text for section in form.sections)
        for kind in ("pdf", "large.pdf"):
            answer = browser.get(f"/paper-forms/{name}.{kind}")
            reader = pypdf.PdfReader(io.BytesIO(answer.data))
            assert reader.metadata and form.title in str(reader.metadata.title)
            assert "PO Box 1" in reader.pages[0].extract_text()
    for wrong in ("/paper-forms/other.pdf", "/paper-forms/ride.exe", "/paper-forms/ride"):
        assert browser.get(wrong).status_code == 404


def test_where_nothing_can_be_printed_people_are_offered_the_text(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def lacks() -> None:
        raise document.CannotPrint(document.NEEDS)

    monkeypatch.setattr(document, "_weasyprint", lacks)
    blanks._pdf.cache_clear()
    browser = Browser(app)
    page = browser.get("/paper-forms").text
    assert "ride.txt" in page and "ride.pdf" not in page
    assert browser.get("/paper-forms/ride.pdf").status_code == 404
