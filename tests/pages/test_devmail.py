"""The mail catcher's page: only in a demonstration, and what a mail says can do nothing there."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.accounts.conftest import Visitor


@pytest.fixture
def folder(demo_program: Any) -> Path:
    made = Path(demo_program.config["CASEWORK_HOME"]) / "mail"
    made.mkdir(parents=True, exist_ok=True)
    for old in made.iterdir():
        old.unlink()
    return made


def put(folder: Path, name: str, to: str, subject: str, words: str) -> None:
    mail = EmailMessage()
    mail["To"], mail["From"], mail["Subject"] = to, "Casework <casework@force.example>", subject
    mail.set_content(words)
    mail.add_alternative("<p onclick='x'>html</p>", subtype="html")
    mail.add_attachment("BEGIN:VCALENDAR", subtype="calendar", filename="ride.ics")
    head = f"X-Envelope-From: casework@force.example\nX-Envelope-To: {to}\n"
    (folder / f"{name}.eml").write_bytes(head.encode() + mail.as_bytes())


def test_mail_is_listed_newest_first_found_by_recipient_and_shown_as_text(demo: Visitor, folder: Path) -> None:
    put(
        folder, "20260101-1", "ada@example.com", "First <b>", "See http://localhost/cases/abc <script>alert(1)</script>"
    )
    put(folder, "20260102-1", "bob@example.com", "Second", "Hello")
    text = demo.get("/dev/mail").get_data(as_text=True)
    assert text.index("Second") < text.index("First &lt;b&gt;")
    found = demo.get("/dev/mail?to=ADA@").get_data(as_text=True)
    assert "ada@example.com" in found and "bob@example.com" not in found
    one = demo.get("/dev/mail/20260101-1.eml").get_data(as_text=True)
    assert "&lt;script&gt;" in one and "<script>alert" not in one and "onclick" not in one
    assert 'href="http://localhost/cases/abc"' in one
    assert "ride.ics" in one and "BEGIN:VCALENDAR" in one


@pytest.mark.parametrize(
    "name", ["../secrets.eml", "..%2fsecrets.eml", "nothing.eml", ".hidden", "20260101-1", "%00.eml"]
)
def test_only_mails_that_are_listed_open(demo: Visitor, folder: Path, name: str) -> None:
    put(folder, "20260101-1", "ada@example.com", "First", "x")
    (folder.parent / "secrets.eml").write_text("Subject: secret\n\nsecret")
    assert demo.get(f"/dev/mail/{name}").status_code == 404


def test_a_broken_file_is_shown_as_far_as_it_can_be(demo: Visitor, folder: Path) -> None:
    (folder / "20260103-1.eml").write_bytes(b"\xff\xfeSubject: \x00\r\n\xff")
    (folder / "20260104-1.eml").write_bytes(b"To: a\r\nContent-Type: text/plain; charset=nonsense\r\n\r\n\xff\xfe")
    assert demo.get("/dev/mail").status_code == 200
    assert demo.get("/dev/mail/20260103-1.eml").status_code == 200
    assert demo.get("/dev/mail/20260104-1.eml").status_code == 200


def test_there_is_no_such_page_in_earnest(app: Any, visitor: Visitor) -> None:
    assert visitor.get("/dev/mail").status_code == 404
    assert not [rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/dev")]
