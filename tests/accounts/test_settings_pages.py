"""The pages about periods and about who could act today."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from casework.extensions import db
from casework.history.models import Event
from casework.roles import Role
from casework.settings import service as settings
from casework.settings.declared import SETTINGS
from casework.settings.models import Setting
from tests import factories
from tests.accounts.conftest import Visitor

Make = Callable[..., Visitor]


@pytest.fixture
def supervisor(demo: Any, cast: Any, visitor: Make) -> Visitor:
    """A supervisor, signed in."""
    cast.account("supervisor")
    browser = visitor()
    browser.sign_in("supervisor@force.example")
    return browser


def test_every_setting_is_listed_with_its_source_and_whether_it_is_confirmed(supervisor: Visitor) -> None:
    supervisor.get("/staff/settings/periods")
    for declared in SETTINGS:
        assert declared.key in supervisor.text


def test_every_setting_has_a_page_with_its_words_and_a_box_for_its_value(supervisor: Visitor) -> None:
    for declared in SETTINGS:
        assert supervisor.get(f"/staff/settings/periods/{declared.key}").status_code == 200, declared.key
        assert declared.words in html.unescape(supervisor.text) and 'name="value"' in supervisor.text, declared.key


@pytest.mark.parametrize(
    ("key", "typed", "value"),
    [
        ("ride.triage", "6 working days", "6 working days"),
        ("ride.cap", "12", 12),
        ("ride.teams", "response, roads", ["response", "roads"]),
        ("contact.post", "PO Box 2", "PO Box 2"),
    ],
)
def test_a_setting_is_changed_with_a_reason(supervisor: Visitor, key: str, typed: str, value: Any) -> None:
    path = f"/staff/settings/periods/{key}"
    assert supervisor.submit(path, {"value": typed}).status_code == 400
    assert supervisor.submit(path, {"value": typed, "why": "Agreed by the board"}).status_code == 303
    settings.forget()
    assert settings.value(key) == value
    supervisor.get(path)
    assert "Agreed by the board" in supervisor.text
    assert db.session.scalars(select(Event).where(Event.action == "change_setting")).one().facts["key"] == key


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("ride.triage", "soon"),
        ("ride.triage", "5"),
        ("ride.cap", "many"),
        ("ride.cap", "-1"),
        ("ride.cap", "1" * 30),
        ("ride.teams", ", ,"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_and_kept_in_the_form(supervisor: Visitor, key: str, typed: str) -> None:
    answer = supervisor.submit(f"/staff/settings/periods/{key}", {"value": typed, "why": "Because"})
    assert answer.status_code == 400
    assert db.session.scalars(select(Setting)).all() == []
    assert "Because" in supervisor.text


def test_an_unknown_setting_is_not_found_and_a_coordinator_changes_none(
    demo: Any, cast: Any, visitor: Make, supervisor: Visitor
) -> None:
    assert supervisor.get("/staff/settings/periods/ride.nothing").status_code == 404
    cast.account("coordinator")
    browser = visitor()
    browser.sign_in("coordinator@force.example")
    assert browser.get("/staff/settings/periods").status_code == 200
    assert "Change<" not in browser.text
    assert browser.get("/staff/settings/periods/ride.triage").status_code == 403


def test_who_could_act_today_is_shown_and_nobody_is_a_warning(demo: Any, cast: Any, visitor: Make) -> None:
    cast.account("coordinator"), cast.account("supervisor")
    browser = visitor()
    browser.sign_in("supervisor@force.example")
    browser.get("/staff/settings/who-can")
    assert "Who can do what today: North" in browser.text
    assert cast.account("coordinator").name in browser.text
    assert "Nobody</strong>" in browser.text and "Nobody here could take" in browser.text
    assert browser.get("/staff/settings/who-can?area=south").status_code == 404


def test_force_wide_staff_see_every_area_and_count_in_each(demo: Any, cast: Any, visitor: Make) -> None:
    factories.account("wide@force.example", Role.COORDINATOR, "force", name="Wide Person")
    db.session.commit()
    cast.account("admin")
    browser = visitor()
    browser.sign_in("admin@force.example")
    for area in ("north", "north-east", "south", "force"):
        assert browser.get(f"/staff/settings/who-can?area={area}").status_code == 200
        assert "Wide Person" in browser.text


def test_settings_lists_only_what_is_open_to_the_role(demo: Any, cast: Any, visitor: Make) -> None:
    cast.account("host"), cast.account("admin")
    for who, people in (("host", False), ("admin", True)):
        browser = visitor()
        browser.sign_in(f"{who}@force.example")
        browser.get("/staff/settings")
        assert ('href="/staff/settings/people"' in browser.text) is people
        assert 'href="/staff/account"' in browser.text
