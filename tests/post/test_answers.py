"""Letters that belong to a case: what they say goes where the tracking page would put it."""

from __future__ import annotations

from typing import Any

import pytest

from casework.cases import service as cases
from casework.exchanges.models import Exchange
from casework.extensions import db
from casework.feedback import service as feedback
from casework.feedback.service import Person, Told
from casework.history.models import Event
from casework.outbox.models import Owed
from casework.roles import Actor, Role
from tests import sayings
from tests.browser import Browser
from tests.desks import at_the_desk
from tests.post.trays_by_hand import answer, attached, concern

pytestmark = pytest.mark.usefixtures("demo_mode")


@pytest.fixture
def clerk(app: Any, cast: Any) -> Browser:
    return at_the_desk(app, cast, "clerk")


def test_an_answer_to_our_question_goes_where_the_tracking_page_would_put_it(clerk: Browser, cast: Any) -> None:
    case = concern()
    cases.perform(case, "ask", cast.triage, private={"words": "Which bus was it?"})
    db.session.commit()
    owed = db.session.query(Owed).filter_by(stream_id=case.stream_id, name="feedback-question").one()
    item = attached(clerk, cast, case, owed)
    clerk.get(f"/staff/post/items/{item.id}")
    answer(clerk, item, "answer", "The 176.")
    assert case.state == "answering"
    assert db.session.query(Exchange).filter_by(words="The 176.").one().party_id == case.applicant.id


def test_a_yes_to_the_offer_opens_the_complaint(clerk: Browser, cast: Any) -> None:
    case = concern()
    cases.perform(case, "offer_complaint", cast.triage)
    db.session.commit()
    answer(clerk, attached(clerk, cast, case), "complaint")
    assert case.state == "converted" and case.complaint_answer == "yes"


def test_what_the_case_does_not_allow_now_is_kept_as_a_message(clerk: Browser, cast: Any) -> None:
    case = concern()
    item = attached(clerk, cast, case)
    answer(clerk, item, "no-complaint", "No thank you.")
    said = db.session.query(Exchange).filter_by(case_id=case.id).one()
    assert said.words == "They do not want a complaint. No thank you." and case.state == "received"
    event = db.session.query(Event).filter_by(subject_kind="item", subject_id=item.id, action="enter").one()
    assert event.facts["done"] is False


def test_a_signed_withdrawal_of_a_complaint_is_recorded_as_seen_on_paper(clerk: Browser, cast: Any) -> None:
    case = sayings.complaint()
    db.session.commit()
    answer(clerk, attached(clerk, cast, case), "withdraw")
    assert case.state == "withdrawing"
    event = db.session.query(Event).filter_by(stream_id=case.stream_id, action="ask_to_withdraw").one()
    assert event.facts["signed"] == "paper"


def test_somebody_says_on_paper_that_another_may_act_for_them(clerk: Browser, cast: Any) -> None:
    acting = Person("Femi Abara", email="femi@example.org")
    words = Told(what="Hello.", intent="concern", relation="behalf", authority="consent", representative=acting,
                person=Person("Ama Mensah", address="4 Mill Lane", channel="letter"))  # fmt: skip
    case = feedback.submit(words, Actor(Role.PUBLIC))
    db.session.commit()
    owed = db.session.query(Owed).filter_by(stream_id=case.stream_id, name="authority-wanted").one()
    answer(clerk, attached(clerk, cast, case, owed), "authorise")
    assert {party.part: party.acts for party in case.parties} == {"complainant": True, "representative": True}


def test_somebody_who_may_not_act_yet_cannot_take_a_case_back_by_letter(clerk: Browser, cast: Any) -> None:
    acting = Person("Femi Abara", address="9 Hill Road", channel="letter")
    words = Told(what="Hello.", intent="concern", relation="behalf", authority="consent", representative=acting,
                person=Person("Ama Mensah", channel="page"))  # fmt: skip
    case = feedback.submit(words, Actor(Role.PUBLIC))
    db.session.commit()
    answer(clerk, attached(clerk, cast, case), "withdraw", "I take it back.")
    assert case.state == "received"
    assert "I take it back." in db.session.query(Exchange).filter_by(case_id=case.id).one().words
