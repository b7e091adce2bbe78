"""A yes on paper or by telephone counts like one by the person's own link; nobody is refused for a form of ours."""

from __future__ import annotations

from typing import Any

import pytest

from casework.extensions import db
from casework.feedback.service import Person
from casework.outbox.models import Owed
from tests import sayings
from tests.desks import at_the_desk

pytestmark = pytest.mark.usefixtures("demo_mode")
RUTH = Person(name="Ruth Mbeki", email="ruth@example.org")


@pytest.mark.parametrize("said", [sayings.concern, sayings.complaint])
def test_a_yes_on_paper_is_recorded_once_and_told(app: Any, cast: Any, said: Any) -> None:
    case = said(
        relation="behalf", authority="consent", person=Person(name="Tunde", channel="page"), representative=RUTH
    )
    db.session.commit()
    desk = at_the_desk(app, cast, "triage")
    desk.get(f"/staff/cases/{case.reference}")
    assert "Record whether somebody may act" in desk.words
    where = f"/staff/cases/{case.reference}/authority"
    assert desk.submit(where, {"answer": "True"}).status_code == 400
    assert "Choose how the person said so" in desk.words
    for _ in range(2):
        assert desk.submit(where, {"answer": "True", "how": "paper"}).status_code in {302, 303}
    db.session.expire_all()
    assert sayings.party_of(case, "representative").acts
    assert db.session.query(Owed).filter_by(stream_id=case.stream_id, name="authority-given").count() == 1
    assert desk.submit(where, {"answer": "False", "how": "visit"}).status_code in {302, 303}
    db.session.expire_all()
    assert not sayings.party_of(case, "representative").acts


def test_where_nobody_acts_for_anybody_there_is_no_such_page(app: Any, cast: Any) -> None:
    case = sayings.concern()
    db.session.commit()
    assert at_the_desk(app, cast, "triage").get(f"/staff/cases/{case.reference}/authority").status_code == 404
