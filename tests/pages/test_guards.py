"""What is refused before a page sees it, and what every answer carries."""

from __future__ import annotations

import time
from typing import Any

import pytest

from casework.extensions import db
from tests.accounts.conftest import Visitor

KINDS = ("/", "/nowhere", "/service-feedback", "/staff/", "/staff/sign-in", "/health/live", "/robots.txt", "/metrics")


@pytest.mark.parametrize("path", KINDS)
def test_every_answer_carries_the_headers(visitor: Visitor, path: str) -> None:
    headers = visitor.get(path).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == policy["object-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert "unsafe" not in headers["Content-Security-Policy"] and "data:" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert path == "/robots.txt" or headers["Cache-Control"] == "no-store"
    assert "Server" not in headers and "X-Powered-By" not in headers


def test_behind_tls_browsers_are_told_to_stay_there_and_cookies_are_bound_to_the_host(tls_program: Any) -> None:
    answer = tls_program.test_client().get("/service-feedback", base_url="https://rides.force.example")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-casework=") and "Secure" in cookie and "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie and "Path=/" in cookie and "Domain" not in cookie and len(cookie) < 4096


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "", "[::1", "evil.example:80", "localhost@evil"]
)
def test_another_host_than_ours_is_refused(visitor: Visitor, demo: Visitor, host: str) -> None:
    for who, status in ((visitor, 400), (demo, 403)):
        answer = who._client.get("/", headers={"Host": host})
        assert answer.status_code == status, host
        assert "Content-Security-Policy" in answer.headers


@pytest.mark.parametrize(
    "name",
    ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Anything", "Forwarded", "X-Real-IP"],
)
def test_a_demonstration_answers_nobody_behind_a_proxy(demo: Visitor, name: str) -> None:
    assert demo._client.get("/", headers={name: "127.0.0.1"}).status_code == 403


def test_headers_that_anyone_can_send_change_nothing(app: Any, visitor: Visitor) -> None:
    plain = visitor.get("/metrics").status_code
    lies = {
        "X-Forwarded-For": "127.0.0.1",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "REMOTE_USER": "x",
    }
    answer = visitor._ask(visitor._client.get, "/metrics", headers=lies)
    assert plain == answer.status_code == 404
    text = visitor._ask(visitor._client.get, "/service-feedback", headers=lies).get_data(as_text=True)
    assert "evil.example" not in text


def test_of_a_trusted_proxy_only_the_last_address_counts(tls_program: Any) -> None:
    seen = []
    tls_program.before_request_funcs.setdefault(None, []).insert(0, lambda: seen.append(_address()))
    tls_program.test_client().get(
        "/", base_url="https://rides.force.example", headers={"X-Forwarded-For": "6.6.6.6, 192.0.2.7"}
    )
    assert seen == ["192.0.2.7"]


def test_a_body_that_is_too_large_is_refused_unread_and_at_once(visitor: Visitor) -> None:
    began = time.monotonic()
    answer = visitor._client.post("/service-feedback", environ_overrides={"CONTENT_LENGTH": "2000000000"})
    assert answer.status_code == 413 and time.monotonic() - began < 1
    assert "more than we can take" in answer.get_data(as_text=True)


def test_a_form_with_too_many_fields_is_refused(visitor: Visitor) -> None:
    answer = visitor._client.post(
        "/service-feedback", data="a=&" * 1001, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\xff\xfe=\x00&satisfied=\xff", "application/x-www-form-urlencoded"),
        (b"{", "application/json"),
        (b"[1]", "application/json"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"--x", "multipart/form-data"),
        (b"a=1", "application/x-www-form-urlencoded; charset=nonsense"),
    ],
)
def test_bytes_that_mean_nothing_are_a_refusal_and_no_fault(visitor: Visitor, data: bytes, kind: str) -> None:
    assert visitor._client.post("/service-feedback", data=data, content_type=kind).status_code in (400, 413, 415)
    db.session.rollback()


ODD = (
    "/%00",
    "/%ff",
    "/..%2f..%2fetc/passwd",
    "/static/../config.py",
    "/assets/x/%2e%2e%2fconfig.py",
    "/" + "a" * 5000,
)


@pytest.mark.parametrize("path", ODD)
def test_odd_addresses_lead_nowhere(visitor: Visitor, path: str) -> None:
    assert visitor._client.get(path).status_code in (400, 404)
    db.session.rollback()


def test_assets_keep_for_ever_under_their_hash_and_only_listed_files_are_served(app: Any, visitor: Visitor) -> None:
    address = app.extensions["casework_asset"]("casework.css")
    answer = visitor._client.get(address, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200 and "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Encoding"] == "gzip" and len(answer.data) < 10_000
    assert "Set-Cookie" not in answer.headers
    old = visitor._client.get("/assets/0000000000000000/casework.css")
    assert old.status_code == 200 and old.headers["Cache-Control"] == "no-cache"
    assert visitor._client.get("/assets/x/web.py").status_code == 404
    style = visitor._client.get(app.extensions["casework_asset"]("govuk-frontend.min.css")).get_data(as_text=True)
    assert "font-family:GDS Transport,arial" not in style


def _address() -> str | None:
    from flask import request

    return request.remote_addr
