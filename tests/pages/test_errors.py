"""What people see when something is wrong: what to do, a number, and never a value of theirs or of ours."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest

from casework import references
from casework.extensions import db
from casework.pages.models import Incident, ServiceFeedback
from tests.accounts.conftest import Visitor
from tests.pages.conftest import SECRET_WORDS

NUMBER = re.compile(r"IN-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]")
OURS = {"Sec-Fetch-Site": "same-origin"}


def test_an_address_that_nobody_has_says_what_may_be_wrong(visitor: Visitor) -> None:
    assert visitor.get("/nowhere?x=<script>").status_code == 404
    assert "If you typed the web address" in visitor.text and "&lt;script&gt;" not in visitor.text.split("<main")[1]


@pytest.mark.parametrize("method", ["delete", "put", "patch", "trace"])
def test_a_method_that_a_page_does_not_have_tells_nothing(visitor: Visitor, method: str) -> None:
    answer = visitor._ask(getattr(visitor._client, method), "/contact")
    assert answer.status_code in (404, 405) and "Traceback" not in visitor.text


def test_head_and_options_answer_without_a_body(visitor: Visitor) -> None:
    assert visitor._ask(visitor._client.head, "/contact").get_data() == b""
    assert visitor._ask(visitor._client.options, "/contact").status_code == 200


def test_a_form_with_an_old_token_keeps_what_was_typed_and_goes_through_when_sent_again(
    app: Any, visitor: Visitor
) -> None:
    visitor.get("/service-feedback")
    typed = {"csrf_token": "old", "satisfied": "2", "words": 'a "long" <answer>', "password": "hunter2"}
    answer = visitor._ask(visitor._client.post, "/service-feedback", data=typed, headers=OURS)
    assert answer.status_code == 400 and "Send your answers again" in visitor.text
    assert "hunter2" not in visitor.text and 'value="old"' not in visitor.text
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', visitor.text))
    assert fields["words"] == "a &#34;long&#34; &lt;answer&gt;" and fields["satisfied"] == "2"
    assert db.session.query(ServiceFeedback).count() == 0
    assert visitor.post("/service-feedback", {"satisfied": "2", "words": "a"}).status_code == 303


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}])
def test_a_form_that_another_site_sends_is_refused_and_not_offered_again(
    app: Any, visitor: Visitor, headers: dict[str, str]
) -> None:
    answer = visitor._ask(visitor._client.post, "/service-feedback", data={"satisfied": "5"}, headers=headers)
    assert answer.status_code == 400 and "Send again" not in visitor.text
    assert db.session.query(ServiceFeedback).count() == 0


def test_a_fault_of_ours_shows_a_number_that_staff_can_find_and_no_value(
    app: Any, cast: Any, demo_program: Any, visitor: Visitor, capsys: pytest.CaptureFixture[str]
) -> None:
    visitor = Visitor(demo_program)
    answer = visitor.get("/fails/an-address-with-a-secret?q=asked")
    assert answer.status_code == 500 and "Sorry, there is a problem with the service" in visitor.text
    found = NUMBER.search(visitor.text)
    assert found and references.is_right(found[0])
    row = db.session.query(Incident).filter_by(number=found[0]).one()
    assert (row.status, row.page, row.error) == (500, "/fails/<what>", "ValueError")
    assert any(" fails" in line for line in row.trace)
    said = capsys.readouterr().out + visitor.text + "".join(row.trace)
    for word in (SECRET_WORDS, "an-address-with-a-secret", "asked"):
        assert word not in said
    staff = Visitor(demo_program)
    staff.sign_in(cast.account("clerk").email)
    staff.get("/staff/incidents", query_string={"number": found[0].replace("-", " ").lower()})
    assert f'id="found">{found[0]}</h2>' in staff.text and "ValueError" in staff.text
    staff.get("/staff/incidents", query_string={"number": "IN-0000-0000-0"})
    assert "That reference number is not right" in staff.text


def test_incidents_are_for_staff(visitor: Visitor) -> None:
    assert visitor.get("/staff/incidents").status_code == 303
    assert visitor.get("/staff/service-feedback").status_code == 303


def test_making_errors_does_not_fill_the_database(app: Any, demo_program: Any) -> None:
    demo_program.extensions["casework_incidents"][:] = [0, 0.0]
    visitor = Visitor(demo_program)
    for _ in range(80):
        visitor.get("/fails/x")
    assert db.session.query(Incident).count() <= 61


def test_a_page_that_is_not_there_has_a_number_too_and_keeps_nothing_of_the_address(
    app: Any, cast: Any, demo_program: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    visitor = Visitor(demo_program)
    for path in ("/nowhere/a-secret-address", "/cases/a-secret-address/more", "/contact/a-secret-address"):
        assert visitor.get(path).status_code == 404
        found = NUMBER.search(visitor.text)
        assert found
        row = db.session.query(Incident).filter_by(number=found[0]).one()
        assert (row.status, row.method, row.trace) == (404, "GET", [])
        assert "a-secret-address" not in row.page
    assert "a-secret-address" not in capsys.readouterr().out
    staff = Visitor(demo_program)
    staff.sign_in(cast.account("clerk").email)
    staff.get("/staff/incidents", query_string={"number": found[0]})
    assert f'id="found">{found[0]}</h2>' in staff.text


def test_trying_addresses_neither_fills_the_database_nor_crowds_out_our_faults(app: Any, demo_program: Any) -> None:
    for name in ("casework_incidents", "casework_lost"):
        demo_program.extensions[name][:] = [0, 0.0]
    visitor = Visitor(demo_program)
    for number in range(100):
        visitor.get(f"/wp-admin/{number}")
    assert NUMBER.search(visitor.text), "the number stands in the log all the same"
    visitor.get("/fails/x")
    rows = db.session.query(Incident.status).all()
    assert 0 < sum(status == 404 for (status,) in rows) <= 41
    assert sum(status == 500 for (status,) in rows) == 1


def test_an_asset_that_is_not_there_is_no_incident(app: Any, demo_program: Any) -> None:
    Visitor(demo_program).get("/assets/0000/nothing.css")
    assert db.session.query(Incident).count() == 0


def test_while_the_database_is_away_the_page_says_so_at_once(lost_program: Any) -> None:
    client = lost_program.test_client()
    client.set_cookie("casework", "x" * 43, domain="localhost")
    for path in ("/service-feedback", "/privacy", "/staff/"):
        began = time.monotonic()
        answer = client.get(path)
        assert answer.status_code == 503 and answer.headers["Retry-After"] == "30", path
        assert time.monotonic() - began < 3
        text = answer.get_data(as_text=True)
        assert "the service is not available" in text and NUMBER.search(text) and "psycopg" not in text
    assert client.get("/health/live").status_code == 200
    assert client.get("/health/ready").status_code == 503


def test_pages_that_need_no_database_open_without_it(lost_program: Any) -> None:
    for path in ("/", "/contact", "/accessibility", "/cookies"):
        assert lost_program.test_client().get(path).status_code == 200, path
