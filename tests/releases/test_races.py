"""Two people at once: the same file sent twice, a month given out twice, a review pressed twice."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from casework.cases import service as cases
from casework.extensions import db
from casework.history.verify import verify
from casework.releases import importing, queries
from casework.releases.importing import AlreadyHere
from casework.releases.models import Release
from casework.workflow import Refused
from tests.races.test_races import at_once
from tests.releases.desk import imported, small


def _sent(content: bytes, who: Any) -> Any:
    def send() -> int:
        release = importing.upload(io.BytesIO(content), "may.csv", who)
        db.session.commit()
        return int(release.id)

    return send


def test_ten_people_who_send_the_same_file_at_once_make_one_release(app: Any, cast: Any) -> None:
    people = [cast.analyst, cast.analyst_too] * 5
    results = at_once(app, [_sent(small(), who) for who in people])
    assert sum(isinstance(each, int) for each in results) == 1
    assert sum(isinstance(each, AlreadyHere) for each in results) == 9
    assert db.session.query(Release).count() == 1 and verify() == []


def test_different_files_of_one_month_sent_at_once_get_a_version_each(app: Any, cast: Any) -> None:
    files = [small(count) for count in range(12, 20)]
    results = at_once(app, [_sent(file, cast.analyst) for file in files])
    assert all(isinstance(each, int) for each in results), results
    assert sorted(r.number for r in db.session.query(Release)) == list(range(1, 9))


def _taken(release_id: int, action: str, who: Any) -> Any:
    def take() -> str:
        cases.perform(cases.lock(Release, release_id), action, who)
        db.session.commit()
        return "done"

    return take


def test_a_review_that_two_supervisors_press_at_once_is_taken_once(app: Any, cast: Any) -> None:
    for count in range(12, 17):
        release_id = imported(cast, small(count)).id
        db.session.commit()
        both = (cast.supervisor, cast.supervisor_too)
        results = at_once(app, [_taken(release_id, "review", who) for who in both])
        assert sorted(isinstance(each, Refused) for each in results) == [False, True], results


def test_of_two_versions_released_at_once_one_is_current_and_it_is_the_newer(app: Any, cast: Any) -> None:
    for count in range(5):
        first, second = (imported(cast, small(12 + 2 * count + more)) for more in (0, 1))
        for release in (first, second):
            cases.perform(release, "review", cast.supervisor)
        db.session.commit()
        ids = first.id, second.id
        at_once(app, [_taken(each, "release", cast.analyst) for each in ids])
        db.session.rollback()
        current = db.session.query(Release).filter_by(is_current=True).all()
        assert [each.id for each in current] == [ids[1]]
        assert [month.release_id for month in queries.months()] == [ids[1]]
        assert current[0].month == date(2026, 5, 1) and verify() == []
