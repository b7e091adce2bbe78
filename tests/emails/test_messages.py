"""What messages say: every one in every state that can send it, the same in text and HTML, and nothing too much."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pytest

from casework import emails
from casework.extensions import db
from casework.outbox.messages import MESSAGES
from tests.emails import said
from tests.emails.every import QUESTION, Stage, sendings

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "emails"

# Nothing of the checks, of health, of what somebody said about themselves; no words that only insiders know.
FORBIDDEN = re.compile(
    r"\b(vetting|convict\w*|criminal|offence|intelligence|PNC|PND|caution(ed)?|arrest\w*|health|medical|disab\w*|"
    r"clearance|adverse|not clear|birth|undefined|None|null|TODO|lorem|kindly|hereby|pursuant|regret to inform)\b",
    re.IGNORECASE,
)


def test_every_message_has_a_subject_a_text_and_an_html_part_and_nothing_else_lies_there() -> None:
    assert {each.name for each in TEMPLATES.iterdir() if each.is_dir()} == set(MESSAGES)
    for name in MESSAGES:
        assert {each.name for each in (TEMPLATES / name).iterdir()} == {"subject.txt", "body.txt", "body.html"}


def test_every_message_renders_for_a_case_in_every_state_that_can_send_it(app: Any) -> None:
    stage, seen = Stage(), set()
    for sending in list(sendings()):
        row = stage.owe(sending)
        rendered = emails.render(row)
        check(rendered, str(sending))
        assert rendered.subject.startswith(stage.ride.reference + ": "), sending
        assert rendered.to_address == "adaeze@example.org" and rendered.to_name == "Adaeze Okonkwo-Price"
        assert "Hello Adaeze Okonkwo-Price," in rendered.text and "/cases/" in rendered.text, sending
        db.session.rollback()
        seen.add(sending.name)
    for row in stage.others():
        check(emails.render(row), row.name)
        seen.add(row.name)
    seen |= {sending.name for sending in said.sendings()} | said.OTHERS
    assert seen == set(MESSAGES), "a message that nothing can owe, or that this test does not know"


def check(rendered: emails.Rendered, label: str) -> None:
    assert words_of_text(rendered.text) == words_of_html(rendered.html), label
    for part in (rendered.subject, rendered.text):
        # What staff asked in their own words is theirs.
        found = FORBIDDEN.search(part)
        assert not found, (label, found and found[0])
    assert not re.search(r"<(img|script|link|iframe|object|form|style)\b|src=|@import|url\(", rendered.html), label
    for link in re.findall(r'href="([^"]*)"', rendered.html):
        assert link.startswith("http://localhost/"), (label, link)
    assert len(rendered.subject) <= 120 and "\n" not in rendered.subject, label
    assert max(map(len, rendered.text.splitlines())) <= 130, label
    assert "\n\n\n" not in rendered.text and "{" not in rendered.text, label
    rendered.message().as_bytes()


def words_of_text(text: str) -> list[str]:
    lines = [line for line in text.splitlines() if set(line.strip()) != {"-"}]
    return " ".join(re.sub(r"^\s*- ", "", line) for line in lines).split()


def words_of_html(page: str) -> list[str]:
    body = page.partition("<body")[2].partition(">")[2]
    return html.unescape(re.sub(r"<[^>]*>", " ", body)).split()


def test_no_message_tells_more_than_it_should(app: Any) -> None:
    """Planted: birth date, telephone, emergency contact, what was declared, the host, what staff noted on the place."""
    stage = Stage()
    planted = ["28 February 1990", "1990-02-28", "7946 0018", "Ngozi", "1 High Street", "Host", "host@force.example"]
    for sending in list(sendings()):
        text = emails.render(stage.owe(sending)).text
        for secret in planted:
            assert secret not in text.replace("ride-along host", ""), (str(sending), secret)


def test_where_to_come_is_told_after_accepting_only(app: Any) -> None:
    stage = Stage()
    place = stage.booking.slot.place
    told = {str(sending.name) for sending in list(sendings()) if place in emails.render(stage.owe(sending)).text}
    assert told == {
        "ride-booked",
        "ride-changed",
        "ride-reminder-week",
        "ride-reminder-two-days",
        "ride-reminder-morning",
    }


def test_a_question_is_quoted_and_its_markup_is_harmless(app: Any) -> None:
    stage = Stage()
    asked = next(sending for sending in sendings() if sending.name == "ride-question")
    rendered = emails.render(stage.owe(asked))
    assert "  Which borough do you live in?\n  And since when: <2020 & later>?\n" in rendered.text
    assert "&lt;2020 &amp; later&gt;" in rendered.html and "<2020" not in rendered.html
    assert QUESTION.partition("\n")[0] in rendered.text


@pytest.mark.parametrize("name", ["ride-refused", "ride-reconsidered"])
def test_a_refusal_says_when_to_apply_again_and_what_else_one_can_do(app: Any, name: str) -> None:
    stage = Stage()
    sending = next(s for s in sendings() if s.name == name and s.action != "overturn")
    text = emails.render(stage.owe(sending)).text
    assert "You can apply again" in text and "Other ways to take part" in text
    if name == "ride-refused":
        assert "look at this decision again" in text
        stage.ride.reconsidered = True
        db.session.commit()
        assert "look at this decision again" not in emails.render(stage.owe(sending)).text
