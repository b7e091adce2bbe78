"""Replies: seen before they go, never past something unseen, never lost; and the texts that they begin with."""

from __future__ import annotations

import html
from datetime import timedelta
from typing import Any

import pytest

from casework.cases import service as cases
from casework.exchanges import canned
from casework.exchanges import service as talk
from casework.exchanges.models import CannedText, Exchange, Unsent
from casework.extensions import db
from casework.feedback.models import Feedback
from casework.feedback.service import Person
from casework.history.models import Event
from casework.moments import today
from casework.outbox.models import Owed
from casework.parties import secrets
from tests import sayings
from tests.browser import Browser
from tests.desks import at_the_desk
from tests.triage.desk import decide, everything_told, open_reply, owed, send_reply

pytestmark = pytest.mark.usefixtures("demo_mode")


@pytest.fixture
def desk(app: Any, cast: Any) -> Browser:
    """Triage at the desk, with the texts of a new installation."""
    canned.ensure_defaults()
    db.session.commit()
    return at_the_desk(app, cast, "triage")


def made(case: Feedback) -> Feedback:
    """A case as others find it."""
    db.session.commit()
    return case


def test_a_reply_closes_goes_out_and_leads_to_the_next_case_in_one_press(app, cast, desk):
    case = made(sayings.concern(intent="comment", received_on=today() - timedelta(days=9)))
    later = made(sayings.concern(received_on=today() - timedelta(days=1)))
    urgent = made(sayings.concern(received_on=today() - timedelta(days=5)))
    answer = send_reply(desk, case, "We have read it.\n\nThank you.", "next")
    assert answer.status_code == 303 and answer.headers["Location"].endswith(urgent.reference)
    assert case.state == "closed" and owed(case)[-1] == "feedback-reply"
    assert urgent.assigned_to == cast.account("triage").id and later.assigned_to is None
    said = db.session.query(Exchange).one()
    assert said.words == "We have read it.\n\nThank you." and said.account_id == cast.account("triage").id
    assert "We have read it." in everything_told()
    desk.follow(answer)
    assert f"{case.reference}: replied and closed." in desk.words


def test_a_reply_that_keeps_it_open_is_taken_on_by_whoever_wrote_it(app, cast, desk):
    case = made(sayings.concern())
    assert send_reply(desk, case, "More soon.", "open").status_code == 303
    assert case.state == "answering" and case.assigned_to == cast.account("triage").id


def test_dissatisfaction_is_not_closed_by_a_reply_before_the_route_was_offered_and_nothing_is_lost(app, cast, desk):
    case = made(sayings.concern())
    open_reply(desk, case)
    assert "Reply, close and next" not in desk.words and "Closing is not possible now" in desk.words
    answer = send_reply(desk, case, "Go away.", "close")
    assert answer.status_code == 409 and "Offer the complaint route first" in desk.words and "Go away." in desk.text
    assert case.state == "received" and db.session.query(Exchange).count() == 0
    cases.perform(case, "offer_complaint", cast.triage)
    cases.perform(case, "decline_complaint", sayings.person_of(case))
    made(case)
    assert send_reply(desk, case, "As you wished: no complaint.", "close").status_code == 303
    assert case.state == "closed"


@pytest.mark.parametrize(
    ("person", "how"),
    [
        (Person(name="Chidi Abara", email="chidi@example.org"), "Email to Chidi Abara chidi@example.org"),
        (Person(name="Chidi Abara", address="1 High Street", postcode="N1 1AA", channel="letter"), "Letter to Chidi Abara 1 High Street"),
        (Person(name="Chidi Abara", phone="020 7946 0021", channel="phone"), "To be said on the telephone to Chidi Abara 020 7946 0021"),
        (Person(channel="page"), "On the tracking page of somebody anonymous"),
    ],
)  # fmt: skip
def test_a_reply_is_seen_as_its_reader_will_in_their_channel_and_seeing_it_leaves_nothing(app, cast, desk, person, how):
    case = made(sayings.concern(person=person, anonymous=not person.name))
    before = (db.session.query(Owed).count(), db.session.query(Event).count(), db.session.query(Exchange).count())
    assert send_reply(desk, case, "We found <it> & we are sorry.", "preview").status_code == 200
    assert how in desk.words and "We found <it> & we are sorry." in desk.words
    assert "We have not finished with your feedback" in desk.words  # the words around it, as they go out
    party = sayings.party_of(case)
    assert secrets.link_secret(party.id, party.generation) not in desk.text
    after = (db.session.query(Owed).count(), db.session.query(Event).count(), db.session.query(Exchange).count())
    assert before == after and db.session.get(Feedback, case.id).state == "received"
    assert db.session.query(Unsent).one().words == "We found <it> & we are sorry."


