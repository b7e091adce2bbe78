"""Invitations and resets: one use, 128 bits, 48 hours and one hour, dead after a new password or role."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from casework.accounts import entry, passwords, service
from casework.accounts.models import Account, Attempt, Session, Token
from casework.extensions import db
from casework.moments import moved_to, now, today
from casework.outbox.models import Owed
from casework.parties.secrets import purpose_secret
from casework.roles import Role
from casework.workflow import Refused
from tests import factories
from tests.accounts.conftest import Visitor

Make = Callable[..., Visitor]
NEW = "wander plinth mackerel oboe"
COORDINATOR = "coordinator@force.example"


def invite(cast: Any, email: str = "new@force.example") -> tuple[Account, str]:
    account = service.add(email, "New Person", cast.admin)
    service.grant(account, Role.CLERK, factories.area("north"), today(), None, cast.admin)
    token = service.invite(account, cast.admin)
    db.session.commit()
    return account, f"/staff/invitation/{service.secret_of(token)}"


def ask_reset(cast: Any) -> str:
    cast.account("coordinator")
    assert entry.request_reset(COORDINATOR)
    db.session.commit()
    token = db.session.scalars(select(Token).where(Token.kind == "reset").order_by(Token.id.desc())).first()
    assert token is not None
    return f"/staff/reset/{service.secret_of(token)}"


def test_an_invitation_is_opened_often_used_once_and_leads_to_the_second_factor(visitor: Make, cast: Any) -> None:
    account, link = invite(cast)
    browser = visitor()
    for _ in range(3):
        assert browser.get(link).status_code == 200
    assert "New Person" in browser.text
    assert browser.post(link, {"password": NEW}).headers["Location"] == "/staff/"
    assert browser.get("/staff/").headers["Location"] == "/staff/account/second-factor"
    assert browser.get(link).status_code == 404
    db.session.refresh(account)
    assert passwords.matches(account.password_hash, NEW)


def test_the_mail_is_owed_to_the_account_and_its_link_follows_from_the_row(cast: Any, app: Any) -> None:
    account, link = invite(cast)
    owed = db.session.scalars(select(Owed).where(Owed.name == "staff-invitation")).one()
    token = db.session.scalars(select(Token)).one()
    assert owed.part == f"account:{account.id}"
    assert link.endswith(purpose_secret("token", token.id))
    secret = link.rpartition("/")[2]
    assert len(secret) == 22 and secret.encode() not in bytes(token.digest or b"")


def test_the_first_account_is_made_on_the_command_line(visitor: Make, app: Any) -> None:
    link = service.add_first("first@force.example", "First Person", "admin", None, "https://casework.example")
    db.session.commit()
    assert link.startswith("https://casework.example/staff/invitation/")
    browser = visitor()
    assert browser.submit(link.removeprefix("https://casework.example"), {"password": NEW}).status_code == 303
    with pytest.raises(Refused, match="no such role"):
        service.add_first("b@force.example", "B", "king")
    with pytest.raises(Refused, match="no such area"):
        service.add_first("b@force.example", "B", "admin", "atlantis")
    with pytest.raises(Refused, match="already"):
        service.add_first("FIRST@force.example", "B", "admin")


def test_a_weak_password_is_refused_and_the_link_stays_good(visitor: Make, cast: Any) -> None:
    _, link = invite(cast)
    browser = visitor()
    assert browser.submit(link, {"password": "passwordpassword"}).status_code == 400
    assert "too easy to guess" in browser.text
    assert browser.submit(link, {"password": "short"}).status_code == 400
    assert browser.submit(link, {"password": NEW}).status_code == 303


@pytest.mark.parametrize(("kind", "hours"), [("invitation", 48), ("reset", 1)])
def test_links_run_out(visitor: Make, cast: Any, kind: str, hours: int) -> None:
    start = now()
    with moved_to(start):
        link = invite(cast)[1] if kind == "invitation" else ask_reset(cast)
    with moved_to(start + timedelta(hours=hours, seconds=-1)):
        assert visitor().get(link).status_code == 200
    with moved_to(start + timedelta(hours=hours)):
        assert visitor().get(link).status_code == 404
        with pytest.raises(Refused):
            (entry.accept_invitation if kind == "invitation" else entry.reset)(link.rpartition("/")[2], NEW)


def test_a_reset_sets_a_password_once_and_ends_every_session(visitor: Make, cast: Any, demo: Any) -> None:
    link = ask_reset(cast)
    inside = visitor()
    inside.sign_in(COORDINATOR)
    assert inside.get("/staff/account").status_code == 200
    browser = visitor()
    assert browser.submit(link, {"password": NEW}).headers["Location"] == "/staff/sign-in"
    assert inside.get("/staff/account").status_code == 303
    assert visitor().get(link).status_code == 404
    assert visitor().sign_in(COORDINATOR, NEW).status_code == 303


def test_a_reset_is_dead_after_a_newer_one_a_new_password_and_a_new_role(visitor: Make, cast: Any) -> None:
    first = ask_reset(cast)
    second = ask_reset(cast)
    assert visitor().get(first).status_code == 404
    assert visitor().get(second).status_code == 200
    account = cast.account("coordinator")
    entry.set_password(account, factories.PASSWORD, NEW)
    db.session.commit()
    assert visitor().get(second).status_code == 404
    third = ask_reset(cast)
    service.grant(account, Role.CLERK, factories.area("north"), today(), None, cast.admin)
    db.session.commit()
    assert visitor().get(third).status_code == 404


def test_an_invitation_is_replaced_when_roles_change_before_it_was_accepted(visitor: Make, cast: Any) -> None:
    account, link = invite(cast)
    service.grant(account, Role.HOST, factories.area("north"), today(), None, cast.admin)
    db.session.commit()
    assert visitor().get(link).status_code == 404
    newest = db.session.scalars(select(Token).order_by(Token.id.desc())).first()
    assert newest is not None
    assert visitor().get(f"/staff/invitation/{service.secret_of(newest)}").status_code == 200


def test_a_disabled_account_has_no_good_link(visitor: Make, cast: Any) -> None:
    account, link = invite(cast)
    service.disable(account, cast.admin)
    db.session.commit()
    assert visitor().get(link).status_code == 404


def test_a_link_of_one_kind_is_none_of_the_other(visitor: Make, cast: Any) -> None:
    _, link = invite(cast)
    assert visitor().get(link.replace("invitation", "reset")).status_code == 404
    for junk in ("x", "x" * 22, "%00", "a" * 5000):
        assert visitor().get("/staff/reset/" + junk).status_code == 404


def test_a_link_used_twice_at_once_works_once(app: Any, cast: Any) -> None:
    import threading

    _, link = invite(cast)
    secret, results = link.rpartition("/")[2], []
    barrier = threading.Barrier(8)

    def use() -> None:
        with app.app_context():
            barrier.wait()
            try:
                entry.accept_invitation(secret, NEW)
                db.session.commit()
                results.append("used")
            except Refused:
                results.append("refused")

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["refused"] * 7 + ["used"]


def test_asking_for_a_reset_says_the_same_whoever_asks(visitor: Make, cast: Any) -> None:
    cast.account("coordinator")
    texts, times = set(), []
    for email in (COORDINATOR, "nobody@force.example"):
        browser = visitor()
        browser.get("/staff/reset")
        began = time.perf_counter()
        answer = browser.post("/staff/reset", {"email": email})
        times.append(time.perf_counter() - began)
        texts.add((answer.status_code, browser.text))
    assert len(texts) == 1
    assert min(times) >= 0.25


def test_asking_for_a_reset_takes_the_same_time_whoever_asks(visitor: Make, cast: Any) -> None:
    cast.account("coordinator")
    times: dict[str, list[float]] = {COORDINATOR: [], "nobody@force.example": []}
    browser = visitor()
    browser.get("/staff/reset")
    for n in range(12):
        for email, taken in times.items():
            db.session.query(Attempt).delete()
            db.session.commit()
            began = time.perf_counter()
            browser.post("/staff/reset", {"email": email, "n": n})
            taken.append(time.perf_counter() - began)
            browser.get("/staff/reset")
    known, unknown = times.values()
    assert abs(statistics.median(known) - statistics.median(unknown)) < 0.015


def test_a_hundred_requests_send_at_most_three_mails_an_hour(app: Any, cast: Any) -> None:
    cast.account("coordinator")
    start = now()
    for n in range(100):
        with moved_to(start + timedelta(seconds=20 * n)):
            entry.request_reset(COORDINATOR)
            db.session.commit()
    owed = db.session.scalars(select(Owed).where(Owed.name == "staff-reset")).all()
    assert len(owed) == 3
    with moved_to(start + timedelta(hours=2)):
        assert entry.request_reset(COORDINATOR)


def test_nobody_gets_a_reset_who_never_accepted_or_is_disabled(app: Any, cast: Any) -> None:
    account, _ = invite(cast)
    assert not entry.request_reset(account.email)
    gone = factories.account("gone@force.example", Role.CLERK)
    gone.disabled_at = now()
    assert not entry.request_reset("gone@force.example")
    assert not entry.request_reset("nobody@force.example")


def test_ten_thousand_secrets_are_distinct_and_share_no_structure(app: Any) -> None:
    made = [purpose_secret("token", number) for number in range(1, 10_001)]
    assert len(set(made)) == 10_000 and all(len(each) == 22 for each in made)
    for place in range(21):
        counts = [sum(each[place] == letter for each in made) for letter in set("".join(made))]
        assert max(counts) < 10_000 / 64 * 2


def test_changing_ones_password_needs_the_old_one_and_ends_other_sessions(visitor: Make, cast: Any, demo: Any) -> None:
    cast.account("coordinator")
    here, there = visitor(), visitor()
    here.sign_in(COORDINATOR)
    there.sign_in(COORDINATOR)
    assert here.submit("/staff/account/password", {"old": "wrong wrong wrong", "password": NEW}).status_code == 400
    good = {"old": factories.PASSWORD, "password": NEW}
    before = here.cookie()
    assert here.submit("/staff/account/password", good).status_code == 303
    assert here.cookie() != before
    assert here.get("/staff/account").status_code == 200
    assert there.get("/staff/account").status_code == 303
    assert len(db.session.scalars(select(Session).where(Session.account_id.is_not(None))).all()) == 1


def test_signing_out_everywhere_else_leaves_this_session(visitor: Make, cast: Any, demo: Any) -> None:
    cast.account("coordinator")
    here, there = visitor(), visitor()
    here.sign_in(COORDINATOR)
    there.sign_in(COORDINATOR)
    here.submit("/staff/account/end-sessions")
    here.get("/staff/account")
    here.post("/staff/account/end-sessions")
    assert here.get("/staff/account").status_code == 200
    assert there.get("/staff/account").status_code == 303
