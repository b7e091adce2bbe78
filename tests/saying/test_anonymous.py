"""Saying it anonymously: no name, no way to be reached, no network address anywhere; a code to come back with."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
import structlog
from structlog.testing import capture_logs

from casework.accounts import throttle
from casework.cases.models import Draft
from casework.extensions import db
from casework.feedback.models import Feedback
from casework.outbox.models import Owed
from casework.parties import secrets
from casework.parties.models import Party
from casework.sealed import digest
from tests.browser import Browser
from tests.saying.steps import ANONYMOUS, ANSWERS, fill, send

ADDRESS, AGENT = "203.0.113.77", "Anonymous-Reader/7.7"


@pytest.fixture
def nobody(app: Any) -> Browser:
    """Somebody at a known network address, with a browser that says its name."""
    return Browser(app, address=ADDRESS, agent=AGENT)


def say_it(browser: Browser) -> None:
    fill(browser, you=ANONYMOUS, leave_out=("contact", "needs"))
    assert "You are saying this anonymously" in browser.words
    send(browser)


def test_contact_pages_are_skipped_and_the_code_is_all_there_is(nobody: Browser) -> None:
    say_it(nobody)
    case, party = db.session.query(Feedback).one(), db.session.query(Party).one()
    assert case.anonymous
    kept = (party.name, party.email, party.phone, party.address, party.postcode, party.born_on_text)
    assert not any(kept) and party.channel == "page"
    assert case.reference in nobody.words
    assert secrets.code(party.id, 1) in nobody.words
    assert "We will not ask who you are" in nobody.words
    assert {owed.channel for owed in db.session.query(Owed)} == {"page"}


def test_what_was_typed_of_oneself_before_choosing_is_not_kept(nobody: Browser) -> None:
    nobody.submit("/feedback/say/you", ANSWERS["you"])
    nobody.submit("/feedback/say/contact", ANSWERS["contact"])
    nobody.submit(
        "/feedback/say/you",
        ANONYMOUS | {"name": "Chidi Abara", "born-day": "4", "born-month": "5", "born-year": "1991"},
    )
    nobody.submit("/feedback/say/what", ANSWERS["what"])
    nobody.get("/feedback/check")
    assert "Chidi" not in nobody.words and "chidi@" not in nobody.words
    send(nobody)
    party = db.session.query(Party).one()
    assert (party.name, party.email or "", party.born_on_text, party.adjustments) == ("", "", None, {})
    draft = db.session.query(Draft).one()
    assert (draft.answers, draft.email) == ("{}", None)


@pytest.fixture
def every_line() -> Iterator[None]:
    """What is logged is logged from INFO on, as it is in service, whatever earlier tests have set."""
    before = structlog.get_config()["wrapper_class"]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))
    yield
    structlog.configure(wrapper_class=before)


def test_neither_network_address_nor_browser_is_kept_anywhere(
    nobody: Browser, database: dict[str, str], every_line: None
) -> None:
    """Every row of every table is read, as text and for the keyed digest of the address; so is what was logged.

    The counters that slow down floods live in the memory of the web process, by address, for an hour at most; they
    know nothing of what was sent.
    """
    with capture_logs() as lines:
        say_it(nobody)
        nobody.submit("/feedback/equality", {"sex": "female"})
    marks = [ADDRESS, AGENT, "Anonymous-Reader"]
    kinds = ("track-address", "lost-address", "reset-address", "sign-in-address")
    digests = [digest(f"attempt:{kind}", throttle.place(ADDRESS)).hex() for kind in kinds]
    with psycopg.connect(database["admin_url"]) as connection:
        names = [row[0] for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        assert {"sessions", "access_log", "attempts", "events", "cases", "drafts"} <= set(names)
        for name in names:
            for (text,) in connection.execute(f'SELECT t::text FROM "{name}" t'):
                for mark in [*marks, *digests]:
                    assert mark not in text, (name, mark)
        assert connection.execute("SELECT count(*) FROM attempts").fetchone() == (0,)
    logged = repr(lines)
    assert "/feedback/check" in logged, "the log is looked at"
    for mark in marks:
        assert mark not in logged


def test_the_warning_stands_where_files_would_be_added(nobody: Browser) -> None:
    nobody.get("/feedback/say/evidence")
    assert "They often carry the place, the time and the device" in nobody.words
    nobody.get("/feedback")
    assert "carry the place and the device" in nobody.words


def test_nobody_else_finds_the_code_on_the_device_after_it_was_closed(nobody: Browser) -> None:
    say_it(nobody)
    code = secrets.code(db.session.query(Party).one().id, 1)
    assert code in nobody.words
    nobody.follow(nobody.post("/track/leave"))
    nobody.follow(nobody.get("/feedback/done"))
    assert code not in nobody.words


def test_the_code_opens_it_again(app: Any, nobody: Browser) -> None:
    say_it(nobody)
    case, party = db.session.query(Feedback).one(), db.session.query(Party).one()
    other = Browser(app)
    answer = other.submit("/track", {"reference": case.reference, "code": secrets.code(party.id, 1)})
    assert answer.headers["Location"] == "/track/case"
