"""The pages that belong to no feature, as the public sees them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from casework.extensions import db
from casework.pages.models import ServiceFeedback
from casework.roles import SYSTEM
from tests.accounts.conftest import Visitor

PAGES = ("/", "/contact", "/privacy", "/accessibility", "/cookies", "/service-feedback", "/service-feedback/sent")


@pytest.mark.parametrize("path", PAGES)
def test_each_page_has_one_heading_a_title_a_main_part_and_no_style_or_script_of_its_own(
    visitor: Visitor, path: str
) -> None:
    assert visitor.get(path).status_code == 200
    assert len(re.findall(r"<h1\b", visitor.text)) == 1
    assert re.search(r"<title>[^<]+ – [^<]+Thamesmere Police</title>", visitor.text)
    assert visitor.text.count("<main ") == 1 and 'href="#main-content"' in visitor.text
    assert 'style="' not in visitor.text and "<style" not in visitor.text
    assert not re.search(r"<script(?![^>]* src=)|\son[a-z]+=", visitor.text)


@pytest.mark.parametrize("path", PAGES)
def test_every_link_of_a_page_leads_to_a_page(app: Any, visitor: Visitor, path: str) -> None:
    visitor.get(path)
    links = {each.partition("?")[0].partition("#")[0] for each in re.findall(r'href="(/[^"]*)"', visitor.text)}
    for link in links:
        assert visitor.get(link).status_code in (200, 303), link


def test_home_names_every_way_to_take_part_and_how_to_write_and_call(visitor: Visitor) -> None:
    text = visitor.get("/").get_data(as_text=True)
    for way in ("Ride along", "Say how an encounter went", "Make a complaint", "Join a panel", "Ask for the record"):
        assert way in text
    assert "PO Box 1" in text and "020 7946 0000" in text
    links = re.findall(r'href="([^"]+)"', text)
    assert {"/feedback", "/complaints"} <= set(links)
    assert "/panels" not in links, "a feature that is not built yet is linked"


def test_a_visitor_who_only_reads_gets_no_cookie(visitor: Visitor) -> None:
    for path in ("/", "/contact", "/privacy", "/accessibility", "/cookies", "/nowhere"):
        assert "Set-Cookie" not in visitor.get(path).headers, path


def test_privacy_leaves_out_no_period_of_deletion(app: Any, visitor: Visitor) -> None:
    from casework.settings.declared import SETTINGS
    from casework.settings.service import change

    keys = [each.key for each in SETTINGS if each.key.startswith("keep.") or each.key == "draft.keep"]
    for number, key in enumerate(keys):
        change(key, f"{200 + number} days", SYSTEM, "a test")
    db.session.commit()
    db.session.info.clear()
    visitor.get("/privacy")
    assert len(keys) >= 6
    assert [key for number, key in enumerate(keys) if f"{200 + number} days after" not in visitor.text] == []


def test_privacy_states_the_periods_that_are_in_force(app: Any, visitor: Visitor) -> None:
    from casework.settings import service as settings

    assert "30 days after the ride" in visitor.get("/privacy").get_data(as_text=True)
    settings.change("keep.health", "20 days", SYSTEM, "a test")
    db.session.commit()
    db.session.info.clear()
    assert "20 days after the ride" in visitor.get("/privacy").get_data(as_text=True)


def test_feedback_on_the_website_is_kept_without_saying_who_gave_it(app: Any, visitor: Visitor) -> None:
    visitor.get("/service-feedback?back=/contact")
    sent = visitor.post(
        "/service-feedback", {"satisfied": "4", "words": "<b>Good</b>\r\n\r\nshort", "back": "/contact?x=secret"}
    )
    assert sent.status_code == 303
    row = db.session.query(ServiceFeedback).one()
    assert (row.satisfied, row.words, row.page) == (4, "<b>Good</b>\n\nshort", "/contact")
    assert {column.name for column in ServiceFeedback.__table__.columns} == {"id", "at", "page", "satisfied", "words"}
    assert 'href="/contact?x=secret"' in visitor.get(sent.location).get_data(as_text=True)


def test_feedback_without_an_answer_is_asked_for_again_with_what_was_typed(app: Any, visitor: Visitor) -> None:
    answer = visitor.submit("/service-feedback", {"words": "kept & shown"})
    assert answer.status_code == 400
    assert "<title>Error: " in visitor.text and 'href="#satisfied"' in visitor.text
    assert "kept &amp; shown</textarea>" in visitor.text
    assert db.session.query(ServiceFeedback).count() == 0


def test_feedback_is_slowed_down_after_ten_in_an_hour(app: Any, visitor: Visitor) -> None:
    app.config["RATELIMIT_ENABLED"] = True
    statuses = [visitor.submit("/service-feedback", {"satisfied": "5"}).status_code for _ in range(11)]
    assert statuses == [303] * 10 + [429]
    assert "Too many tries" in visitor.text


ELSEWHERE = (
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
    "/a//b",
    "/a\nb",
    "evil",
)


@pytest.mark.parametrize("back", [*ELSEWHERE, "/" + "a" * 600])
def test_the_way_back_never_leads_to_another_site(visitor: Visitor, back: str) -> None:
    text = visitor.get("/service-feedback/sent", query_string={"back": back}).get_data(as_text=True)
    assert 'href="/">Go back to where you were' in text


def test_robots_are_kept_from_people_and_from_a_demonstration(visitor: Visitor, demo: Visitor) -> None:
    assert "Disallow: /cases/\n" in visitor.get("/robots.txt").get_data(as_text=True)
    assert demo.get("/robots.txt").get_data(as_text=True) == "User-agent: *\nDisallow: /\n"


def test_whoever_finds_a_weakness_learns_whom_to_tell(visitor: Visitor) -> None:
    text = visitor.get("/.well-known/security.txt").get_data(as_text=True)
    assert re.search(r"^Contact: http://localhost/contact$", text, re.M) and re.search(r"^Expires: \d{4}-", text, re.M)


def test_every_page_of_a_demonstration_says_so(demo: Visitor, visitor: Visitor) -> None:
    for path in (*PAGES, "/nowhere", "/staff/sign-in", "/dev/mail"):
        assert "This is a demonstration." in demo.get(path).get_data(as_text=True), path
    assert "This is a demonstration." not in visitor.get("/").get_data(as_text=True)
