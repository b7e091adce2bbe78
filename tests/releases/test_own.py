"""Tables made from our own cases: signed before they come out, repeated and never counted anew, the same bytes for ever."""

from __future__ import annotations

import hashlib
import json
import threading
from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete

from casework.cases import service as cases
from casework.cases.models import Case
from casework.extensions import db
from casework.moments import moved_to
from casework.releases import own, service
from casework.releases.models import OwnTables, Release
from casework.rides import service as rides
from casework.workflow import Refused
from tests import factories, sayings
from tests.attack import leaks
from tests.browser import Browser
from tests.rides.test_numbers import applied
from workers import periodic


def prepared(day: date, kind: str = "rides") -> Release:
    """The release that is made on a day."""
    with moved_to(factories.moment(day)):
        release = own.prepare(kind)
        db.session.commit()
    assert release is not None
    return release


def signed(release: Release, cast: Any, day: date) -> Release:
    """Through every hand that it needs, until readers have it."""
    with moved_to(factories.moment(day)):
        cases.perform(release, "review", cast.supervisor)
        cases.perform(release, "check", cast.analyst)
        cases.perform(release, "sign", cast.analyst_too)
        if not db.session.query(Release).filter(Release.kind == release.kind, Release.released_at.is_not(None)).count():
            cases.perform(release, "approve", cast.data_protection)
        cases.perform(release, "release", cast.supervisor)
        db.session.commit()
    return release


def test_a_table_of_our_own_needs_two_and_data_protection_before_anybody_sees_it(app: Any, cast: Any) -> None:
    applied(factories.moment(date(2025, 5, 5)), 12)
    release = prepared(date(2025, 6, 2))
    browser = Browser(app)
    name = "ride-along-2025-05-v1"
    assert browser.get(f"/stop-and-search/releases/{name}").status_code == 404
    cases.perform(release, "review", cast.supervisor)
    cases.perform(release, "check", cast.analyst)
    cases.perform(release, "sign", cast.analyst_too)
    with pytest.raises(Refused, match="data protection"):
        cases.perform(release, "release", cast.supervisor)
    cases.perform(release, "approve", cast.data_protection)
    cases.perform(release, "release", cast.supervisor)
    db.session.commit()
    assert browser.get(f"/stop-and-search/releases/{name}").status_code == 200
    assert "2025 by month" in browser.text and "Made from our own cases" in browser.words


def test_the_page_of_figures_shows_the_release_and_links_to_it(app: Any, cast: Any) -> None:
    applied(factories.moment(date(2025, 5, 5)), 12)
    signed(prepared(date(2025, 6, 2)), cast, date(2025, 6, 3))
    applied(factories.moment(date(2025, 6, 5)), 9)
    browser = Browser(app)
    with moved_to(factories.moment(date(2025, 7, 9))):
        browser.get("/ride-along/numbers")
        assert "ride-along-2025-05-v1" in browser.words and "31 May 2025" in browser.words
        browser.get("/ride-along/numbers.csv")
        assert "May,Applications,12" in browser.text and "June" not in browser.text, "June is not signed yet"


def test_who_is_erased_later_is_not_missed_in_the_next_release(app: Any, cast: Any) -> None:
    made = applied(factories.moment(date(2025, 5, 5)), 8)
    first = signed(prepared(date(2025, 6, 2)), cast, date(2025, 6, 3))
    before = own.tables_of(first)
    with moved_to(factories.moment(date(2025, 6, 4))):
        rides.withdraw(made[0].ride, made[0].applicant)
        # wherever the case goes, down to a row that is gone
        db.session.execute(delete(Case).where(Case.id == -1))
        made[1].ride.area_id = factories.area("south").id
        db.session.commit()
    applied(factories.moment(date(2025, 6, 5)), 7)
    second = signed(prepared(date(2025, 7, 2)), cast, date(2025, 7, 3))
    rows = {name: values for table in own.tables_of(second) for name, values in table.rows}
    assert rows["May"] == dict(before[0].rows)["May"] and rows["June"][0] == 7
    assert leaks([own.tables_of(first), own.tables_of(second)], 5) == []


