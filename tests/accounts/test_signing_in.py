"""Signing in and out: same answers for all, throttles, session ids, limits of time, forms that outlive a session."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import argon2
import pytest
from sqlalchemy import select

from casework.accounts import entry, passwords
from casework.accounts.models import Account, HeldForm, Session
from casework.extensions import db
from casework.history.models import Event
from casework.moments import moved_to, now
from casework.outbox.models import Owed
from casework.roles import Role
from tests import factories
from tests.accounts.conftest import Visitor
from tests.factories import PASSWORD

Make = Callable[..., Visitor]
COORDINATOR = "coordinator@force.example"


@pytest.fixture(autouse=True)
def _people(demo: Any, cast: Any) -> None:
    cast.account("coordinator")
    cast.account("admin")


def test_a_coordinator_signs_in_and_out(visitor: Make) -> None:
    browser = visitor()
    assert browser.sign_in(COORDINATOR).status_code == 303
    assert browser.get("/staff/account").status_code == 200
    assert "Coordinator" in browser.text
    browser.post("/staff/sign-out")
    assert browser.get("/staff/account").headers["Location"].startswith("/staff/sign-in")


def test_the_address_of_an_account_is_read_in_any_case(visitor: Make) -> None:
    assert visitor().sign_in("  Coordinator@FORCE.example ").status_code == 303


def test_wrong_unknown_disabled_and_invited_look_alike(visitor: Make, app: Any) -> None:
    factories.account("gone@force.example", Role.CLERK).disabled_at = now()
    factories.account("invited@force.example", Role.CLERK).password_hash = None
    db.session.commit()
    seen = set()
    for n, email in enumerate([COORDINATOR, "nobody@force.example", "gone@force.example", "invited@force.example"]):
        browser = visitor(address=f"192.0.2.{n}")
        password = PASSWORD if email.startswith("gone") else "not my password at all"
        answer = browser.sign_in(email, password)
        seen.add((answer.status_code, browser.text.replace(email, "").replace(browser.token(), "")))
    assert len(seen) == 1
    status, text = seen.pop()
    assert status == 400 and entry.WRONG in text


def test_known_and_unknown_accounts_take_the_same_time(app: Any) -> None:
    times: dict[str, list[float]] = {COORDINATOR: [], "nobody@force.example": []}
    entry.check_password("warm@up.example", "up up up up up up up")
    db.session.commit()
    for _ in range(60):
        for email, taken in times.items():
            began = time.perf_counter()
            assert entry.check_password(email, "not my password at all") is None
            db.session.commit()
            taken.append(time.perf_counter() - began)
    known, unknown = times.values()
    rank = statistics.mean(1.0 if a > b else 0.0 for a in known for b in unknown)
    assert 0.3 < rank < 0.7


def test_the_sixth_try_in_a_minute_waits_for_known_and_unknown_alike(visitor: Make) -> None:
    for n, email in enumerate([COORDINATOR, "nobody@force.example"]):
        browser = visitor(address=f"192.0.2.{n}")
        assert [browser.sign_in(email, "wrong wrong wrong").status_code for _ in range(5)] == [400] * 5
        answer = browser.sign_in(email, PASSWORD)
        assert answer.status_code == 429 and 0 < int(answer.headers["Retry-After"]) <= 60


def test_a_wait_ends_and_no_account_is_ever_locked(visitor: Make) -> None:
    moment = now()
    for n in range(30):
        with moved_to(moment + timedelta(seconds=n)):
            visitor(address=f"192.0.2.{n}").sign_in(COORDINATOR, "wrong wrong wrong")
    with moved_to(moment + timedelta(seconds=30 + 900)):
        assert visitor(address="198.51.100.1").sign_in(COORDINATOR).status_code == 303


def test_one_address_has_thirty_tries_a_minute_and_a_success_gives_none_back(visitor: Make) -> None:
    codes = []
    for n in range(29):
        codes.append(visitor().sign_in(f"guess{n}@force.example", "wrong wrong wrong").status_code)
    assert set(codes) == {400}
    assert visitor().sign_in(COORDINATOR).status_code == 303
    assert visitor().sign_in("guess99@force.example", "wrong wrong wrong").status_code == 429
    assert visitor(address="198.51.100.9").sign_in("guess99@force.example", "wrong").status_code == 400


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "CF-Connecting-IP", "Forwarded"])
def test_a_header_that_anyone_can_send_does_not_change_the_address(visitor: Make, app: Any, header: str) -> None:
    app.config["CASEWORK_DEMO"] = False
    browser = visitor()
    for n in range(30):
        browser.get("/staff/sign-in")
        browser.post(
            "/staff/sign-in",
            {"email": f"guess{n}@force.example", "password": "wrong"},
            headers={header: f"203.0.113.{n}", "Remote-User": COORDINATOR},
        )
    assert browser.sign_in("one-more@force.example", "wrong").status_code == 429


def test_a_session_gets_a_new_id_when_somebody_signs_in_and_the_old_one_is_dead(visitor: Make) -> None:
    browser = visitor()
    browser.get("/staff/sign-in")
    before = browser.cookie()
    browser.sign_in(COORDINATOR)
    after = browser.cookie()
    assert before != after and len(after) == 43
    planted = visitor()
    planted._client.set_cookie("casework", before, domain="localhost")
    assert planted.get("/staff/account").status_code == 303


def test_after_signing_out_the_old_cookie_opens_nothing(visitor: Make) -> None:
    browser = visitor()
    browser.sign_in(COORDINATOR)
    browser.get("/staff/account")
    cookie = browser.cookie()
    browser.post("/staff/sign-out")
    thief = visitor()
    thief._client.set_cookie("casework", cookie, domain="localhost")
    assert thief.get("/staff/account").status_code == 303
    assert db.session.scalars(select(Session).where(Session.account_id.is_not(None))).all() == []


def test_the_cookie_is_http_only_lax_and_small(visitor: Make) -> None:
    header = visitor().sign_in(COORDINATOR).headers["Set-Cookie"]
    assert "HttpOnly" in header and "SameSite=Lax" in header and "Domain" not in header and len(header) < 4096


def test_an_idle_session_ends_after_thirty_minutes_and_stays_ended(visitor: Make) -> None:
    browser, start = visitor(), now()
    with moved_to(start):
        browser.sign_in(COORDINATOR)
    with moved_to(start + timedelta(minutes=29)):
        assert browser.get("/staff/account").status_code == 200
    with moved_to(start + timedelta(minutes=58)):
        assert browser.get("/staff/account").status_code == 200
    with moved_to(start + timedelta(minutes=89)):
        assert browser.get("/staff/account").status_code == 303
        assert browser.get("/staff/account").status_code == 303


def test_no_other_request_brings_an_idle_session_back_to_life(visitor: Make) -> None:
    browser, start = visitor(), now()
    with moved_to(start):
        browser.sign_in(COORDINATOR)
        browser.get("/staff/account")
    with moved_to(start + timedelta(minutes=31)):
        browser.get("/no-such-page")
        browser.post_bare("/staff/act-as", {"role": "admin"})
        browser.get("/staff/sign-in")
        assert browser.get("/staff/account").status_code == 303


def test_a_busy_session_ends_after_twelve_hours_whatever_role_was_taken_meanwhile(visitor: Make, cast: Any) -> None:
    account = cast.account("coordinator")
    db.session.add(
        factories.Grant(
            account_id=account.id, role="clerk", area_id=factories.area("north").id, from_on=account.created_at.date()
        )
    )
    db.session.commit()
    browser, start = visitor(), now()
    with moved_to(start):
        browser.sign_in(COORDINATOR)
    for minutes in range(20, 12 * 60, 20):
        with moved_to(start + timedelta(minutes=minutes)):
            assert browser.get("/staff/account").status_code == 200, minutes
            if minutes == 600:
                browser.post("/staff/act-as", {"role": "clerk"})
    with moved_to(start + timedelta(hours=12, minutes=1)):
        assert browser.get("/staff/account").status_code == 303


def test_a_clock_that_is_put_back_does_not_lengthen_a_session(visitor: Make) -> None:
    browser, start = visitor(), now()
    with moved_to(start + timedelta(hours=20)):
        browser.sign_in(COORDINATOR)
    with moved_to(start):
        assert browser.get("/staff/account").status_code == 303


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/staff/",
        "/\\evil.example",
        "/staff/\\evil.example",
        "/staff//evil.example",
        "javascript:alert(1)",
        "/staff/../../evil",
        "/staff/\r\nSet-Cookie: a=b",
        "/staff/\tx",
        "/staffing",
        "/ride-along",
        "/staff/sign-out",
        "staff/",
        "https:/staff/",
        "",
        "/staff/" + "a" * 3000,
    ],
)
def test_nobody_is_sent_anywhere_but_to_a_staff_page(visitor: Make, target: str) -> None:
    browser = visitor()
    browser.get("/staff/sign-in", query_string={"next": target})
    answer = browser.post("/staff/sign-in", {"email": COORDINATOR, "password": PASSWORD}, query_string={"next": target})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/staff/")


def test_somebody_who_asked_for_a_page_comes_to_it_after_signing_in(visitor: Make) -> None:
    browser = visitor()
    asked = browser.get("/staff/settings/who-can?area=north").headers["Location"]
    answer = browser.sign_in(COORDINATOR, path=asked)
    assert answer.headers["Location"] == "/staff/settings/who-can?area=north"


def test_a_form_that_outlives_its_session_comes_back_filled_in(visitor: Make, cast: Any) -> None:
    browser, start = visitor(), now()
    person = cast.account("coordinator").id
    with moved_to(start):
        browser.sign_in("admin@force.example")
        browser.get("/staff/settings/people/add")
    later = start + timedelta(minutes=45)
    typed = {"name": "Зоя <b>Kовач</b>", "email": "zoya@force.example", "role": "clerk", "password": "my secret words"}
    with moved_to(later):
        asked = browser.post("/staff/settings/people/add", typed)
        assert asked.headers["Location"] == "/staff/sign-in"
        held = db.session.scalars(select(HeldForm)).one()
        assert "zoya" not in str(held.fields_sealed)
        answer = browser.sign_in("admin@force.example")
        assert answer.headers["Location"] == "/staff/send-again"
        browser.get("/staff/send-again")
        assert 'action="/staff/settings/people/add"' in browser.text
        assert 'value="Зоя &lt;b&gt;Kовач&lt;/b&gt;"' in browser.text
        assert "my secret words" not in browser.text
        sent = browser.post("/staff/settings/people/add", {**typed, "from_on-day": "1"})
        assert sent.status_code == 400 and "zoya@force.example" in browser.text
    assert person


def test_a_form_comes_back_to_its_author_only(visitor: Make) -> None:
    browser, start = visitor(), now()
    with moved_to(start):
        browser.sign_in("admin@force.example")
        browser.get("/staff/settings/people/add")
    with moved_to(start + timedelta(minutes=45)):
        browser.post("/staff/settings/people/add", {"name": "Zoya"})
        assert browser.sign_in(COORDINATOR).headers["Location"] == "/staff/"
        assert browser.get("/staff/send-again").headers["Location"] == "/staff/"


def test_a_stranger_cannot_fill_the_table_of_held_forms(visitor: Make) -> None:
    browser = visitor()
    browser.get("/staff/sign-in")
    assert browser.post("/staff/settings/people/add", {"name": "Zoya"}).status_code == 303
    assert db.session.scalars(select(HeldForm)).all() == []


def test_a_disabled_account_is_out_at_its_next_request(visitor: Make, cast: Any) -> None:
    browser = visitor()
    browser.sign_in(COORDINATOR)
    assert browser.get("/staff/account").status_code == 200
    db.session.get(Account, cast.account("coordinator").id).disabled_at = now()
    db.session.commit()
    assert browser.get("/staff/account").status_code == 303


def test_a_sign_in_with_a_new_browser_is_told_by_mail_and_a_known_one_is_not(visitor: Make, cast: Any) -> None:
    part = f"account:{cast.account('coordinator').id}"
    visitor(agent="Firefox").sign_in(COORDINATOR)
    visitor(agent="Firefox", address="198.51.100.4").sign_in(COORDINATOR)
    visitor(agent="Links").sign_in(COORDINATOR)
    owed = db.session.scalars(select(Owed).where(Owed.name == "staff-sign-in")).all()
    assert [each.part for each in owed] == [part, part]


def test_sign_ins_and_refusals_are_recorded_without_an_address(visitor: Make, cast: Any) -> None:
    browser = visitor()
    browser.sign_in(COORDINATOR, "not my password at all")
    browser.sign_in("nobody@force.example", "not my password at all")
    browser.sign_in(COORDINATOR)
    browser.get("/staff/account")
    browser.post("/staff/sign-out")
    events = db.session.scalars(select(Event).where(Event.subject_kind == "account").order_by(Event.id)).all()
    assert [each.action for each in events] == ["refuse", "refuse", "sign_in", "sign_out"]
    assert [each.subject_id for each in events] == [cast.account("coordinator").id, None] + [events[2].account_id] * 2
    assert "@" not in str([each.facts for each in events])


def test_a_password_hashed_with_less_is_hashed_again_when_somebody_signs_in(visitor: Make, cast: Any) -> None:
    weak = argon2.PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    account = db.session.get(Account, cast.account("coordinator").id)
    assert account is not None
    account.password_hash = weak
    db.session.commit()
    assert visitor().sign_in(COORDINATOR).status_code == 303
    db.session.refresh(account)
    assert account.password_hash != weak and passwords.matches(account.password_hash, PASSWORD)


def test_when_too_many_sign_in_at_once_the_rest_are_asked_to_come_back(
    visitor: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: Any) -> bool:
        raise passwords.Busy

    monkeypatch.setattr(passwords, "matches", busy)
    answer = visitor().sign_in(COORDINATOR)
    assert answer.status_code == 503 and answer.headers["Retry-After"] == "5"


def test_a_password_of_a_megabyte_is_refused_at_once(visitor: Make) -> None:
    for size in (900_000, 1_100_000):
        browser = visitor()
        browser.get("/staff/sign-in")
        began = time.perf_counter()
        answer = browser.post("/staff/sign-in", {"email": COORDINATOR, "password": "x" * size})
        assert 400 <= answer.status_code < 500
        assert time.perf_counter() - began < 0.2


@pytest.mark.parametrize("token", ["", "nonsense", None])
def test_signing_in_out_and_acting_need_the_token_of_this_session(visitor: Make, token: str | None) -> None:
    other = visitor()
    other.get("/staff/sign-in")
    foreign = other.token() if token is None else token
    browser = visitor()
    browser.get("/staff/sign-in")
    data = {"email": COORDINATOR, "password": PASSWORD, "csrf_token": foreign}
    assert browser.post_bare("/staff/sign-in", data).status_code == 400
    browser.sign_in(COORDINATOR)
    assert browser.post_bare("/staff/sign-out", {"csrf_token": foreign}).status_code == 400
    assert browser.post_bare("/staff/act-as", {"csrf_token": foreign, "role": "admin"}).status_code == 400
    assert browser.get("/staff/account").status_code == 200


@pytest.mark.parametrize(
    "email", ["a\x00b@force.example", "' or 1=1 --", "x" * 5000, "\ud800", "<script>alert(1)</script>"]
)
def test_hostile_input_in_the_sign_in_form_is_just_not_right(visitor: Make, email: str) -> None:
    browser = visitor()
    browser.get("/staff/sign-in")
    data = {"email": email.encode("utf-8", "surrogatepass"), "password": "wrong wrong wrong"}
    assert browser.post("/staff/sign-in", data).status_code == 400
    assert "<script>alert" not in browser.text
