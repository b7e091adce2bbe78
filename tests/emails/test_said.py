"""What is said about feedback and complaints: to everybody, in every state, by mail, on paper and on the page."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest

from casework import emails
from casework.cases import duties
from casework.cases import service as cases
from casework.clocks.words import long_date
from casework.complaints import service as complaints
from casework.complaints.models import Complaint
from casework.emails import NotWanted
from casework.extensions import db
from casework.feedback import service as feedback
from casework.feedback.service import Person
from casework.moments import moved_to, now, today
from casework.outbox.models import Owed
from casework.parties.models import Party
from casework.settings import service as settings
from tests import sayings
from tests.emails.said import MAY_SAY, OTHERS, Said, others, sendings, with_somebody_acting
from tests.emails.test_messages import FORBIDDEN, check, words_of_html, words_of_text

ANONYMOUS = {"person": Person(channel="page"), "anonymous": True}


def stage_of(sending: Any, plain: Said, acting: Said) -> Said:
    return acting if sending.name.startswith("authority") else plain


def wanted(case: Any, name: str) -> Owed:
    """The row that a real transition owes."""
    rows = db.session.query(Owed).filter_by(stream_id=case.stream_id, name=name)
    return rows.order_by(Owed.id.desc()).first()


def text_of(case: Any, name: str) -> str:
    """What a real transition says, on one line."""
    db.session.commit()
    return " ".join(emails.render(wanted(case, name)).text.split())


def deliver(case: Any, name: str) -> None:
    """Let what a transition owes have gone out."""
    row = wanted(case, name)
    row.done_at = row.closed_at = now()
    db.session.flush()
    duties.delivered(case.stream_id, name)


@pytest.mark.parametrize("recorded", [True, False])
def test_every_message_renders_for_a_case_in_every_state_that_can_send_it(app: Any, recorded: bool) -> None:
    plain = Said(recorded)
    acting = with_somebody_acting(recorded=recorded, cast=plain.cast)
    for sending in list(sendings()):
        stage = stage_of(sending, plain, acting)
        row = stage.owe(sending)
        rendered, reference = emails.render(row), stage.subjects[sending.kind].reference
        check(rendered, str(sending))
        assert rendered.subject.startswith(reference + ": "), sending
        person = stage.person(sending)
        assert (rendered.to_address, rendered.to_name) == (person.email, person.name), sending
        assert ("/cases/" in rendered.text) == person.acts, sending
        assert f"Your {sending.kind} page" in rendered.text or not person.acts, sending
        for planted, where in MAY_SAY.items():
            assert planted not in rendered.subject
            quoted = planted.partition("\n")[0] in rendered.text
            assert quoted <= (sending.name in where), (str(sending), planted)
            if sending.name in where and recorded:
                assert quoted, (str(sending), planted)
        # The words of what happened are nobody's business who looks over a shoulder.
        assert not re.search(r"search|officer|racis|force|allegation", rendered.subject), sending


def test_what_people_wrote_is_harmless_in_the_html_and_whole_in_both(app: Any) -> None:
    stage = Said()
    for name in ("feedback-reply", "complaint-recorded"):
        sending = next(each for each in sendings() if each.name == name)
        rendered = emails.render(stage.owe(sending))
        assert re.search(r"&lt;(both|on the ground)&gt;", rendered.html)
        assert not re.search(r"<(both|on the)", rendered.html)
        assert words_of_text(rendered.text) == words_of_html(rendered.html)


@pytest.mark.parametrize("channel", ["letter", "call"])
def test_every_message_can_be_printed_and_read_out(app: Any, channel: str) -> None:
    plain = Said()
    acting = with_somebody_acting(cast=plain.cast)
    for sending in list(sendings()):
        if sending.name == "lost-link":
            continue  # is only ever sent by e-mail, to who asked for it there
        stage = stage_of(sending, plain, acting)
        row = stage.owe(sending, channel)
        row.code_generation = stage.person(sending).code_generation
        paper = emails.on_paper(row)
        assert "below" not in paper.text and "/cases/" not in paper.text, sending
        assert "below" not in paper.html and "/cases/" not in paper.html, sending
        assert words_of_text(paper.text) == words_of_html("<body>" + str(paper.html)), sending
        assert not FORBIDDEN.search(paper.text), sending
        assert bool(paper.code) == stage.person(sending).acts, sending


def test_every_message_reads_well_on_the_page_of_somebody_without_a_name(app: Any) -> None:
    stage = Said(**ANONYMOUS)
    for sending in list(sendings()):
        if sending.name.startswith("authority"):
            continue
        rendered = emails.render(stage.owe(sending, "page"))
        assert rendered.to_address == "" and rendered.subject and rendered.text.strip(), sending
        assert "link below" not in rendered.text and "/cases/" not in rendered.text, sending
        assert "Hello" not in rendered.text and "\0" not in rendered.text, sending
        assert not FORBIDDEN.search(rendered.text), sending


def test_messages_to_nobody_in_a_case_say_nothing_of_what_was_written(app: Any) -> None:
    stage, seen = Said(), set()
    for row in others(stage):
        rendered = emails.render(row)
        check(rendered, row.name)
        seen.add(row.name)
        assert not any(planted in rendered.text for planted in MAY_SAY) and "Chidi" not in rendered.text
    assert seen == OTHERS
    (draft,) = db.session.query(Owed).filter_by(name="feedback-draft-link")
    assert "http://localhost/feedback/back/" in emails.render(draft).text


def test_receipt_says_until_when_a_copy_of_the_search_record_can_be_asked_for(app: Any) -> None:
    on = today() - timedelta(days=10)
    text = text_of(sayings.concern(happened_on=on, searched=True), "feedback-received")
    until = settings.rule("search.record").due(on, settings.calendar())
    assert f"until the end of {long_date(until)}" in text and "does not give anybody a police record" in text
    longer = settings.rule("search.record.arrested").due(on, settings.calendar())
    text = text_of(sayings.complaint(happened_on=on, searched=True, arrested=True), "complaint-received")
    assert f"until the end of {long_date(longer)}" in text
    assert "within 3 months of the search" in text_of(sayings.concern(happened_on=None), "feedback-received")
    over = text_of(sayings.concern(happened_on=today() - timedelta(days=100)), "feedback-received")
    assert "copy of the record" not in over and "police record" in over
    by_receipt = text_of(sayings.concern(happened_on=on, searched=None, receipt="ABC 1"), "feedback-received")
    assert "copy of the record" in by_receipt
    unknown = text_of(sayings.concern(happened_on=on, searched=None), "feedback-received")
    assert "copy of the record" not in unknown and "police record" in unknown
    none = text_of(sayings.concern(happened_on=on, searched=False), "feedback-received")
    assert "police record" not in none


def test_receipt_speaks_of_video_and_panels_as_the_person_wished(app: Any) -> None:
    text = text_of(sayings.concern(), "feedback-received")
    assert "overwritten after about 31 days" in text and "You can ask for that, or object to it" in text
    assert "asked us not to show" in text_of(sayings.concern(panel="no"), "feedback-received")
    assert "said that a panel" in text_of(sayings.complaint(panel="yes"), "complaint-received")
    thanks = text_of(sayings.concern(intent="thanks", searched=False), "feedback-received")
    assert "overwritten" not in thanks and "panel" not in thanks and "complaint" not in thanks


def test_the_offer_explains_both_ways_and_that_silence_is_no_consent(app: Any, cast: Any) -> None:
    case = sayings.concern()
    cases.perform(case, "offer_complaint", cast.triage)
    by = long_date(settings.rule("feedback.offer").due(today(), settings.calendar()))
    for name in ("complaint-offered", "complaint-offered-reminder"):
        text = text_of(case, name)
        assert "As feedback" in text and "As a complaint" in text and by in text
        assert "we log what you wrote as a complaint if it meets the definition" in text
    assert "within 14 days" in text_of(case, "complaint-offered")
    cases.perform(case, "decline_complaint", sayings.person_of(case))
    for name in ("complaint-offered", "complaint-offered-reminder"):
        with pytest.raises(NotWanted):
            text_of(case, name)


def test_who_did_not_answer_is_told_that_it_is_a_complaint_with_its_first_date(app: Any, cast: Any) -> None:
    case = sayings.concern(received_on=today() - timedelta(days=3))
    cases.perform(case, "offer_complaint", cast.triage)
    with moved_to(now() + timedelta(days=20)):
        assert cases.take_time(cases.registry.of(case), case)
        became = db.session.get_one(Complaint, case.became_id)
        text = text_of(became, "complaint-received")
        assert "We have no answer from you" in text and "We have logged it as a complaint" not in text
        assert f"with its first date: {long_date(today() - timedelta(days=23))}" in text
        assert "as soon as we can" in text, "no day that has passed is promised"
    asked = sayings.concern(received_on=today() - timedelta(days=1))
    cases.perform(asked, "convert", cast.triage)
    text = text_of(db.session.get_one(Complaint, asked.became_id), "complaint-received")
    assert f"with its first date: {long_date(today() - timedelta(days=1))}" in text and "no answer" not in text


def test_somebody_who_acts_is_told_nothing_but_the_receipt_until_the_person_says_yes(app: Any, cast: Any) -> None:
    other = Person(name="Ruth Mbeki", email="ruth@example.org")
    case = sayings.complaint(relation="behalf", authority="friend", representative=other)
    party = sayings.party_of(case, "representative")
    row = db.session.query(Owed).filter_by(name="complaint-received", part=f"party:{party.id}").one()
    rendered = emails.render(row)
    assert "cannot tell you anything more" in rendered.text and "/cases/" not in rendered.text
    assert "search" not in rendered.text and "Chidi" not in rendered.text
    assert emails.on_paper(row).code == ""
    own = db.session.query(Owed).filter_by(name="complaint-received").order_by(Owed.id).first()
    assert own and "a complaint that was made on your behalf" in " ".join(emails.render(own).text.split())
    asked = emails.render(wanted(case, "authority-wanted"))
    assert asked.to_address == "chidi@example.org" and "/cases/" in asked.text
    assert "Ruth Mbeki has written to us on your behalf" in " ".join(asked.text.split())
    person = sayings.party_of(case)
    feedback.agree_to_representative(case, person, True, sayings.person_of(case))
    assert "may act for them" in text_of(case, "authority-given")
    with pytest.raises(NotWanted):
        emails.render(wanted(case, "authority-wanted"))
    complaints.allege(case, "Searched.", cast.triage)
    complaints.check_referral(case, sayings.NOTHING, cast.triage, stage="log")
    cases.perform(case, "log", cast.triage)
    logged = db.session.query(Owed).filter_by(name="complaint-logged", part=f"party:{party.id}").one()
    assert "/cases/" in emails.render(logged).text
    feedback.agree_to_representative(case, person, False, sayings.person_of(case))
    for row in (logged, wanted(case, "authority-given")):
        with pytest.raises(NotWanted):
            emails.render(row)
    assert "cannot tell you anything" in text_of(case, "authority-refused")


def test_a_parent_of_a_child_is_told_and_the_child_is_not_written_to(app: Any) -> None:
    parent = Person(name="Ruth Mbeki", email="ruth@example.org")
    child = Person(name="Tobi", born_on=date(today().year - 12, 1, 1))
    case = sayings.complaint(person=child, relation="behalf", authority="parent-under-16", representative=parent)
    (row,) = db.session.query(Owed).filter_by(stream_id=case.stream_id)
    rendered = emails.render(row)
    assert rendered.to_address == "ruth@example.org" and "We have received your complaint" in rendered.text


def test_a_recorded_complaint_is_told_with_a_copy_of_the_record_and_why(app: Any, cast: Any) -> None:
    case = sayings.recorded(cast)
    text = text_of(case, "complaint-recorded")
    for part in ("because you asked for it", case.encounter.what, "Allegation 1", "Searched without a reason."):
        assert " ".join(part.split()) in text
    assert long_date(case.received_on) in text and "High Street, outside the library" in text


def test_outside_schedule_3_there_is_no_review_and_recording_can_be_asked_for(app: Any, cast: Any) -> None:
    case = sayings.contacted(cast)
    cases.perform(case, "handle_outside", cast.handler)
    text = text_of(case, "complaint-outside")
    assert "no right of review" in text and "You can ask at any time" in text
    said = complaints.queries.allegations(case.id)[0]
    complaints.resolve(said, "resolved", "", ["apology"], cast.handler)
    complaints.draft_outcome(case, "We are sorry.", cast.handler)
    cases.perform(case, "approve", cast.supervisor)
    cases.perform(case, "send", cast.handler)
    text = text_of(case, "complaint-outcome")
    assert "no right of review" in text and "You can ask at any time" in text and "last day" not in text
    assert "Result: Resolved." in text and "What is done about it: Apology." in text
    deliver(case, "complaint-outcome")
    cases.perform(case, "record_after", sayings.person_of(case))
    with pytest.raises(NotWanted):
        text_of(case, "complaint-outcome")
    assert "not satisfied with how we had dealt with it" in text_of(case, "complaint-recorded")


def test_the_outcome_names_the_body_why_and_the_last_day_counted_from_its_sending(app: Any, cast: Any) -> None:
    case = sayings.answered(cast)
    with moved_to(now() + timedelta(days=3)):
        text = text_of(case, "complaint-outcome")
        last = long_date(today() + timedelta(days=28))
        assert f"The last day is {last}." in text and "must be received by the end of that day" in text
    assert "The body that reviews it is the local policing body, because it is not of a kind" in text
    assert "Result: The service provided was acceptable." in text and "We looked at the footage." in text
    settings.change("complaint.review.local", "the Mayor’s Office for Policing and Crime", cast.admin, "named")
    assert "the Mayor’s Office for Policing and Crime, because" in text_of(case, "complaint-outcome")
    case.review_body, case.review_answers = (
        "iopc",
        dict.fromkeys(complaints.effects.review.QUESTIONS, False) | {"senior": True},
    )
    text = text_of(case, "complaint-outcome")
    assert "Independent Office for Police Conduct (IOPC), because it is about a senior officer" in text
    # Told already, to somebody else in the case: one day for everybody.
    case.told_on, case.review_by = today(), today() + timedelta(days=28)
    with moved_to(now() + timedelta(days=3)):
        assert f"The last day is {long_date(today() + timedelta(days=25))}." in text_of(case, "complaint-outcome")


def test_an_outcome_is_not_told_while_an_allegation_has_no_result(app: Any, cast: Any) -> None:
    case = sayings.answered(cast)
    complaints.allege(case, "And another thing.", cast.triage)
    with pytest.raises(NotWanted):
        text_of(case, "complaint-outcome")


def test_who_handles_a_complaint_is_named_where_somebody_was_given_it(app: Any, cast: Any) -> None:
    case = sayings.investigated(cast)
    assert "We investigate your complaint. A handler of ours deals with it." in text_of(case, "complaint-allocated")
    cases.assign(case, cast.handler.account_id, cast.supervisor)
    assert "We investigate your complaint. Handler handles it." in text_of(case, "complaint-allocated")
    assert "within 4 weeks" in text_of(case, "complaint-allocated")


def test_an_update_says_by_when_the_next_one_comes_counted_from_its_sending(app: Any, cast: Any) -> None:
    case = sayings.investigated(cast)
    complaints.update(case, "We are waiting for the footage.", cast.handler)
    with moved_to(now() + timedelta(days=2)):
        text = text_of(case, "complaint-update")
        assert "We are waiting for the footage." in text and long_date(today() + timedelta(days=28)) in text


def test_messages_about_addresses_and_links_call_a_case_what_it_is(app: Any) -> None:
    stage = Said()
    for name in ("lost-link", "contact-changed"):
        for kind in ("feedback", "complaint"):
            sending = next(each for each in sendings() if each.name == name and each.kind == kind)
            rendered = emails.render(stage.owe(sending))
            assert "application" not in rendered.subject + rendered.text and f"your {kind}" in rendered.text
    assert db.session.query(Party).count() > 0