def test_what_is_seen_is_what_goes_out(app, cast, desk):
    case = made(sayings.concern(intent="comment"))
    send_reply(desk, case, "Word for word.", "preview")
    seen = html.unescape(desk.text.split('aria-label="The message"><bdi>')[1].split("</bdi>")[0])
    send_reply(desk, case, "Word for word.", "close")
    from casework.outbox import preview

    row = db.session.query(Owed).filter_by(name="feedback-reply").one()
    assert preview.of(row).text == seen


def test_everybody_who_is_told_is_seen_and_who_may_not_be_told_is_not(app, cast, desk):
    other = Person(name="Amara Obi", email="amara@example.org")
    case = made(sayings.concern(authority="solicitor", representative=other))
    send_reply(desk, case, "Hello.", "preview")
    assert "chidi@example.org" in desk.words and "amara@example.org" not in desk.words


def test_a_text_is_put_below_what_was_typed_with_the_facts_filled_in(app, cast, desk):
    case = made(sayings.concern())
    desk.post(
        f"/staff/cases/{case.reference}/reply",
        {**open_reply(desk, case), "words": "Dear you,", "then": "fill", "canned": "search-record-how"},
    )
    box = html.unescape(desk.text.split("<textarea")[1].split("</textarea>")[0])
    assert "Dear you,\n\nYou can ask" in box and "until Saturday 20 February 2027" in box and "Triage" in box
    assert "{" not in box


def test_a_fact_that_we_do_not_know_stays_a_place_and_stops_the_sending(app, cast, desk):
    case = made(sayings.concern(happened_on=None, person=Person(channel="page"), anonymous=True))
    form = open_reply(desk, case)
    desk.post(f"/staff/cases/{case.reference}/reply", {**form, "then": "fill", "canned": "search-record-how"})
    assert "{search_record_until}" in desk.text
    for words in ("Until {search_record_until}.", "We saw [Say here what you found] there."):
        for then in ("open", "preview"):
            assert send_reply(desk, case, words, then).status_code == 400
            assert "Fill in or take out" in desk.words
    assert db.session.query(Exchange).count() == 0


def test_what_staff_or_people_write_is_never_a_template(app, cast, desk):
    case = made(sayings.concern(person=Person(name="{{ 7*7 }} {handler}", email="a@example.org")))
    text = CannedText(
        key="evil",
        title="Evil",
        words="{name} {{ config }} {% raw %}",
        sorts=[],
        active=True,
        changed_at=sayings.feedback.now(),
    )
    db.session.add(text)
    db.session.commit()
    form = open_reply(desk, case)
    desk.post(f"/staff/cases/{case.reference}/reply", {**form, "then": "fill", "canned": "evil"})
    box = html.unescape(desk.text.split("<textarea")[1].split("</textarea>")[0])
    assert "{{ 7*7 }} {handler} {{ config }} {% raw %}" in box
    assert "SECRET_KEY" not in desk.text


def test_a_reply_begun_is_kept_with_and_without_script_and_seen_by_colleagues(app, cast, desk):
    case = made(sayings.concern())
    open_reply(desk, case)
    assert desk.post(f"/staff/cases/{case.reference}/unsent", {"words": "Half a sen"}).status_code == 204
    colleague = at_the_desk(app, cast, "handler")
    colleague.get(f"/staff/cases/{case.reference}")
    assert "Triage has begun a reply" in colleague.words and "Half a sen" in colleague.words
    assert send_reply(desk, case, "Half a sentence", "keep").status_code == 303
    open_reply(desk, case)
    assert "Half a sentence" in desk.text
    colleague.get(f"/staff/cases/{case.reference}")
    colleague.post(f"/staff/cases/{case.reference}/here")
    assert "Triage" in colleague.text
    send_reply(desk, case, "Half a sentence more.", "open")
    assert db.session.query(Unsent).count() == 0


def test_who_did_not_see_a_colleagues_reply_is_warned_before_sending_and_may_then_send(app, cast, desk):
    case = made(sayings.concern())
    form = open_reply(desk, case)
    talk.keep_unsent(case.id, cast.account("handler").id, "I am on it.")
    db.session.commit()
    path = f"/staff/cases/{case.reference}/reply"
    answer = desk.post(path, {**form, "words": "Mine.", "then": "open"})
    assert answer.status_code == 409 and "Handler has begun a reply too" in desk.words
    assert "I am on it." in desk.words and "Mine." in desk.text and db.session.query(Exchange).count() == 0
    from tests.desks import value_of

    form = {name: value_of(desk, name) for name in form}
    assert desk.post(path, {**form, "words": "Mine.", "then": "open"}).status_code == 303
    assert db.session.query(Exchange).one().words == "Mine."


