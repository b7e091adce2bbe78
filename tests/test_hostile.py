"""Hostile input in every field of every form, as visitor and as each role: no 5xx, nothing reflected, nothing run."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest

from casework.cases import service as cases
from casework.extensions import db
from casework.parties import secrets
from casework.rides import service as rides
from tests import factories
from tests.browser import Browser
from tests.rides.test_apply import ANSWERS, fill

MARK = "<i data-evil>"
PAYLOADS = [
    MARK + "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>",
    "' OR 1=1; DROP TABLE cases; --",
    "{{ 1337*7331 }}${1337*7331}<%= 1337*7331 %>#{1337*7331}",
    "\x00\x01\x1b[31m\r\nBcc: victim@example.org\r\n\r\nX",
    "\ud800\udfff".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
    "../../../../etc/passwd",
    "=cmd|' /C calc'!A0",
    "9" * 400,
    "-1",
    "x" * 20_000,
    "\u202e\u2066ltr\u200b",
    "2026-02-30",
    "javascript:alert(1)",
    "",
]


class Forms(HTMLParser):
    """The forms of a page that are sent by POST: address and names of inputs with their values."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self._open: tuple[str, dict[str, str]] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        if tag == "form" and given.get("method", "").lower() == "post":
            self._open = (given.get("action", ""), {})
        elif self._open is not None and given.get("name") and tag in {"input", "select", "textarea", "button"}:
            self._open[1].setdefault(given["name"], given.get("value", ""))
            if tag == "button" and given.get("formaction"):
                self.found.append((given["formaction"], dict(self._open[1])))
        elif self._open is not None and tag == "button" and given.get("formaction"):
            self.found.append((given["formaction"], dict(self._open[1])))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._open is not None:
            self.found.append(self._open)
            self._open = None


# What would end the test's own session, or is a door of its own (tested there).
LEFT_OUT = ("/staff/sign-out", "/staff/act-as", "/track/leave", "/staff/sign-in", "/cookies")


def attack(browser: Browser, path: str, payloads: list[str] = PAYLOADS) -> int:
    """Send every payload in every field of every form of a page; returns how many were sent."""
    answer = browser.follow(browser.get(path))
    assert answer.status_code < 500, path
    forms = Forms(browser.text).found
    sent = 0
    for action, fields in forms:
        target = action or path
        if target.startswith(LEFT_OUT):
            continue
        names = [name for name in fields if name != "csrf_token"]
        for payload in payloads:
            browser.follow(browser.get(path))
            token = browser.token()
            evil = dict.fromkeys(names, payload) | {
                "csrf_token": token,
                "state": "closed",
                "is_open": "0",
                "id": "1",
                "extra[]": payload,
            }
            if "version" in fields:
                evil["version"] = fields["version"] if payload else payload
            answer = browser.post_bare(target, evil)
            check(browser, answer, target, payload)
            sent += 1
    for payload in PAYLOADS[:4]:
        answer = browser.get(
            path
            + "?"
            + "&".join(
                f"{name}={_quoted(payload)}" for name in ("after", "view", "state", "area", "from", "next", "to", "q")
            )
        )
        check(browser, answer, path, payload)
        sent += 1
    return sent


def check(browser: Browser, answer: Any, where: str, payload: str) -> None:
    assert answer.status_code < 500, (where, payload[:40], browser.words[:200])
    assert MARK not in browser.text, (where, payload[:40])
    assert "Traceback" not in browser.text
    assert "victim@example.org" not in str(answer.headers)
    assert "9801547" not in browser.text, where
    location = answer.headers.get("Location", "/")
    assert location.startswith("/") and not location.startswith("//"), location


def _quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text.encode("utf-8", "replace"))


def test_the_public_pages_stand_hostile_input(app: Any, client: Browser) -> None:
    sent = sum(attack(client, f"/ride-along/apply/{slug}") for slug in ANSWERS)
    sent += sum(
        attack(client, path)
        for path in ("/track", "/track/lost", "/service-feedback", "/ride-along/tell-me/north", "/ride-along/numbers")
    )
    fill(client)
    sent += attack(client, "/ride-along/apply/save")
    assert sent > 250


def test_the_tracking_pages_stand_hostile_input(app: Any, cast: Any) -> None:
    waiting, asked, offer = (
        factories.ride(),
        factories.ride(email="b@example.org"),
        factories.offered(cast, email="c@example.org"),
    )
    cases.perform(waiting.ride, "invite", cast.coordinator)
    rides.ask(asked.ride, "Why?", cast.coordinator)
    db.session.commit()
    sent = 0
    for made, paths in (
        (waiting, ["next-part", "details"]),
        (asked, ["answer"]),
        (offer, ["ready", f"offers/{offer.booking_id}", "withdraw"]),
    ):
        browser = Browser(app)
        party = made.ride.applicant
        browser.get("/cases/" + secrets.link_secret(party.id, party.generation))
        sent += sum(attack(browser, f"/track/case/{path}") for path in paths)
    assert sent > 80


@pytest.mark.parametrize("who", ["coordinator", "supervisor", "vetting_officer", "host", "admin"])
def test_the_staff_pages_stand_hostile_input(app: Any, cast: Any, demo_mode: None, who: str) -> None:
    factories.decided(cast)
    made = factories.booked(cast, email="b@example.org", name=MARK, why=MARK)
    fresh = factories.in_checks(cast, email="c@example.org", name=MARK)
    db.session.commit()
    browser = Browser(app)
    browser.sign_in(cast.account(who).email)
    values = {
        "reference": fresh.ride.reference,
        "booking_id": made.booking_id,
        "slot_id": made.slot.id,
        "slug": "north",
    }
    sent = 0
    for rule in list(app.url_map.iter_rules()):
        if not rule.rule.startswith("/staff") or "GET" not in rule.methods or rule.rule.startswith(LEFT_OUT):
            continue
        if rule.arguments - set(values) or "account" in rule.rule or "people" in rule.rule:
            continue
        with app.test_request_context():
            from flask import url_for

            path = url_for(rule.endpoint, **{name: values[name] for name in rule.arguments})
        if browser.get(path).status_code == 200:
            sent += attack(browser, path, PAYLOADS[:4] + PAYLOADS[7:10])
    assert sent > 10, sent
    assert db.session.get(type(made.ride), made.ride.id).state in {
        "booked",
        "approved",
        "refused",
        "withdrawn",
        "offered",
    }
