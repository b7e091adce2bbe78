"""What administrators may do with the accounts of others, and what nobody may."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from casework.accounts import factors, queries, service
from casework.accounts.models import Account, Grant, Session
from casework.extensions import db
from casework.history.models import Access, Event
from casework.moments import moved_to, now, today
from casework.outbox.models import Owed
from casework.roles import STAFF_ROLES, Actor, Role
from casework.workflow import Refused
from tests import factories
from tests.accounts.conftest import Visitor

Make = Callable[..., Visitor]
ADD = {
    "name": "Zoya Kovač",
    "email": "Zoya@force.example",
    "team": "",
    "role": "clerk",
    "from_on-day": "1",
    "from_on-month": "1",
    "from_on-year": "2026",
}


@pytest.fixture
def admin(demo: Any, cast: Any, visitor: Make) -> Visitor:
    """An administrator of the whole force, signed in."""
    cast.account("admin")
    browser = visitor()
    browser.sign_in("admin@force.example")
    return browser


@pytest.fixture
def local_admin(demo: Any, visitor: Make) -> Visitor:
    """An administrator of one BCU, signed in."""
    factories.account("admin-north@force.example", Role.ADMIN, "north")
    db.session.commit()
    browser = visitor()
    browser.sign_in("admin-north@force.example")
    return browser


def areas_of(name: str) -> int:
    return factories.area(name).id


def person(email: str) -> Account:
    return db.session.scalars(select(Account).where(Account.email == email)).one()


def actions_of(account: Account) -> list[str]:
    rows = select(Event.action).where(Event.stream_id == account.stream_id).order_by(Event.number)
    return list(db.session.scalars(rows))


def test_somebody_is_added_with_a_role_and_invited_by_mail(admin: Visitor) -> None:
    admin.get("/staff/settings/people/add")
    answer = admin.post("/staff/settings/people/add", {**ADD, "area": areas_of("north")})
    assert answer.status_code == 303
    account = person("zoya@force.example")
    assert account.name == "Zoya Kovač" and account.password_hash is None
    assert actions_of(account) == ["add", "grant", "invite"]
    assert len(db.session.scalars(select(Owed).where(Owed.name == "staff-invitation")).all()) == 1
    admin.get(f"/staff/settings/people/{account.id}")
    assert "Invited, no password yet" in admin.text


def test_an_address_has_one_account(admin: Visitor, cast: Any) -> None:
    cast.account("clerk")
    admin.get("/staff/settings/people/add")
    data = {**ADD, "area": areas_of("north"), "email": "CLERK@force.example"}
    assert admin.post("/staff/settings/people/add", data).status_code == 400
    assert "There is an account with this e-mail address already." in admin.text


def test_fields_that_nobody_asked_for_change_nothing(admin: Visitor) -> None:
    admin.get("/staff/settings/people/add")
    extra = {
        "id": "999",
        "password_hash": "x",
        "disabled_at": "2020-01-01",
        "stream_id": "1",
        "totp_confirmed_at": "2020-01-01",
        "covers_id": "1",
        "account_id": "1",
        "is_active": "1",
        "from_on": "2000-01-01",
    }
    admin.post("/staff/settings/people/add", {**ADD, **extra, "area": areas_of("north")})
    account = person("zoya@force.example")
    assert (account.id, account.password_hash, account.disabled_at, account.totp_confirmed_at) != 999
    assert account.password_hash is None and account.disabled_at is None and account.totp_confirmed_at is None
    grant = db.session.scalars(select(Grant).where(Grant.account_id == account.id)).one()
    assert (grant.covers_id, grant.from_on.year) == (None, 2026)


@pytest.mark.parametrize("role", ["public", "clock", "system", "king", ""])
def test_only_roles_of_staff_can_be_given(admin: Visitor, role: str) -> None:
    admin.get("/staff/settings/people/add")
    assert admin.post("/staff/settings/people/add", {**ADD, "role": role, "area": areas_of("north")}).status_code == 400


def test_nobody_but_an_administrator_reaches_these_pages(demo: Any, cast: Any, visitor: Make) -> None:
    target = cast.account("host").id
    for role in sorted(STAFF_ROLES - {Role.ADMIN}):
        factories.account(f"{role}-x@force.example", role, "force")
        db.session.commit()
        browser = visitor(address=f"192.0.2.{len(role)}")
        browser.sign_in(f"{role}-x@force.example")
        for path in ("people", "people/add", f"people/{target}", f"people/{target}/grant", f"people/{target}/disable"):
            assert browser.get(f"/staff/settings/{path}").status_code == 403, (role, path)
        for verb in ("revoke", "enable", "invite", "grant", "cover", "disable"):
            browser.get("/staff/account")
            assert browser.post(f"/staff/settings/people/{target}/{verb}", {"sure": "yes"}).status_code == 403


def test_a_refusal_at_the_door_is_recorded(demo: Any, cast: Any, visitor: Make) -> None:
    cast.account("host")
    browser = visitor()
    browser.sign_in("host@force.example")
    browser.get("/staff/settings/people")
    row = db.session.scalars(select(Access).where(Access.what == "refused")).one()
    assert (row.account_id, row.task) == (cast.account("host").id, "accounts.people")


@pytest.mark.parametrize("verb", ["add", "invite", "grant", "revoke", "disable", "enable"])
def test_the_verbs_themselves_refuse_whoever_is_no_administrator(app: Any, cast: Any, verb: str) -> None:
    clerk, actor = cast.account("clerk"), cast.supervisor
    grant = queries.grants_of(clerk.id)[0]
    calls: dict[str, Any] = {
        "add": lambda: service.add("a@force.example", "A", actor),
        "invite": lambda: service.invite(clerk, actor),
        "grant": lambda: service.grant(clerk, Role.CLERK, factories.area("north"), today(), None, actor),
        "revoke": lambda: service.revoke(clerk, grant, actor),
        "disable": lambda: service.disable(clerk, actor),
        "enable": lambda: service.enable(clerk, actor),
    }
    with pytest.raises(Refused, match="Only an administrator"):
        calls[verb]()


def test_nobody_changes_their_own_roles_or_closes_their_own_account(admin: Visitor, cast: Any) -> None:
    me = cast.account("admin").id
    admin.get(f"/staff/settings/people/{me}/grant")
    data = {"role": "supervisor", "area": areas_of("force"), **{k: v for k, v in ADD.items() if k.startswith("from")}}
    assert admin.post(f"/staff/settings/people/{me}/grant", data).status_code == 400
    assert "You cannot do this to your own account." in admin.text
    grant = queries.grants_of(me)[0].id
    admin.post(f"/staff/settings/people/{me}/revoke", {"grant": grant})
    admin.post(f"/staff/settings/people/{me}/disable", {"sure": "yes"})
    db.session.expire_all()
    assert len(queries.grants_of(me)) == 1 and cast.account("admin").is_active


def test_a_role_taken_away_is_gone_at_the_next_request(admin: Visitor, cast: Any, visitor: Make) -> None:
    account = cast.account("supervisor")
    browser = visitor()
    browser.sign_in("supervisor@force.example")
    assert browser.get("/staff/settings/periods").status_code == 200
    grant = queries.grants_of(account.id)[0].id
    admin.get(f"/staff/settings/people/{account.id}")
    admin.post(f"/staff/settings/people/{account.id}/revoke", {"grant": grant})
    answer = browser.get("/staff/settings/periods")
    assert answer.status_code == 403 and "You have no role today" in browser.text


def test_a_role_given_today_and_taken_back_leaves_only_its_history(app: Any, cast: Any) -> None:
    clerk = cast.account("clerk")
    row = service.grant(clerk, Role.HOST, factories.area("north"), today(), None, cast.admin)
    service.revoke(clerk, row, cast.admin)
    assert [each.role for each in queries.grants_of(clerk.id)] == ["clerk"]
    assert actions_of(clerk) == ["grant", "revoke"]


def test_a_grant_holds_from_its_first_to_its_last_day(app: Any, cast: Any) -> None:
    clerk, day = cast.account("clerk"), today()
    service.grant(clerk, Role.HOST, factories.area("north"), day + timedelta(3), day + timedelta(5), cast.admin)
    for ahead, holds in ((2, False), (3, True), (5, True), (6, False)):
        with moved_to(factories.moment(day + timedelta(days=ahead))):
            assert queries.may_take(clerk.id, Role.HOST, areas_of("north")) is holds


def test_cover_is_a_grant_with_an_end_for_a_role_that_the_colleague_holds(admin: Visitor, cast: Any) -> None:
    absent, standby = cast.account("coordinator"), cast.account("clerk")
    grant = queries.grants_of(absent.id)[0].id
    path = f"/staff/settings/people/{standby.id}/cover"
    day, last = today(), today() + timedelta(days=14)
    dates = {
        f"{name}-{part}": getattr(value, part)
        for name, value in (("from_on", day), ("until_on", last))
        for part in ("day", "month", "year")
    }
    assert admin.submit(path, {"grant": grant, **{k: v for k, v in dates.items() if "from" in k}}).status_code == 400
    assert admin.submit(path, {"grant": grant, **dates}).status_code == 303
    row = db.session.scalars(select(Grant).where(Grant.covers_id == absent.id)).one()
    assert (row.account_id, row.role, row.until_on) == (standby.id, "coordinator", last)
    assert actions_of(standby) == ["cover"]
    with pytest.raises(Refused, match="needs a last day"):
        service.grant(standby, Role.COORDINATOR, factories.area("north"), day, None, cast.admin, covers=absent)
    with pytest.raises(Refused, match="nothing to cover"):
        service.grant(standby, Role.COORDINATOR, factories.area("south"), day, last, cast.admin, covers=absent)


def test_disabling_ends_sessions_and_calls_those_who_hold_cases(admin: Visitor, cast: Any, visitor: Make) -> None:
    account = cast.account("coordinator")
    browser = visitor()
    browser.sign_in("coordinator@force.example")
    told: list[tuple[int, int | None]] = []

    def follow(gone: Account, actor: Actor) -> None:
        told.append((gone.id, actor.account_id))

    service.on_disabled.append(follow)
    try:
        path = f"/staff/settings/people/{account.id}/disable"
        assert admin.submit(path).status_code == 400
        assert admin.submit(path, {"sure": "yes"}).status_code == 303
    finally:
        service.on_disabled.remove(follow)
    assert told == [(account.id, cast.account("admin").id)]
    assert db.session.scalars(select(Session).where(Session.account_id == account.id)).all() == []
    assert browser.get("/staff/account").status_code == 303
    assert browser.sign_in("coordinator@force.example").status_code == 400
    admin.get(f"/staff/settings/people/{account.id}")
    admin.post(f"/staff/settings/people/{account.id}/enable")
    assert browser.sign_in("coordinator@force.example").status_code == 303


def test_an_administrator_lets_somebody_who_lost_their_phone_begin_again(
    admin: Visitor, cast: Any, visitor: Make, app: Any
) -> None:
    account = cast.account("coordinator")
    account.totp_secret, account.totp_confirmed_at = factors.new_secret(), now()
    code = factors.new_recovery_codes(account)[0]
    db.session.commit()
    browser = visitor()
    assert browser.sign_in("coordinator@force.example").headers["Location"] == "/staff/sign-in/code"
    admin.get(f"/staff/settings/people/{account.id}")
    admin.post(f"/staff/settings/people/{account.id}/clear-second-factor")
    assert not factors.use_recovery_code(account, code)
    app.config["CASEWORK_DEMO"] = False
    browser.sign_in("coordinator@force.example")
    assert browser.get("/staff/account").headers["Location"] == "/staff/account/second-factor"
    with pytest.raises(Refused, match="own account"):
        service.clear_second_factor(account, Actor(Role.ADMIN, account.id))


def test_the_last_administrator_can_be_neither_disabled_nor_demoted(app: Any, cast: Any) -> None:
    admin, local = cast.account("admin"), factories.account("l@force.example", Role.ADMIN, "north")
    actor = Actor(Role.ADMIN, local.id)
    with pytest.raises(Refused, match="last administrator"):
        service.disable(admin, actor)
    with pytest.raises(Refused, match="last administrator"):
        service.revoke(admin, queries.grants_of(admin.id)[0], actor)
    factories.account("second@force.example", Role.ADMIN, "force")
    service.disable(admin, actor)
    assert not admin.is_active


def test_two_administrators_who_disable_each_other_at_once_leave_one(app: Any) -> None:
    ids = [factories.account(f"admin{n}@force.example", Role.ADMIN, "force").id for n in range(2)]
    db.session.commit()
    results: list[str] = []
    barrier = threading.Barrier(2)

    def disable(mine: int, theirs: int) -> None:
        with app.app_context():
            barrier.wait()
            try:
                service.disable(db.session.get_one(Account, theirs), Actor(Role.ADMIN, mine))
                db.session.commit()
                results.append("done")
            except Refused:
                results.append("refused")

    threads = [threading.Thread(target=disable, args=pair) for pair in (ids, ids[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["done", "refused"]


def test_an_administrator_of_one_area_does_not_find_accounts_of_another(local_admin: Visitor, cast: Any) -> None:
    ours, theirs, wide = cast.account("coordinator"), cast.account("coordinator_south"), cast.account("admin")
    local_admin.get("/staff/settings/people")
    assert ours.email in local_admin.text
    assert theirs.email not in local_admin.text and wide.email not in local_admin.text
    for other in (theirs.id, wide.id, 10**9, 10**30):
        for path in ("", "/grant", "/cover", "/disable"):
            assert local_admin.get(f"/staff/settings/people/{other}{path}").status_code == 404
        local_admin.get("/staff/account")
        for verb in ("revoke", "enable", "invite"):
            assert local_admin.post(f"/staff/settings/people/{other}/{verb}", {"grant": "1"}).status_code == 404
    local_admin.get("/staff/settings/people")
    local_admin.post("/staff/settings/people", {"words": "south"})
    assert theirs.email not in local_admin.text


@pytest.mark.parametrize("where", ["south", "north-east", "north-east-borough", "force"])
def test_an_administrator_of_one_area_gives_no_role_in_another(local_admin: Visitor, cast: Any, where: str) -> None:
    path = f"/staff/settings/people/{cast.account('clerk').id}/grant"
    data = {"role": "clerk", **{k: v for k, v in ADD.items() if k.startswith("from")}}
    assert local_admin.submit(path, {**data, "area": areas_of(where)}).status_code == 400
    assert local_admin.submit(path, {**data, "area": areas_of("north-borough")}).status_code == 303
    actor = Actor(Role.ADMIN, 1)
    with pytest.raises(Refused, match="in this area"):
        service.grant(
            cast.account("host"),
            Role.CLERK,
            factories.area(where),
            today(),
            None,
            actor,
            within=frozenset({areas_of("north")}),
        )


def test_a_grant_of_somebody_else_cannot_be_ended_through_this_account(admin: Visitor, cast: Any) -> None:
    other = queries.grants_of(cast.account("coordinator").id)[0].id
    clerk = cast.account("clerk").id
    admin.get(f"/staff/settings/people/{clerk}")
    assert admin.post(f"/staff/settings/people/{clerk}/revoke", {"grant": other}).status_code == 404
    for junk in ("", "x", "-1", "9" * 30):
        assert admin.post(f"/staff/settings/people/{clerk}/revoke", {"grant": junk}).status_code == 404


def test_people_are_paged_by_name_and_a_search_stands_in_no_address(admin: Visitor) -> None:
    for n in range(60):
        factories.account(f"p{n:02}@force.example", Role.HOST, "north", name=f"Person {n:02}")
    db.session.commit()
    admin.get("/staff/settings/people")
    assert "Person 10" in admin.text and "Person 59" not in admin.text
    following = admin.text.partition('href="/staff/settings/people?after=')[2].partition('"')[0]
    admin.get(f"/staff/settings/people?after={following}")
    assert "Person 59" in admin.text and "Person 10" not in admin.text
    answer = admin.post("/staff/settings/people", {"words": "person 59"})
    assert answer.status_code == 200 and "p59@" in admin.text and "p58@" not in admin.text
    for words in ("%", "_", "\\", "' or 1=1 --", "<script>alert(1)</script>"):
        admin.post("/staff/settings/people", {"words": words})
        assert "Nobody found." in admin.text and "<script>alert" not in admin.text
    assert admin.post("/staff/settings/people", {"words": ""}).status_code == 400


def test_a_name_with_markup_is_shown_as_it_was_typed(admin: Visitor, cast: Any) -> None:
    account = cast.account("clerk")
    account.name = "<img src=x onerror=alert(1)>{{7*7}}"
    db.session.commit()
    for path in ("people", f"people/{account.id}", f"people/{account.id}/grant", f"people/{account.id}/disable"):
        admin.get(f"/staff/settings/{path}")
        assert "&lt;img src=x" in admin.text and "<img src=x" not in admin.text and "{{7*7}}" in admin.text


def test_looking_at_accounts_is_recorded(admin: Visitor, cast: Any) -> None:
    clerk = cast.account("clerk").id
    admin.get("/staff/settings/people")
    admin.get(f"/staff/settings/people/{clerk}")
    rows = db.session.execute(select(Access.what, Access.task).order_by(Access.id)).all()
    assert [tuple(row) for row in rows] == [("people", ""), ("person", f"account:{clerk}")]


def test_no_event_of_an_account_holds_a_name_or_an_address(admin: Visitor) -> None:
    admin.get("/staff/settings/people/add")
    admin.post("/staff/settings/people/add", {**ADD, "area": areas_of("north")})
    facts = str([each.facts for each in db.session.scalars(select(Event))]).lower()
    assert "zoya" not in facts and "@" not in facts


def test_a_demonstration_account_is_ready_at_once(app: Any, visitor: Make, demo: Any) -> None:
    account = service.add_demo(
        "coordinator@demo.example", "Demo Person", factories.PASSWORD, [(Role.COORDINATOR, factories.area("north"))]
    )
    db.session.commit()
    assert account.id and not db.session.scalars(select(Owed)).all()
    assert visitor().sign_in("coordinator@demo.example").headers["Location"] == "/staff/"


def test_the_account_page_shows_where_one_is_signed_in(demo: Any, cast: Any, visitor: Make) -> None:
    cast.account("coordinator")
    here, there = visitor(), visitor()
    here.sign_in("coordinator@force.example")
    with moved_to(now() - timedelta(minutes=5)):
        there.sign_in("coordinator@force.example")
    here.get("/staff/account")
    assert here.text.count("Here, now") == 1 and here.text.count('data-label="Last seen"') == 2
