"""Hostile input in every field of every form, as visitor and as each role: no 5xx, nothing reflected, nothing run."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest

from casework.cases import service as cases
from casework.cases.models import Case
from casework.extensions import db
from casework.feedback.service import Person
from casework.parties import secrets
from casework.rides import service as rides
from tests import factories, sayings
from tests.browser import Browser
from tests.desks import at_the_desk
from tests.post import room
from tests.rides.test_apply import ANSWERS, fill
from tests.saying.steps import ANSWERS as SAID
from tests.scenes import FORBIDDEN, everything, kept, scene

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


def attack(browser: Browser, path: str, payloads: list[str] = PAYLOADS, asked: list[str] = PAYLOADS[:4]) -> int:
    """Send every payload in every field of every form of a page, with fields that it has not; how many were sent.

    `asked`: what is put into its address.
    """
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
            evil = FORBIDDEN | dict.fromkeys(names, payload) | {"csrf_token": token, "extra[]": payload}
            # what says that a page is of now, so that what is typed in it gets further
            for name in {"version", "token"} & set(fields):
                evil[name] = fields[name] if payload else payload
            answer = browser.post_bare(target, evil)
            check(browser, answer, target, payload)
            sent += 1
    for payload in asked:
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
    sent += sum(
        attack(client, f"/stop-and-search{path}")
        for path in ("", "/figures.csv", "/data", "/releases", "/releases.atom")
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


FEW = [PAYLOADS[0], PAYLOADS[3], PAYLOADS[7], PAYLOADS[9]]


def test_the_pages_on_which_people_say_how_it_went_stand_hostile_input(app: Any, client: Browser) -> None:
    for door in ("/feedback", "/complaints"):
        assert attack(client, door, FEW)
    client.get("/feedback/say/what")
    client.post("/feedback/say/what", {"what": MARK})
    sent = sum(attack(client, f"/feedback/say/{slug}", FEW, FEW[:1]) for slug in SAID)
    sent += sum(attack(client, f"/feedback/{page}", FEW, FEW[:1]) for page in ("check", "save", "equality", "done"))
    assert sent > 60
    assert all(case.state == "received" and case.is_open for case in db.session.query(Case))


def test_the_tracking_pages_of_feedback_and_complaints_stand_hostile_input(app: Any, cast: Any) -> None:
    wishes = {"what": MARK, "person": Person(MARK, email="a@example.org")}
    asked, offered = sayings.concern(**wishes), sayings.concern(**wishes)
    cases.perform(asked, "ask", cast.triage, private={"words": MARK})
    cases.perform(offered, "offer_complaint", cast.triage)
    other = Person(MARK, email="b@example.org")
    acted = sayings.complaint(**wishes | {"relation": "behalf", "authority": "consent", "representative": other})
    told = sayings.answered(cast, **wishes)
    far = scene(cast, "south-borough")
    before = everything(far)
    db.session.commit()
    sent = 0
    for case, part, pages in (
        (asked, "complainant", ["reply", "write", "details", "check-answer", "panel", "take-back"]),
        (offered, "complainant", ["complaint", "record"]),
        (acted, "representative", ["write", "withdraw", "record"]),
        (acted, "complainant", ["authority", "write", "take-back", "record"]),
        (told, "complainant", ["review", "record", "write"]),
    ):
        is_kept, person = kept(case.id), sayings.party_of(case, part)
        browser = Browser(app)
        browser.get("/cases/" + secrets.link_secret(person.id, person.generation))
        assert browser.get("/track/case").status_code == 200
        sent += sum(attack(browser, f"/track/case/{page}", FEW, []) for page in pages)
        sent += attack(browser, "/track/case", FEW[:1], FEW[:1])
        for page in ("files/{}", "messages/{}"):
            for number in (far.values["file_id"], far.values["owed_id"], "9" * 18, "9" * 40):
                answer = browser.get("/track/case/" + page.format(number))
                # who may not act yet is led to the page that says so
                led = case is acted and part == "representative" and answer.headers.get("Location") == "/track/case"
                assert answer.status_code == 404 or led, (part, page, number)
        assert kept(case.id)[:-1] == is_kept[:-1], pages
    assert sent > 50
    assert everything(far) == before


def test_the_desk_for_feedback_and_complaints_stands_hostile_input(app: Any, cast: Any, demo_mode: None) -> None:
    here, far = scene(cast, words=MARK, name=MARK), scene(cast, "south-borough")
    before = everything(far)
    are_kept = [kept(case.id) for case in (here.feedback, here.complaint)]
    done, sent = set(), 0
    for who in ("handler", "supervisor", "triage"):
        browser = Browser(app)
        browser.sign_in(cast.account(who).email)
        for path in _desk_pages(app, here):
            if path not in done and browser.get(path).status_code == 200:
                sent += attack(browser, path, FEW[:2], FEW[1:2])
                done.add(path)
    assert len(done) > 40 and sent > 150, (len(done), sent)
    assert [kept(case.id) for case in (here.feedback, here.complaint)] == are_kept
    # texts for replies are the whole force's
    assert [row for row in everything(far) if row not in before and "thanks" not in row] == []


def test_the_post_room_and_releases_stand_hostile_input(app: Any, cast: Any, demo_mode: None) -> None:
    values = room.busy(cast, MARK)
    far = scene(cast, "south-borough")
    before = everything(far)
    cases_before = [kept(case.id) for case in db.session.query(Case)]
    sent, seen = 0, set()
    # A letter is indexed, keyed and settled by whoever holds it.
    for who, item_id in zip(("clerk", "clerk", "supervisor"), values["item_id"], strict=True):
        room.take(item_id, cast.account(who).id)
    for who in ("clerk", "supervisor", "analyst"):
        browser = at_the_desk(app, cast, who)
        for path, verbs, _ in sorted(room.addresses(app, values)):
            if "GET" not in verbs or path in seen:
                continue
            if browser.get(path).status_code == 200:
                seen.add(path)
                sent += attack(browser, path, FEW[:2], FEW[1:2])
    assert len(seen) > 50 and sent > 150, (len(seen), sent)
    _, key, settle = values["item_id"]
    assert {f"/staff/post/key/{key}", f"/staff/post/key/{settle}/settle"} <= seen
    assert everything(far) == before
    assert [kept(case.id) for case in db.session.query(Case)] == cases_before


def _desk_pages(app: Any, about: Any) -> list[str]:
    """The pages at the desk that are not of rides alone, the case pages (which may end a case) last."""
    from flask import url_for

    found = set()
    for rule in app.url_map.iter_rules():
        if (
            not rule.rule.startswith("/staff")
            or "GET" not in rule.methods
            or rule.rule.startswith(LEFT_OUT + ELSEWHERE)
        ):
            continue
        for reference in (about.feedback.reference, about.complaint.reference):
            # its file is a row without content
            values = {**about.values, "reference": reference}
            values.pop("file_id")
            if not rule.arguments - set(values):
                with app.test_request_context():
                    found.add(url_for(rule.endpoint, **{name: values[name] for name in rule.arguments}))
    return sorted(found, key=lambda path: (path.startswith("/staff/cases") and path.count("/") == 3, path))


# Attacked above, or by tests of their own.
ELSEWHERE = ("/staff/rides", "/staff/schedule", "/staff/schemes", "/staff/vetting", "/staff/account", "/staff/settings",
             "/staff/invitation", "/staff/reset", "/staff/break-glass", "/staff/send-again")  # fmt: skip
