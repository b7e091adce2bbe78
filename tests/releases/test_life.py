"""A release from review to withdrawal: who may do what, what time does, which version readers have."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from casework.cases import registry
from casework.cases import service as cases
from casework.extensions import db
from casework.history import service as history
from casework.moments import moved_to, now
from casework.releases import queries, service
from casework.releases.models import Release
from casework.roles import SYSTEM
from casework.workflow import Refused
from workers import clock

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def made(cast: Any, *, kind: str = "stops", clean: bool = True, number: int = 1, force: str = "") -> Release:
    """A release that waits for a reviewer, uploaded by an analyst."""
    release = Release(kind=kind, force=force, month=date(2026, 10, 1), number=number, clean=clean, uploaded_at=now())
    release.stream_id = history.open_stream("release").id
    if kind == "stops":
        cases.perform(release, "upload", cast.analyst)
        cases.perform(release, "validate", SYSTEM)
    else:
        cases.perform(release, "prepare", cast.analyst)
    return release


def test_a_clean_month_of_open_rows_needs_one_reviewer_who_did_not_upload_it(app: Any, cast: Any) -> None:
    release = made(cast)
    with pytest.raises(Refused, match="Somebody else"):
        cases.perform(release, "review", cast.analyst)
    cases.perform(release, "review", cast.supervisor)
    cases.perform(release, "release", cast.analyst)
    assert release.is_current and queries.release(release.id) is release


def test_a_month_with_values_never_seen_before_is_signed_by_a_second_person(app: Any, cast: Any) -> None:
    release = made(cast, clean=False)
    cases.perform(release, "review", cast.supervisor)
    with pytest.raises(Refused, match="second person"):
        cases.perform(release, "release", cast.supervisor)
    with pytest.raises(Refused, match="Somebody else"):
        cases.perform(release, "sign", cast.supervisor)
    cases.perform(release, "sign", cast.supervisor_too)
    cases.perform(release, "release", cast.supervisor)
    assert release.state == "released"


def test_a_new_table_of_our_own_cases_is_checked_and_signed_by_data_protection(app: Any, cast: Any) -> None:
    release = made(cast, kind="complaints")
    cases.perform(release, "review", cast.supervisor)
    with pytest.raises(Refused, match="small number"):
        cases.perform(release, "check", cast.analyst)
    release.report = {"nothing_follows": True}
    cases.perform(release, "check", cast.analyst)
    cases.perform(release, "sign", cast.supervisor_too)
    with pytest.raises(Refused, match="data protection"):
        cases.perform(release, "release", cast.supervisor)
    cases.perform(release, "approve", cast.data_protection)
    cases.perform(release, "release", cast.supervisor)
    again = made(cast, kind="complaints", number=2)
    again.report = {"nothing_follows": True}
    cases.perform(again, "review", cast.supervisor)
    cases.perform(again, "check", cast.analyst)
    cases.perform(again, "sign", cast.supervisor_too)
    cases.perform(again, "release", cast.supervisor)
    assert release.state == "corrected" and again.is_current


def test_an_announced_release_comes_out_at_its_moment_and_not_before(app: Any, cast: Any) -> None:
    with moved_to(NOON):
        release = made(cast)
        cases.perform(release, "review", cast.supervisor)
        with pytest.raises(Refused, match="still to come"):
            service.schedule(release, NOON - timedelta(minutes=1), cast.analyst)
        service.schedule(release, NOON + timedelta(hours=1, minutes=30), cast.analyst)
        db.session.commit()
        assert [each.id for each in queries.announced()] == [release.id]
    with moved_to(NOON + timedelta(hours=1, minutes=29)):
        assert clock.take_due({}) == 0
    with moved_to(NOON + timedelta(hours=1, minutes=30)):
        assert clock.take_due({}) == 1
        assert clock.take_due({}) == 0
    db.session.refresh(release)
    assert release.state == "released" and release.released_at == NOON + timedelta(hours=1, minutes=30)
    assert queries.announced() == []


def test_a_correction_takes_the_place_and_the_older_version_keeps_its_address(app: Any, cast: Any) -> None:
    first, second = made(cast), made(cast, number=2)
    for release in (first, second):
        cases.perform(release, "review", cast.supervisor)
    cases.perform(second, "release", cast.analyst)
    with pytest.raises(Refused, match="newer version"):
        cases.perform(first, "release", cast.analyst)
    third = made(cast, number=3)
    cases.perform(third, "review", cast.supervisor)
    cases.perform(third, "release", cast.analyst)
    assert (second.state, second.is_current, third.is_current) == ("corrected", False, True)
    assert queries.release(second.id) is second
    assert [r.number for r in queries.versions("", date(2026, 10, 1))] == [3, 2]


def test_readers_are_told_why_a_release_was_withdrawn_and_find_no_figures(app: Any, cast: Any) -> None:
    release = made(cast)
    cases.perform(release, "review", cast.supervisor)
    cases.perform(release, "release", cast.analyst)
    with pytest.raises(Refused, match="Say why"):
        service.withdraw(release, " ", cast.supervisor)
    service.withdraw(release, "Two boroughs were swapped.", cast.supervisor)
    db.session.flush()
    assert queries.release(release.id) is None and queries.months("") == []
    assert queries.versions("", date(2026, 10, 1))[0].why == "Two boroughs were swapped."


def test_a_release_has_a_history_of_its_own(app: Any, cast: Any) -> None:
    first, second = made(cast), made(cast, force="elsewhere")
    assert first.stream_id != second.stream_id
    assert registry.of(first).stream_of(first) == first.stream_id
