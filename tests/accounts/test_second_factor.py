"""The second factor: required outside the demonstration, each code good once, recovery codes."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from sqlalchemy import select

from casework.accounts import entry, factors
from casework.accounts.models import Account, RecoveryCode
from casework.extensions import db
from casework.moments import moved_to, now
from tests.accounts.conftest import Visitor

Make = Callable[..., Visitor]
COORDINATOR = "coordinator@force.example"


@pytest.fixture
def secret(app: Any, cast: Any) -> str:
    """The coordinator has an authenticator app with this secret."""
    account = cast.account("coordinator")
    account.totp_secret = factors.new_secret()
    account.totp_confirmed_at = now()
    db.session.commit()
    return str(account.totp_secret)


def code_of(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(now() + timedelta(seconds=30 * steps))


def test_without_a_second_factor_staff_are_sent_to_set_one_up(visitor: Make, cast: Any) -> None:
    cast.account("coordinator")
    browser = visitor()
    assert browser.sign_in(COORDINATOR).status_code == 303
    for path in ("/staff/account", "/staff/settings", "/staff/settings/who-can"):
        assert browser.get(path).headers["Location"] == "/staff/account/second-factor"


def test_setting_one_up_shows_key_and_picture_and_gives_ten_codes_once(visitor: Make, cast: Any) -> None:
    cast.account("coordinator")
    browser = visitor()
    browser.sign_in(COORDINATOR)
    browser.get("/staff/account/second-factor")
    assert "<svg" in browser.text and "style=" not in browser.text and "data:" not in browser.text
    key = re.search(r'cw-code">([A-Z2-7 ]+)<', browser.text)
    setup = re.search(r'name="setup" value="([^"]+)"', browser.text)
    assert key and setup
    secret, before = key[1].replace(" ", ""), browser.cookie()
    wrong = browser.post("/staff/account/second-factor", {"setup": setup[1], "code": "000000"})
    assert wrong.status_code == 400 and key[1] in browser.text
    answer = browser.post("/staff/account/second-factor", {"setup": setup[1], "code": code_of(secret)})
    assert answer.headers["Location"] == "/staff/account/recovery-codes"
    assert browser.cookie() != before
    browser.get("/staff/account/recovery-codes")
    codes = re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", browser.text)
    assert len(set(codes)) == 10
    browser.post("/staff/account/recovery-codes/kept")
    assert browser.get("/staff/account/recovery-codes").status_code == 303
    assert browser.get("/staff/account").status_code == 200
    kept = db.session.scalars(select(RecoveryCode)).all()
    assert len(kept) == 10 and all(code.replace("-", "").encode() not in row.digest for code in codes for row in kept)


def test_the_key_of_one_person_cannot_be_confirmed_by_another(visitor: Make, cast: Any) -> None:
    cast.account("coordinator"), cast.account("clerk")
    one, other = visitor(), visitor()
    one.sign_in(COORDINATOR)
    one.get("/staff/account/second-factor")
    setup = re.search(r'name="setup" value="([^"]+)"', one.text)
    key = re.search(r'cw-code">([A-Z2-7 ]+)<', one.text)
    assert setup and key
    other.sign_in("clerk@force.example")
    other.get("/staff/account/second-factor")
    code = code_of(key[1].replace(" ", ""))
    assert other.post("/staff/account/second-factor", {"setup": setup[1], "code": code}).status_code == 400
    for junk in ("", "nonsense", "AAAA", "\x00", "é"):
        assert other.post("/staff/account/second-factor", {"setup": junk, "code": code}).status_code == 400


def test_a_password_alone_opens_nothing(visitor: Make, secret: str) -> None:
    browser = visitor()
    assert browser.sign_in(COORDINATOR).headers["Location"] == "/staff/sign-in/code"
    for path in ("/staff/account", "/staff/account/second-factor", "/staff/"):
        assert browser.get(path).headers["Location"].startswith("/staff/sign-in")
    assert browser.submit("/staff/sign-in/code", {"code": code_of(secret)}).headers["Location"] == "/staff/"
    assert browser.get("/staff/account").status_code == 200


def test_the_page_for_the_code_is_only_for_whom_gave_the_password_a_moment_ago(visitor: Make, secret: str) -> None:
    assert visitor().get("/staff/sign-in/code").status_code == 303
    browser, start = visitor(), now()
    with moved_to(start):
        browser.sign_in(COORDINATOR)
    with moved_to(start + timedelta(minutes=11)):
        assert browser.get("/staff/sign-in/code").status_code == 303


def test_a_new_password_ends_what_was_half_way_in(visitor: Make, secret: str, cast: Any) -> None:
    browser = visitor()
    browser.sign_in(COORDINATOR)
    account = db.session.get(Account, cast.account("coordinator").id)
    assert account is not None
    account.password_changed_at = now()
    db.session.commit()
    assert browser.get("/staff/sign-in/code").status_code == 303


def test_codes_of_the_step_before_and_after_are_good_but_no_others(app: Any, cast: Any, secret: str) -> None:
    account = cast.account("coordinator")
    for steps, good in ((-2, False), (2, False), (-1, True), (0, True), (1, True)):
        account.totp_last_step = None
        db.session.commit()
        assert factors.use_code(account, code_of(secret, steps)) is good


def test_an_older_code_is_no_good_after_a_newer_one(app: Any, cast: Any, secret: str) -> None:
    account = cast.account("coordinator")
    assert factors.use_code(account, code_of(secret, 0))
    assert not factors.use_code(account, code_of(secret, 0))
    assert not factors.use_code(account, code_of(secret, -1))


def test_of_twenty_sign_ins_at_once_with_one_code_exactly_one_succeeds(app: Any, cast: Any, secret: str) -> None:
    account_id, code = cast.account("coordinator").id, code_of(secret)
    results: list[bool] = []
    barrier = threading.Barrier(20)

    def try_it() -> None:
        with app.app_context():
            barrier.wait()
            account = db.session.get(Account, account_id)
            assert account is not None
            results.append(entry.check_code(account, code))
            db.session.commit()

    threads = [threading.Thread(target=try_it) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False] * 19 + [True]


def test_five_wrong_codes_make_one_wait(visitor: Make, secret: str) -> None:
    browser = visitor()
    browser.sign_in(COORDINATOR)
    assert [browser.submit("/staff/sign-in/code", {"code": "000000"}).status_code for _ in range(5)] == [400] * 5
    answer = browser.submit("/staff/sign-in/code", {"code": code_of(secret)})
    assert answer.status_code == 429
    with moved_to(now() + timedelta(seconds=int(answer.headers["Retry-After"]) + 1)):
        assert browser.submit("/staff/sign-in/code", {"code": code_of(secret)}).status_code == 303


def test_a_recovery_code_lets_in_once(visitor: Make, secret: str, cast: Any) -> None:
    code = factors.new_recovery_codes(cast.account("coordinator"))[0]
    db.session.commit()
    for typed, status in ((code.lower().replace("-", " "), 303), (code, 400)):
        browser = visitor()
        browser.sign_in(COORDINATOR)
        assert browser.submit("/staff/sign-in/code", {"code": typed}).status_code == status


def test_a_recovery_code_of_somebody_else_lets_nobody_in(app: Any, cast: Any, secret: str) -> None:
    code = factors.new_recovery_codes(cast.account("clerk"))[0]
    assert not factors.use_recovery_code(cast.account("coordinator"), code)


def test_replacing_the_app_asks_for_the_password(visitor: Make, secret: str) -> None:
    browser = visitor()
    browser.sign_in(COORDINATOR)
    browser.submit("/staff/sign-in/code", {"code": code_of(secret)})
    browser.get("/staff/account/second-factor")
    setup = re.search(r'name="setup" value="([^"]+)"', browser.text)
    key = re.search(r'cw-code">([A-Z2-7 ]+)<', browser.text)
    assert setup and key
    form = {"setup": setup[1], "code": code_of(key[1].replace(" ", ""))}
    assert browser.post("/staff/account/second-factor", form).status_code == 400
    assert browser.post("/staff/account/second-factor", {**form, "password": "wrong wrong wrong"}).status_code == 400
    from tests.factories import PASSWORD

    assert browser.post("/staff/account/second-factor", {**form, "password": PASSWORD}).status_code == 303


def test_the_secret_is_not_stored_in_plain(app: Any, cast: Any, secret: str) -> None:
    assert secret.encode() not in bytes(cast.account("coordinator").totp_secret_sealed)
