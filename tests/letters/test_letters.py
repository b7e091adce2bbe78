"""What an online reader is told, a postal one is told too: same facts, same dates, on paper that finds its way."""

from __future__ import annotations

import html
import io
import re
from datetime import timedelta
from typing import Any

import pypdf
import pypdfium2
import zxingcpp
from hypothesis import HealthCheck, given
from hypothesis import settings as some_settings
from hypothesis import strategies as some

from casework import emails, letters, sealed
from casework.clocks.words import long_date
from casework.emails.render import TEMPLATES
from casework.extensions import db
from casework.letters import address
from casework.moments import today
from casework.outbox.messages import EMAIL_ONLY
from casework.outbox.models import Owed
from casework.parties.models import Party
from casework.printing import codes
from casework.settings import service as settings
from tests import needs
from tests.emails.every import Stage
from tests.emails.every import sendings as of_rides
from tests.emails.said import Said, sendings, with_somebody_acting
from tests.emails.test_messages import words_of_html

DAY = re.compile(r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day \d{1,2} [A-Z][a-z]+ \d{4}\b")


def every() -> Any:
    """Every message that a table can owe, to a reader with a postal address; each with its e-mail's words."""
    ride = Stage()
    stages: list[tuple[Any, Any]] = []
    stages += [(ride, each) for each in of_rides()]
    plain = Said()
    acting = with_somebody_acting(cast=plain.cast)
    stages += [(acting if each.name.startswith("authority") else plain, each) for each in sendings()]
    for stage, sending in stages:
        if sending.name in EMAIL_ONLY:
            continue
        row = stage.owe(sending)
        yield sending, row


def person_of(row: Owed) -> Party:
    return db.session.get_one(Party, int(row.part.removeprefix("party:")))


def words_of_letter(letter: letters.Letter) -> str:
    return " ".join(words_of_html(re.sub(r"<title>.*?</title>", "", letter.html, flags=re.DOTALL)))


def pages_of(pdf: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def test_a_letter_says_all_that_the_email_says_with_the_same_dates_and_without_links(app: Any) -> None:
    seen = set()
    for sending, row in every():
        mail = " ".join(emails.render(row).text.split())
        party = person_of(row)
        row.code_generation = party.code_generation
        letter = letters.write(row, today())
        said = words_of_letter(letter)
        assert set(DAY.findall(mail)) <= set(DAY.findall(said)), sending
        assert "/cases/" not in letter.html and "link below" not in said and "<a " not in letter.html, sending
        assert letter.paper.reference in said, sending
        assert (letter.paper.code in said and letter.paper.code != "") == party.acts, sending
        body = mail.partition(",")[2].partition("How to reach us")[0].partition("page ---")[0]
        for sentence in re.split(r"(?<=[.:])\s+", body):
            plain = re.sub(r"[-\s]+", " ", sentence).strip()
            if "link" in plain or "http" in plain or "file with this" in plain or plain.startswith("Your "):
                continue
            assert " ".join(re.findall(r"\w+", plain)) in " ".join(re.findall(r"\w+", said)), (str(sending), plain)
        seen.add(sending.name)
    assert {path.stem for path in (TEMPLATES / "letters").glob("[a-z]*.html")} - seen == {"contact-changed"} - seen


@needs.pango
def test_a_letter_comes_as_tagged_pages_with_a_code_that_brings_the_answer_home(app: Any) -> None:
    stage = Said()
    sending = next(each for each in sendings() if each.name == "feedback-question")
    row = stage.owe(sending, "letter")
    row.code_generation = person_of(row).code_generation
    letter = letters.write(row, today())
    assert letter.answers
    pdf = letter.document().pdf()
    texts = pages_of(pdf)
    assert f"Page 1 of {len(texts)}" in texts[0] and "Reply form" in texts[-1] and "Keep this slip" in texts[-1]
    found = []
    for page in pypdfium2.PdfDocument(io.BytesIO(pdf)):
        for each in zxingcpp.read_barcodes(page.render(scale=200 / 72).to_pil()):
            found.append(codes.read(each.text, sealed.key_for(codes.PURPOSE)))
    reference = stage.subjects["feedback"].reference
    assert found == [codes.ReplyCode(reference, row.id)] * 2
    root = pypdf.PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    assert root["/Lang"] == "en-GB" and root["/StructTreeRoot"]


@needs.pango
def test_nothing_but_the_address_is_where_the_window_of_the_envelope_is(app: Any) -> None:
    stage = Said()
    row = stage.owe(next(each for each in sendings() if each.name == "complaint-outcome"), "letter")
    party = person_of(row)
    party.address, party.postcode = "Flat 3\n14 Sorrel Walk\nFennel Estate\nThe Long Road\nHackney\nLondon", "E8 1AA"
    for large in (False, True):
        party.adjustments = {"contact_needs": ["large-print"]} if large else {}
        letter = letters.write(row, today())
        page = pypdfium2.PdfDocument(io.BytesIO(letter.document().pdf()))[0]
        text = page.get_textpage()
        inside, across, high = "", 72 / 25.4, page.get_height()
        inside = text.get_text_bounded(0, high - 92 * across, 121 * across, high - 42 * across)
        lines = [line.strip() for line in inside.splitlines() if line.strip()]
        assert lines[0].startswith("If not delivered: PO Box 1") and "Police" not in inside
        assert lines[1] == party.name and lines[-1] == "E8 1AA"
        assert ", ".join(lines[2:-1]) == "Flat 3, 14 Sorrel Walk, Fennel Estate, The Long Road, Hackney, London"
        safe = text.get_text_bounded(18 * across, high - 86 * across, 108 * across, high - 48 * across)
        assert "E8 1AA" in safe and party.name in safe


def test_the_force_is_named_in_the_window_only_where_a_setting_says_so_and_never_to_whom_it_may_harm(
    app: Any, cast: Any
) -> None:
    stage = Said()
    row = stage.owe(next(each for each in sendings() if each.name == "case-message"), "letter")
    party, force = person_of(row), app.config["FORCE_NAME"]
    above = re.compile(rf"If not delivered: {re.escape(force)}")
    assert not above.search(letters.write(row, today()).html)
    settings.change("letter.mark", True, cast.supervisor, "Our envelopes are neutral")
    assert above.search(letters.write(row, today()).html)
    party.adjustments = {"not_home": True}
    assert not above.search(letters.write(row, today()).html)


def test_who_asked_for_large_print_gets_it_and_nobody_else(app: Any) -> None:
    stage = Said()
    row = stage.owe(next(each for each in sendings() if each.name == "feedback-reply"), "letter")
    assert '<body class="normal">' in letters.write(row, today()).html
    person_of(row).adjustments = {"contact_needs": ["large-print"]}
    assert '<body class="large">' in letters.write(row, today()).html


def test_the_dates_of_a_letter_are_counted_from_the_day_on_which_it_is_posted(app: Any) -> None:
    stage = Said()
    outcome = stage.owe(next(each for each in sendings() if each.name == "complaint-outcome"), "letter")
    for later in (0, 1, 5):
        day = today() + timedelta(days=later)
        said = words_of_letter(letters.write(outcome, day))
        last = settings.rule("complaint.review").due(day, settings.calendar())
        assert long_date(day) in said and f"last day is {long_date(last)}" in said.replace(",", "")


def test_hostile_words_stay_words_on_paper(app: Any) -> None:
    stage = Said()
    row = stage.owe(next(each for each in sendings() if each.name == "feedback-question"), "letter")
    party = person_of(row)
    evil = "<img src='file:///etc/passwd'><style>@import url(http://127.0.0.1:9)</style>"
    party.name, party.address = f"Bo {evil}", evil
    letter = letters.write(row, today())
    assert "<img" not in letter.html and "<style" not in letter.html and html.escape("<img src=") in letter.html


@some_settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    some.text(max_size=40),
    some.lists(some.text(alphabet="abc XYZ,.\t19", max_size=20), max_size=9),
    some.sampled_from(["", "E8 1AA", "sw1a 1aa"]),
)
def test_an_address_of_any_shape_fits_the_window_and_loses_nothing(name: str, parts: list[str], code: str) -> None:
    lines = address.lines(name, "\n".join(parts), code)
    assert len(lines) <= address.MOST_LINES
    if code:
        assert lines[-1] == code
    squeezed = "".join(" ".join(lines).split()).replace(",", "")
    for part in parts:
        assert (
            "".join(part.split()).replace(",", "") in squeezed
            or "".join(part.split()).upper() == "".join(code.split()).upper()
        )
