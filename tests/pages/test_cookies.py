"""Cookies: nobody is followed before they said yes, no is as easy as yes, and the choice is kept."""

from __future__ import annotations

import re
from typing import Any

import pytest

import config
from casework.extensions import db
from casework.moments import today
from casework.pages import cookies
from casework.pages.models import PageCount
from tests.accounts.conftest import Visitor

OURS = {"Sec-Fetch-Site": "same-origin"}


def choose(visitor: Visitor, choice: str, back: str = "/contact", headers: dict[str, str] = OURS) -> Any:
    return visitor._ask(visitor._client.post, "/cookies/choose", data={"choice": choice, "back": back}, headers=headers)


def kept(visitor: Visitor, name: str = "casework_cookies") -> Any:
    return visitor._client.get_cookie(name, domain="localhost")


def count(visitor: Visitor, page: str = "/contact", headers: dict[str, str] = OURS) -> Any:
    return visitor._ask(visitor._client.post, "/cookies/count", data={"page": page}, headers=headers)


def test_the_banner_asks_once_and_saying_no_is_as_easy_as_saying_yes(demo: Visitor) -> None:
    text = demo.get("/contact").get_data(as_text=True)
    buttons = re.findall(r'<button type="submit" name="choice" value="(\w+)" class="([^"]+)"', text)
    assert [value for value, _ in buttons] == ["accept", "reject"]
    assert buttons[0][1] == buttons[1][1]
    assert "csrf_token" not in text and "Set-Cookie" not in demo.get("/contact").headers


@pytest.mark.parametrize(
    ("choice", "value", "word"), [("accept", "page_counts:1", "accepted"), ("reject", "page_counts:0", "rejected")]
)
def test_a_choice_is_kept_for_a_year_said_to_be_saved_once_and_not_asked_again(
    demo: Visitor, choice: str, value: str, word: str
) -> None:
    answer = choose(demo, choice)
    assert "Max-Age=31536000" in answer.headers["Set-Cookie"] and "HttpOnly" in answer.headers["Set-Cookie"]
    back = demo.get(answer.location)
    assert (back.status_code, back.location) == (303, "/contact")
    assert f"You {word} page counts" in demo.get("/contact").get_data(as_text=True)
    assert kept(demo).value == value
    text = demo.get("/contact").get_data(as_text=True)
    assert "govuk-cookie-banner" not in text
    assert ("data-count" in text) is (choice == "accept")


def test_where_the_browser_keeps_nothing_the_visitor_is_told(demo: Visitor) -> None:
    answer = choose(demo, "accept")
    demo._client.delete_cookie("casework_cookies", domain="localhost")
    assert "could not save your choice" in demo.get(answer.location).get_data(as_text=True)


ELSEWHERE: list[dict[str, str]] = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {},
]


@pytest.mark.parametrize("headers", ELSEWHERE)
def test_another_site_cannot_choose_for_the_visitor(demo: Visitor, headers: dict[str, str]) -> None:
    assert choose(demo, "accept", headers=headers).status_code == 403
    assert kept(demo) is None


def test_an_old_browser_that_only_sends_where_it_comes_from_may_choose(demo: Visitor) -> None:
    assert choose(demo, "reject", headers={"Origin": "http://localhost"}).status_code == 303
    assert choose(demo, "reject", headers={"Referer": "http://localhost/contact"}).status_code == 303


def test_the_choice_never_leads_to_another_site(demo: Visitor) -> None:
    assert demo.get(choose(demo, "accept", back="//evil.example/x").location).location == "/"


def test_the_cookies_page_lists_each_cookie_and_offers_no_first(demo: Visitor) -> None:
    text = demo.get("/cookies").get_data(as_text=True)
    for name in ("casework", "casework_cookies", "casework_counts"):
        assert re.search(rf'<th scope="row"[^>]*>{name}</th>', text)
    assert re.search(r'value="False" checked', text) and not re.search(r'value="True" checked', text)


def test_a_choice_on_the_cookies_page_is_confirmed_and_leads_back(demo: Visitor) -> None:
    demo.get("/cookies?back=/privacy")
    answer = demo._ask(demo._client.post, "/cookies", data={"page_counts": "True", "back": "/privacy"}, headers=OURS)
    page = demo._ask(demo._client.get, answer.location, follow_redirects=True)
    assert page.status_code == 200
    assert "We keep your choice for a year" in demo.text and 'href="/privacy"' in demo.text
    assert kept(demo).value == "page_counts:1"


def test_pages_are_counted_by_rule_and_only_with_consent(app: Any, demo: Visitor) -> None:
    assert count(demo).status_code == 204
    choose(demo, "reject")
    count(demo)
    assert db.session.query(PageCount).count() == 0 and kept(demo, "casework_counts") is None
    choose(demo, "accept")
    for page in ("/contact", "/contact", "/cases/a-secret-that-is-not-kept", "/nowhere", "https://evil.example/"):
        count(demo, page)
    count(demo, "/privacy", headers={"Sec-Fetch-Site": "cross-site"})
    rows = {row.page: row for row in db.session.query(PageCount)}
    assert set(rows) <= {"/contact", "/cases/<secret>"} and rows["/contact"].views == 2
    assert rows["/contact"].day == today()
    assert kept(demo, "casework_counts").value.encode() not in rows["/contact"].visitor


def test_saying_no_later_takes_the_counting_cookie_away(app: Any, demo: Visitor) -> None:
    choose(demo, "accept")
    count(demo)
    assert kept(demo, "casework_counts") is not None
    choose(demo, "reject")
    assert kept(demo, "casework_counts") is None


def test_without_an_optional_cookie_there_is_no_banner(visitor: Visitor) -> None:
    assert "govuk-cookie-banner" not in visitor.get("/").get_data(as_text=True)
    assert "We use no other cookies" in visitor.get("/cookies").get_data(as_text=True)


def test_every_optional_cookie_that_can_be_configured_has_its_question() -> None:
    assert set(config.OPTIONAL_COOKIES) == set(cookies.OPTIONS)