def test_the_same_cases_give_the_same_bytes_and_the_page_tells_their_hash(app: Any, cast: Any) -> None:
    applied(factories.moment(date(2025, 5, 5)), 12)
    with moved_to(factories.moment(date(2025, 6, 2))):
        release = own.prepare("rides")
        assert release is not None
        content = own.content_of(release)
        db.session.rollback()
        again = own.prepare("rides")
        assert again is not None and own.content_of(again) == content
        db.session.commit()
    assert again.digest == hashlib.sha256(content).digest()
    signed(again, cast, date(2025, 6, 3))
    browser = Browser(app)
    browser.get("/stop-and-search/releases/ride-along-2025-05-v1")
    assert f"SHA-256 {hashlib.sha256(content).hexdigest()}" in browser.words
    assert browser.get("/stop-and-search/releases/ride-along-2025-05-v1/figures.json").data == content
    assert json.loads(content)["threshold"] == 5
    kept = db.session.query(OwnTables).one()
    assert kept.counts and kept.counts.encode() not in (kept.counts_sealed or b"") and b'"applied"' not in kept.content


def test_the_worker_makes_each_month_once_however_often_and_how_many_ask(app: Any, cast: Any) -> None:
    applied(factories.moment(date(2025, 5, 5)), 12)
    sayings.concern(at=factories.moment(date(2025, 5, 6)))
    db.session.commit()

    def make() -> None:
        with app.app_context(), moved_to(factories.moment(date(2025, 6, 2))):
            periodic._figures()

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted((r.kind, r.number) for r in db.session.query(Release)) == [("feedback", 1), ("rides", 1)]


def test_one_that_is_refused_is_made_again_and_nobody_can_tell_it_from_the_first(app: Any, cast: Any) -> None:
    applied(factories.moment(date(2025, 5, 5)), 12)
    first = prepared(date(2025, 6, 2))
    cases.perform(first, "refuse", cast.supervisor, reason="The year is missing.")
    db.session.commit()
    second = prepared(date(2025, 6, 2))
    assert second.number == 2 and own.content_of(second) == own.content_of(first)


def test_what_was_withdrawn_does_not_come_back_by_being_counted_anew(app: Any, cast: Any) -> None:
    applied(factories.moment(date(2025, 5, 5)), 12)
    release = signed(prepared(date(2025, 6, 2)), cast, date(2025, 6, 3))
    service.withdraw(release, "It was counted by the wrong rule.", cast.supervisor)
    db.session.commit()
    browser = Browser(app)
    with moved_to(factories.moment(date(2025, 6, 9))):
        for path in ("/ride-along/numbers", "/ride-along/numbers.csv"):
            assert browser.get(path).status_code == 200 and "12" not in browser.words, path
        assert browser.get("/stop-and-search/releases/ride-along-2025-05-v1").status_code == 410
        assert "counted by the wrong rule" in browser.words


def test_those_who_sign_see_what_readers_would_and_nobody_else_does(app: Any, cast: Any, demo_mode: None) -> None:
    applied(factories.moment(date(2025, 5, 5)), 3)
    release = prepared(date(2025, 6, 2))
    for role, status in (
        ("analyst", 200),
        ("supervisor", 200),
        ("data_protection", 200),
        ("coordinator", 403),
        ("triage", 403),
    ):
        browser = Browser(app)
        browser.sign_in(cast.account(role).email)
        answer = browser.get(f"/staff/releases/{release.id}/tables")
        assert answer.status_code == status or (status == 403 and answer.status_code == 404), role
        if status == 200:
            assert "[c]" in browser.words and "no withheld number follows" in browser.words
    assert Browser(app).get(f"/staff/releases/{release.id}/tables").status_code in (302, 303, 401)


def test_figures_on_feedback_count_what_came_in(app: Any, cast: Any) -> None:
    for _ in range(6):
        sayings.concern(at=factories.moment(date(2025, 5, 6)))
    db.session.commit()
    browser = Browser(app)
    with moved_to(factories.moment(date(2025, 6, 2))):
        assert browser.get("/feedback/numbers").status_code == 200
        assert "Figures on feedback" in browser.words and "May 6 0 0" in browser.words
        browser.get("/feedback/numbers.csv")
        assert "2025 by month,May,Received,6" in browser.text
