"""Feedback beside other cases: merged, split, linked, become a complaint."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from casework.cases import service as cases
from casework.complaints.models import Complaint
from casework.exchanges import service as talk
from casework.exchanges.models import Attachment
from casework.extensions import db
from casework.feedback import queries as feedback
from casework.feedback import service as told
from casework.feedback.models import Feedback
from casework.feedback.service import Person
from casework.moments import now, today
from casework.triage import service
from tests import factories, sayings
from tests.triage.desk import decide, owed, page_of

pytestmark = pytest.mark.usefixtures("demo_mode")


def test_what_is_merged_is_answered_there_what_comes_later_stands_in_both_and_it_can_be_undone(app, cast):
    one, two = sayings.concern(), sayings.concern()
    browser = page_of(app, cast, one)
    assert decide(browser, f"/staff/feedback/{one.reference}/merge", {"into": two.reference.lower()}).status_code == 303
    assert one.state == "merged" and one.merged_into_id == two.id and not one.is_open
    talk.say(one.id, "I remembered something.", sayings.person_of(one))
    db.session.commit()
    browser.get(f"/staff/cases/{two.reference}")
    assert "I remembered something." in browser.words and f"in {one.reference}" in browser.words
    assert feedback.story(two) == (two.id,)  # the person's own page shows only what was written there
    browser.get(f"/staff/cases/{one.reference}")
    assert browser.post(
        f"/staff/cases/{one.reference}/do/unmerge", {"version": str(db.session.get(Feedback, one.id).version)}
    ).status_code == 302  # fmt: skip
    assert one.state == "answering" and one.merged_into_id is None
    browser.get(f"/staff/cases/{two.reference}")
    assert "I remembered something." not in browser.words


def test_cases_of_two_people_are_merged_only_knowingly_and_never_into_what_is_closed_or_out_of_sight(app, cast):
    case = sayings.concern()
    other = sayings.concern(person=Person(name="Somebody Else", email="else@example.org"))
    shut = sayings.concern(intent="thanks")
    cases.perform(shut, "pass_thanks", cast.triage)
    far = sayings.concern(borough_id=factories.area("south-borough").id)
    browser = page_of(app, cast, case)
    path = f"/staff/feedback/{case.reference}/merge"
    assert decide(browser, path, {"into": other.reference}).status_code == 400
    assert "Nothing shows that both are of the same person" in browser.words
    assert decide(browser, path, {"into": shut.reference}).status_code == 409 and "is closed" in browser.words
    for wrong in (far.reference, "FB-0000-0000-0", case.reference, "x"):
        assert decide(browser, path, {"into": wrong, "sure": "yes"}).status_code == 400, wrong
    assert case.state == "received"
    assert decide(browser, path, {"into": other.reference, "sure": "yes"}).status_code == 303
    assert case.merged_into_id == other.id


def test_a_second_case_has_encounter_people_and_day_of_receipt_and_is_opened_once(app, cast):
    case = sayings.concern(received_on=today() - timedelta(days=3))
    browser = page_of(app, cast, case)
    path = f"/staff/cases/{case.reference}/split"
    browser.get(path)
    version = str(db.session.get(Feedback, case.id).version)
    form = {"version": version, "sort": "question", "note": "Asks about the search record too."}
    form["csrf_token"] = browser.token()
    first, again = browser.post_bare(path, form), browser.post_bare(path, form)
    assert first.status_code == 303 and again.status_code == 303
    other = db.session.query(Feedback).filter(Feedback.id != case.id).one()
    assert (other.encounter_id, other.received_on, other.sort) == (case.encounter_id, case.received_on, "question")
    assert sayings.party_of(other).email == "chidi@example.org"
    assert sayings.party_of(other).link_digest != sayings.party_of(case).link_digest
    assert [link.kind for link, _ in feedback.links(case.id)] == ["split"]
    assert "feedback-received" in owed(other)


def test_a_complaint_may_hold_something_else_too_which_becomes_feedback_of_its_own(app, cast):
    case = sayings.complaint(received_on=today() - timedelta(days=3))
    browser = page_of(app, cast, case)
    form = {"sort": "question", "note": "Asks about the search record too."}
    assert decide(browser, f"/staff/cases/{case.reference}/split", form).status_code == 303
    other = db.session.query(Feedback).one()
    assert (other.encounter_id, other.received_on, other.state) == (case.encounter_id, case.received_on, "received")


def test_files_are_offered_for_saving_from_the_case_that_they_lie_with(app, cast):
    one, two = sayings.concern(), sayings.concern()
    said = talk.say(one.id, "Here is a picture.", sayings.person_of(one))
    for case, exchange, name in ((one, said.id, "street.jpg"), (one, None, "<b>form.pdf"), (two, None, "own.pdf")):
        db.session.add(
            Attachment(case_id=case.id, exchange_id=exchange, at=now(), name=name, kind="application/pdf", size=2000,
                       digest=b"x", stored=name, verdict="clean")
        )  # fmt: skip
    service.merge(one, two, cast.triage)
    browser = page_of(app, cast, two)
    found = dict(
        re.findall(r'<a class="govuk-link" download href="/staff/cases/([^/]+)/files/\d+"><bdi>([^<]+)', browser.text)
    )
    assert found.keys() == {one.reference, two.reference}
    assert browser.text.count(f"/staff/cases/{one.reference}/files/") == 2 and "&lt;b&gt;form.pdf" in browser.text
    assert f"Files that came with {one.reference}" in browser.words and "Files that came with it" in browser.words


def test_two_cases_are_linked_and_each_shows_the_other(app, cast):
    one, two = sayings.concern(), sayings.complaint()
    browser = page_of(app, cast, one)
    for _ in range(2):
        browser.get(f"/staff/cases/{one.reference}/link")
        assert browser.post(f"/staff/cases/{one.reference}/link", {"other": two.reference}).status_code == 303
    for here, there in ((one, two), (two, one)):
        browser.get(f"/staff/cases/{here.reference}")
        assert f"Linked: {there.reference}" in browser.words
    assert len(feedback.links(one.id)) == 1


def test_feedback_becomes_a_complaint_the_same_day_with_its_first_date(app, cast):
    case = sayings.concern(received_on=today() - timedelta(days=6))
    browser = page_of(app, cast, case)
    browser.post(f"/staff/cases/{case.reference}/do/convert", {"version": str(case.version)})
    complaint = db.session.query(Complaint).one()
    assert case.state == "converted" and complaint.received_on == case.received_on
    browser.get(f"/staff/cases/{complaint.reference}")
    assert f"Became the other: {case.reference}" in browser.words


def test_of_a_linked_case_in_another_area_only_the_reference_is_shown(app, cast):
    case, far = sayings.concern(), sayings.concern(borough_id=factories.area("south-borough").id)
    told.link(case, far, "linked", cast.triage)
    browser = page_of(app, cast, case)
    assert f"Linked: {far.reference} in another area or unit" in browser.words
    assert f"/staff/cases/{far.reference}" not in browser.text
