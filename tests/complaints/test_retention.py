"""Feedback and complaints are erased on their day and not before; a hold, a referral or a child's age keeps them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from casework import deletion
from casework.accounts.models import Account
from casework.cases import erasure
from casework.cases import service as cases
from casework.clocks import Months
from casework.complaints import service as complaints
from casework.complaints.models import Trigger
from casework.exchanges.models import Exchange
from casework.extensions import db
from casework.feedback.service import Person
from casework.history.verify import verify
from casework.moments import now, today
from casework.saying import track_service as track
from casework.settings import service as settings
from casework.triage import service as triage
from casework.triage.models import SavedView
from tests import sayings


def closed_feedback(cast: Any) -> Any:
    case = sayings.concern(intent="comment")
    cases.perform(case, "reply_and_close", cast.triage, private={"words": "Thank you."})
    db.session.commit()
    return case


def finalised(cast: Any, **facts: Any) -> Any:
    case = sayings.logged(cast, **facts)
    cases.perform(case, "transfer", cast.triage, body="another force")
    db.session.commit()
    return case


def last_day(key: str) -> date:
    return settings.rule(key).due(today(), settings.calendar())


def test_feedback_goes_with_every_word_after_its_period(app: Any, cast: Any) -> None:
    case = closed_feedback(cast)
    deletion.run_all(last_day("keep.feedback"))
    assert case.encounter.what
    deletion.run_all(last_day("keep.feedback") + timedelta(days=1))
    db.session.expire_all()
    assert (case.encounter.what, sayings.party_of(case).name, sayings.party_of(case).email) == ("", "", None)
    assert case.encounter.happened_on is not None and not list(verify())
    assert deletion.run_all(last_day("keep.feedback") + timedelta(days=2))["feedback"] == 0


def test_a_hold_keeps_feedback(app: Any, cast: Any) -> None:
    case = closed_feedback(cast)
    case.hold = "civil claim"
    db.session.commit()
    deletion.run_all(last_day("keep.feedback") + timedelta(days=400))
    assert case.encounter.what


def test_a_complaint_goes_seven_years_after_it_ended(app: Any, cast: Any) -> None:
    case = finalised(cast)
    deletion.run_all(last_day("keep.complaint"))
    assert case.encounter.what
    deletion.run_all(last_day("keep.complaint") + timedelta(days=1))
    db.session.expire_all()
    assert not case.encounter.what and not complaints.queries.allegations(case.id)[0].words
    assert complaints.queries.allegations(case.id)[0].category == "B1"


def test_a_childs_complaint_is_kept_from_their_eighteenth_birthday(app: Any, cast: Any) -> None:
    born = date(today().year - 15, 1, 15)
    case = finalised(cast, person=Person(name="Kid", email="kid@example.org", born_on=born))
    adult = Months(12 * 18).due(born, settings.calendar())
    after = settings.rule("keep.complaint").due(adult, settings.calendar())
    deletion.run_all(after)
    assert case.encounter.what
    deletion.run_all(after + timedelta(days=1))
    db.session.expire_all()
    assert not case.encounter.what


@pytest.mark.parametrize("days", [1, 4000])
def test_what_was_referred_is_not_erased_by_time(app: Any, cast: Any, days: int) -> None:
    case = sayings.complaint()
    sayings.alleged(case, cast)
    complaints.check_referral(case, sayings.NOTHING | {"death": True}, cast.triage, stage="log")
    complaints.check_referral(case, sayings.NOTHING | {"death": True}, cast.triage, stage="record")
    cases.perform(case, "refer", cast.supervisor, prejudicial=True)
    cases.perform(case, "ask_to_withdraw", sayings.person_of(case), signed="online")
    cases.perform(case, "withdraw", cast.supervisor, interest="no")
    db.session.commit()
    deletion.run_all(last_day("keep.complaint") + timedelta(days=days))
    assert case.encounter.what


def test_words_about_a_case_that_was_pointed_out_go_with_it(app: Any, cast: Any) -> None:
    case = finalised(cast)
    trigger = db.session.query(Trigger).filter_by(case_id=case.id, why="b1").one()
    trigger.words = "Chidi again"
    db.session.commit()
    deletion.run_all(last_day("keep.complaint") + timedelta(days=1))
    db.session.expire_all()
    assert trigger.words == ""


def test_views_of_somebody_who_left_go_after_a_month(app: Any, cast: Any) -> None:
    account = db.session.get_one(Account, cast.triage.account_id)
    db.session.add(SavedView(account_id=account.id, name="Mine", filters={}, at=now()))
    db.session.commit()
    deletion.run_all(last_day("draft.keep") + timedelta(days=1))
    assert db.session.query(SavedView).count() == 1
    account.disabled_at = now()
    db.session.commit()
    deletion.run_all(last_day("draft.keep") + timedelta(days=1))
    assert not db.session.query(SavedView).count()


def test_what_was_split_off_keeps_the_account_until_it_goes_itself(app: Any, cast: Any) -> None:
    case = closed_feedback(cast)
    other = triage.split(case, "concern", cast.triage)
    db.session.commit()
    deletion.run_all(last_day("keep.feedback") + timedelta(days=1))
    db.session.expire_all()
    assert sayings.party_of(case).erased_at is not None and other.encounter.what
    erasure.erase([other.id])
    db.session.expire_all()
    assert not other.encounter.what


def test_words_to_a_merged_case_go_with_their_writer_in_the_other_case_too(app: Any, cast: Any) -> None:
    into, case = sayings.complaint(), sayings.concern()
    triage.merge(case, into, cast.triage)
    track.write(case, "My own words.", (), sayings.person_of(case))
    db.session.commit()
    assert db.session.query(Exchange).filter_by(case_id=into.id).one().words
    erasure.erase([case.id])
    db.session.expire_all()
    assert {each.words for each in db.session.query(Exchange)} == {""}
    assert into.encounter.what
