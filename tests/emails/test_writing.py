"""How messages are written: headers, names in every script, line lengths, the calendar file. Nothing breaks out."""

from __future__ import annotations

import csv
import random
import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default as modern
from email.utils import parseaddr
from pathlib import Path
from typing import Any, cast

import icalendar
import pytest

from casework import emails
from casework.emails import words
from casework.emails.readers import CannotReach, clean_address, clean_name
from casework.emails.render import BadHeader
from casework.extensions import db
from tests.emails.every import Stage, sendings

NAMES = [
    "Zoë O’Brien-Müller",
    "Nguyễn Thị Minh Khai",
    "محمد بن عبد الله",
    "שרה כהן",
    "Анна Каренина",
    "王小明",
    "ประยุทธ์ จันทร์โอชา",
    "Seán Ó'Faoláin, Jr.",
    'Robert "Bobby" Tables',
    "X",
    "Wolfeschlegelsteinhausenbergerdorff " * 2,
    "ああああああああああああああああああああああああああああああああああああああああ",
    "Ὀδυσσεύς",
    "Anna (the second)",
    "Ana; María",
]


def sent(name: str = "Ada", **more: Any) -> tuple[bytes, EmailMessage]:
    """A message to somebody of a name, as bytes and as parsed."""
    given = {
        "to_address": "ada@example.org",
        "subject": "RA-7K4M-Q2XT-9: hello",
        "text": "Hello\n",
        "html": "<p>Hello</p>",
    }
    rendered = emails.Rendered(
        **(given | {"to_name": clean_name(name), "message_id": "<a@b.example>", "headers": {}} | more)
    )
    raw = rendered.message().as_bytes()
    return raw, cast(EmailMessage, message_from_bytes(raw, policy=modern))


def addressed(raw: bytes) -> tuple[str, str]:
    """Name and address of the one recipient. Python's newer parser puts spaces between encoded words; this does not."""
    name, address = parseaddr(str(message_from_bytes(raw)["To"]).replace("\r\n", ""))
    return str(make_header(decode_header(name))), address


@pytest.mark.parametrize("name", NAMES)
def test_a_name_in_any_script_arrives_as_it_was_given(app: Any, name: str) -> None:
    raw, _ = sent(name)
    assert addressed(raw) == (" ".join(name.split()), "ada@example.org")
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert raw.isascii()


def test_the_forenames_of_the_world_arrive_as_they_were_given(app: Any, shared: Path) -> None:
    with open(shared / "messy-input" / "common-forenames-by-country.csv", encoding="utf-8") as file:
        names = sorted({cell for row in csv.reader(file) for cell in row if cell and len(cell) < 60})
    for name in random.Random(3).sample(names, 400):
        raw, _ = sent(name)
        assert addressed(raw) == (clean_name(name), "ada@example.org"), name


@pytest.mark.parametrize(
    "name",
    [
        "Ada\r\nBcc: all@example.org",
        "Ada\nSubject: other",
        "Ada\x00",
        "Ada\u2028Bcc: all@example.org",
        "=?utf-8?q?Eve?=",
        "Win a prize at http://evil.example/now",
        "www.evil.example",
        "call evil.example",
        "A" * 5000,
        "\u202egnp.exe",
    ],
)
def test_a_name_that_is_none_adds_no_header_no_recipient_and_no_link(app: Any, name: str) -> None:
    raw, parsed = sent(name)
    assert len(parsed["To"].addresses) == 1 and parsed["To"].addresses[0].addr_spec == "ada@example.org"
    assert parsed["Bcc"] is None and parsed.get_all("Subject") == ["RA-7K4M-Q2XT-9: hello"]
    assert "evil" not in clean_name(name) and "\u202e" not in clean_name(name)
    assert set(map(str.lower, parsed.keys())) <= {
        "content-type",
        "mime-version",
        "subject",
        "from",
        "to",
        "date",
        "message-id",
    }


@pytest.mark.parametrize("field", ["to_address", "subject", "message_id", "reply_to", "to_name"])
@pytest.mark.parametrize("evil", ["a\r\nBcc: all@example.org", "a\nb", "a\rb", "a\x00b", "a\u2028b"])
def test_no_header_ever_carries_a_line_break(app: Any, field: str, evil: str) -> None:
    with pytest.raises(BadHeader):
        sent(**{field: evil})
    with pytest.raises(BadHeader):
        sent(headers={"Auto-Submitted": evil})