def test_no_reply_goes_past_something_that_the_person_wrote_meanwhile(app, cast, desk):
    case = made(sayings.concern())
    form = open_reply(desk, case)
    talk.say(case.id, "Forget it, I found it.", sayings.person_of(case))
    db.session.commit()
    answer = desk.post(f"/staff/cases/{case.reference}/reply", {**form, "words": "We found it.", "then": "open"})
    assert answer.status_code == 409 and "written again" in desk.words
    assert "Forget it, I found it." in desk.words and "We found it." in desk.text
    assert db.session.query(Unsent).one().words == "We found it."


def test_two_tabs_of_one_person_send_once_and_the_other_words_are_not_lost(app, cast, desk):
    case = made(sayings.concern())
    path, form = f"/staff/cases/{case.reference}/reply", open_reply(desk, case)
    form |= {"csrf_token": desk.token(), "then": "open"}
    assert desk.post_bare(path, {**form, "words": "First tab."}).status_code == 303
    assert desk.post_bare(path, {**form, "words": "First tab."}).status_code == 303  # the same press twice
    answer = desk.post_bare(path, {**form, "words": "Second tab."})
    assert answer.status_code == 409 and "Second tab." in desk.text and "was faster" in desk.words
    assert [each.words for each in db.session.query(Exchange)] == ["First tab."]
    assert owed(case).count("feedback-reply") == 1


def test_where_no_reply_is_possible_a_message_still_is_and_it_changes_nothing(app, cast, desk):
    case = made(sayings.concern())
    cases.perform(case, "offer_complaint", cast.triage)
    made(case)
    assert send_reply(desk, case, "You asked what it means.", "write").status_code == 303
    assert case.state == "offered" and owed(case)[-1] == "case-message"


def test_supervisors_write_texts_and_a_wrong_place_cannot_be_saved(app, cast, desk):
    supervisor = at_the_desk(app, cast, "supervisor")
    text = db.session.query(CannedText).filter_by(key="still-working").one()
    path = f"/staff/texts/{text.id}"
    for wrong in ("{officer}", "{name.__class__}", "{0}", "{}", "{{name}}x{bad}"):
        answer = decide(supervisor, path, {"title": "T", "words": f"Hello {wrong}", "active": "yes"})
        assert answer.status_code == 400 and "is no place that we can fill in" in supervisor.words, wrong
    assert (
        decide(supervisor, path, {"title": "Anew", "words": "On {received_on}.", "sorts": "concern"}).status_code == 303
    )
    text = db.session.get(CannedText, text.id)
    assert (text.title, text.words, text.sorts, text.active) == ("Anew", "On {received_on}.", ["concern"], False)
    assert (
        decide(supervisor, "/staff/texts/new", {"title": "Mine", "words": "Hello.", "active": "yes"}).status_code == 303
    )
    assert db.session.query(CannedText).filter_by(title="Mine", active=True).count() == 1
    supervisor.get("/staff/texts")
    assert "Anew" in supervisor.words and "Not offered" in supervisor.words
    assert desk.get("/staff/texts").status_code == 403
    assert supervisor.get("/staff/texts/999999").status_code == 404


def test_two_supervisors_change_one_text_and_the_second_is_told(app, cast, desk):
    first, second = at_the_desk(app, cast, "supervisor"), at_the_desk(app, cast, "supervisor_too")
    path = f"/staff/texts/{db.session.query(CannedText.id).first()[0]}"
    second.get(path)
    version = "1"
    assert decide(first, path, {"title": "A", "words": "Theirs.", "active": "yes"}).status_code == 303
    answer = second.post(path, {"version": version, "title": "B", "words": "Mine.", "active": "yes"})
    assert answer.status_code == 409 and "Supervisor was faster" in second.words
    assert "Theirs." in second.words and "Mine." in second.text


def test_a_new_installation_has_eight_texts_once_and_all_of_them_can_be_filled(app):
    assert canned.ensure_defaults() == 8 and canned.ensure_defaults() == 0
    for text in db.session.query(CannedText):
        assert canned.unknown(text.words) == []
        assert "{" not in canned.fill(text.words, dict.fromkeys(canned.PLACES, "x"))
