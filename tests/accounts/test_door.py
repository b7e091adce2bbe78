"""The door: closed by default, one role at a time, areas by id and never by how they are spelt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from casework.accounts import door
from casework.areas import queries as areas
from casework.extensions import db
from casework.moments import today
from casework.roles import STAFF_ROLES, Role
from tests import factories
from tests.accounts.conftest import Visitor

Make = Callable[..., Visitor]


def test_a_page_without_a_mark_stops_the_start() -> None:
    app = Flask("bare")
    app.add_url_rule("/open", view_func=door.public(lambda: "open"), endpoint="open")
    door.check(app)
    app.add_url_rule("/forgotten", view_func=lambda: "leak", endpoint="forgotten")
    with pytest.raises(RuntimeError, match="forgotten"):
        door.check(app)


def test_a_page_that_slips_in_later_is_not_found() -> None:
    app = Flask("late")
    door.set_up(app)
    app.view_functions["late"] = lambda: "leak"
    app.url_map.add(app.url_rule_class("/late", endpoint="late", methods=["GET"]))
    assert app.test_client().get("/late").status_code == 404


def test_every_page_of_the_staff_is_behind_the_door(app: Any) -> None:
    open_ones = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/staff") and door.mark_of(app.view_functions[rule.endpoint]).public
    }
    assert open_ones == {
        "accounts.sign_in",
        "accounts.code",
        "accounts.sign_out",
        "accounts.invitation",
        "accounts.reset",
        "accounts.new_password",
    }


def pages(app: Any) -> list[tuple[str, door.Mark]]:
    found = []
    for rule in app.url_map.iter_rules():
        mark = door.mark_of(app.view_functions[rule.endpoint])
        if rule.rule.startswith("/staff/") and "GET" in rule.methods and mark and not mark.public and mark.second:
            path = rule.rule
            for argument in rule.arguments:
                path = path.replace(f"<int:{argument}>", "999999").replace(f"<{argument}>", "ride.none")
            if "<" not in path:
                found.append((path, mark))
    return found


def test_a_stranger_is_sent_to_sign_in_from_every_page_of_the_staff(app: Any, visitor: Make) -> None:
    browser = visitor()
    for path, _ in pages(app):
        answer = browser.get(path)
        assert answer.status_code == 303 and answer.headers["Location"].startswith("/staff/sign-in"), path


@pytest.mark.parametrize("role", sorted(STAFF_ROLES))
def test_each_role_gets_exactly_its_own_pages(demo: Any, visitor: Make, role: Role) -> None:
    factories.account("someone@force.example", role, "force")
    db.session.commit()
    browser = visitor()
    browser.sign_in("someone@force.example")
    for path, mark in pages(demo):
        allowed = not mark.roles or role in mark.roles
        assert (browser.get(path).status_code != 403) is allowed, path


def test_staff_act_in_one_role_at_a_time_and_change_it_with_a_new_session(demo: Any, cast: Any, visitor: Make) -> None:
    account = cast.account("coordinator")
    db.session.add(
        factories.Grant(account_id=account.id, role="admin", area_id=factories.area("north").id, from_on=today())
    )
    db.session.commit()
    browser = visitor()
    browser.sign_in(account.email)
    assert browser.get("/staff/settings/people").status_code == 403
    browser.get("/staff/account")
    before = browser.cookie()
    browser.post("/staff/act-as", {"role": "admin"})
    assert browser.cookie() != before
    assert browser.get("/staff/settings/people").status_code == 200
    thief = visitor()
    thief._client.set_cookie("casework", before, domain="localhost")
    assert thief.get("/staff/account").status_code == 303


@pytest.mark.parametrize("role", ["supervisor", "system", "clock", "public", "king", ""])
def test_nobody_acts_in_a_role_that_is_not_theirs(demo: Any, cast: Any, visitor: Make, role: str) -> None:
    cast.account("host")
    browser = visitor()
    browser.sign_in("host@force.example")
    browser.get("/staff/account")
    browser.post("/staff/act-as", {"role": role})
    assert browser.get("/staff/settings/periods").status_code == 403


def test_areas_go_by_id_and_never_by_the_beginning_of_a_name(app: Any, cast: Any) -> None:
    account = cast.account("coordinator")
    me = door.Current(account, Role.COORDINATOR, account.grants)
    names = {areas.by_id(each).slug for each in me.area_ids}
    assert names == {"north", "north-borough"} and not me.force_wide
    wide = door.Current(cast.account("admin"), Role.ADMIN, cast.account("admin").grants)
    assert wide.force_wide and len(wide.area_ids) == 7


def test_a_role_elsewhere_adds_no_area_to_the_role_in_which_one_acts(app: Any, cast: Any) -> None:
    account = cast.account("coordinator")
    db.session.add(
        factories.Grant(account_id=account.id, role="clerk", area_id=factories.area("south").id, from_on=today())
    )
    db.session.commit()
    db.session.refresh(account)
    me = door.Current(account, Role.COORDINATOR, account.grants)
    assert factories.area("south").id not in me.area_ids
    assert me.roles == [Role.COORDINATOR, Role.CLERK]


def test_nobody_signed_in_is_an_error_where_a_page_asks_who_acts(app: Any) -> None:
    with app.test_request_context("/"), pytest.raises(RuntimeError):
        _ = door.current.actor