def test_an_address_with_an_international_domain_is_written_in_ascii(app: Any) -> None:
    assert clean_address("ada@bücher.example") == "ada@xn--bcher-kva.example"
    assert clean_address(" ada+tag@Example.org ") == "ada+tag@Example.org"
    for wrong in ("a", "@b", "a@", "a b@c.d", "a@b,c@d", 'a"b@c.d', "ä@b.c", "a@b\nc"):
        with pytest.raises(CannotReach):
            clean_address(wrong)


def test_a_message_says_by_its_headers_what_it_is(app: Any) -> None:
    stage = Stage()
    owed = stage.owe(next(s for s in sendings() if s.name == "ride-received"))
    raw = emails.render(owed).message().as_bytes()
    parsed = cast(EmailMessage, message_from_bytes(raw, policy=modern))
    assert parsed["Auto-Submitted"] == "auto-generated"
    assert str(parsed["From"]) == "Casework <casework@force.example>"
    assert str(parsed["Reply-To"]) == "contact@casework.example"
    assert parsed["Date"].datetime.tzinfo is not None and parsed["MIME-Version"] == "1.0"
    assert re.fullmatch(r"<[0-9a-f]{40}@force\.example>", parsed["Message-ID"])
    assert not [name for name in parsed if name.lower().startswith("list-")]
    assert [part.get_content_type() for part in parsed.walk() if not part.is_multipart()] == ["text/plain", "text/html"]
    assert emails.render(owed).message_id == parsed["Message-ID"], "the same each time"


def test_long_lines_and_letters_of_any_script_survive_the_way(app: Any) -> None:
    text = "Grüße, 王小明 " * 300 + "\n.\n..\nFrom here\n" + "x" * 5000 + "\n"
    raw, parsed = sent(text=text, html=f"<p>{text}</p>")
    assert raw.isascii() and all(len(line) <= 998 for line in raw.splitlines())
    plain = parsed.get_body(("plain",))
    assert plain is not None and plain.get_content().replace("\r\n", "\n") == text


def test_plain_text_is_wrapped_but_links_and_telephone_numbers_stay_whole() -> None:
    link = "https://casework.example/cases/" + "a" * 90
    text = words.tidy(f"{'word ' * 40}\n\n\n\n- {'item ' * 30}\nSee {link} now, or call 020 7946 0000.\n" * 3)
    assert link in text and text.count("020 7946 0000") == 3 and "\n\n\n" not in text
    assert all(len(line) <= 76 for line in text.splitlines() if "https" not in line)
    assert "\n  item" in text, "what an item goes on with is set in"


@pytest.mark.parametrize(
    ("name", "action", "method", "status"),
    [
        ("ride-booked", "accept", "PUBLISH", "CONFIRMED"),
        ("ride-changed", "change", "PUBLISH", "CONFIRMED"),
        ("ride-cancelled-by-police", "cancel", "CANCEL", "CANCELLED"),
        ("ride-cancelled-by-rider", "cancel_own", "CANCEL", "CANCELLED"),
    ],
)
def test_a_calendar_follows_the_booking(app: Any, name: str, action: str, method: str, status: str) -> None:
    stage = Stage()
    rendered = emails.render(stage.owe(next(s for s in sendings() if s.name == name and s.action == action)))
    parsed = message_from_bytes(rendered.message().as_bytes(), policy=modern)
    (part,) = [each for each in parsed.walk() if each.get_content_type() == "text/calendar"]
    assert part.get_param("method") == method and part.get_filename() == "ride-along.ics"
    calendar = icalendar.Calendar.from_ical(part.get_payload(decode=True))
    assert calendar["METHOD"] == method
    (event,) = calendar.walk("VEVENT")
    slot = stage.booking.slot
    assert event["UID"] == f"ride-{stage.booking.id}@force.example" and event["STATUS"] == status
    assert event.decoded("DTSTART") == slot.during.lower.astimezone(UTC)
    assert event.decoded("DTEND") == slot.during.upper.astimezone(UTC)
    assert ("LOCATION" in event) == (method == "PUBLISH")
    assert isinstance(event.decoded("DTSTAMP"), datetime) and int(event["SEQUENCE"]) > 0


def test_an_offer_that_is_taken_back_has_no_calendar_file(app: Any) -> None:
    stage = Stage()
    taken = next(s for s in sendings() if s.name == "ride-cancelled-by-police" and s.action == "take_back")
    assert emails.render(stage.owe(taken)).attachments == []
    db.session.rollback()
