"""Names of all kinds, and clients that send what no form would: an answer, never a fault."""

from __future__ import annotations

import csv
import random
from pathlib import Path
from typing import Any

import pytest

from casework.extensions import db
from casework.feedback.models import Feedback
from casework.parties.models import Party
from casework.saying.questions import PAGES
from tests.browser import Browser
from tests.saying.steps import send


def test_names_as_people_bear_them_arrive_as_they_were_typed(client: Browser, shared: Path) -> None:
    with open(shared / "messy-input" / "common-forenames-by-country.csv", encoding="utf-8-sig", newline="") as file:
        names = sorted({row["Localized Name"].strip() for row in csv.DictReader(file)} - {""})
    for name in random.Random(7).sample(names, 12):
        client.submit("/feedback/say/what", {"what": f"Ask {name}."})
        client.submit("/feedback/say/you", {"named": "named", "name": name})
        send(client)
        assert db.session.query(Party).order_by(Party.id.desc()).first().name == name
        assert name in db.session.query(Feedback).order_by(Feedback.id.desc()).first().encounter.what


HOSTILE = [
    "\x00",
    "a\x00b",
    "x" * 200_000,
    "\ud800".encode("utf-8", "surrogatepass"),
    "{{7*7}}",
    "<script>alert(1)</script>",
    "9" * 400,
    "-1",
    "\u202e",
]


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_that_a_client_sends_breaks_a_page(client: Browser, value: Any) -> None:
    for page in PAGES:
        names = _inputs(page.slug)
        answer = client.submit(f"/feedback/say/{page.slug}", dict.fromkeys(names, value))
        assert answer.status_code in {302, 400, 413}, (page.slug, answer.status_code)
        assert "<script>alert" not in client.text
        assert (
            client.post(f"/feedback/say/{page.slug}", dict.fromkeys(names, value) | {"then": "later"}).status_code < 500
        )
        assert client.get(f"/feedback/say/{page.slug}").status_code < 500
    for path in ("/feedback/check", "/feedback/save", "/feedback/done"):
        assert client.get(path).status_code < 500, path
    for slip_of in ("1.x", "x", "9" * 30 + ".x", "\u0661.x", ".", value):
        client.get("/feedback/say/want")
        assert client.post("/feedback/now", {"slip": slip_of}).status_code in {302, 413}


def _inputs(slug: str) -> list[str]:
    found = {
        "want": ["want"], "what": ["what", "effect", "wish"],
        "when": ["on-day", "on-month", "on-year", "around", "place", "borough", "searched", "receipt", "arrested"],
        "who": ["officers", "vehicle", "witnesses", "about"], "evidence": ["evidence"],
        "you": ["named", "name", "born-day", "born-month", "born-year", "relation"],
        "other": ["name", "born-day", "born-month", "born-year", "authority", "email", "address", "postcode"],
        "contact": ["channel", "email", "address", "postcode", "phone", "voicemail", "not_home", "safe_times"],
        "needs": ["contact_needs", "language", "other"], "panel": ["panel"],
    }  # fmt: skip
    return found[slug]


def test_a_page_that_is_not_there_is_not_found(client: Browser) -> None:
    assert client.get("/feedback/say/nothing").status_code == 404
    assert client.get("/feedback/back/nothing").status_code == 404
    client.get("/feedback/say/want")
    assert client.post("/feedback/say/nothing").status_code == 404
