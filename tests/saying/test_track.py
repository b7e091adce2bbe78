"""The tracker of feedback and complaints: what one of the people sees, and everything that they can do there."""

from __future__ import annotations

import gc
import io
from datetime import timedelta
from typing import Any

import pytest

from casework.cases import service as cases
from casework.cases.models import Case
from casework.complaints.models import Complaint
from casework.exchanges import service as exchanges
from casework.exchanges.models import Attachment, Exchange
from casework.extensions import db
from casework.feedback import service as feedback
from casework.feedback.models import Feedback
from casework.feedback.service import Person
from casework.history.models import Event, EventNote
from casework.moments import moved_to, now
from casework.outbox.models import Owed
from casework.parties import secrets
from casework.roles import SYSTEM
from tests import sayings
from tests.browser import Browser
from tests.exchanges import samples

HELPER = Person(name="Ada Helper", email="ada@example.org")
NOBODY = Person(channel="page")


def opened(client: Browser, case: Any, part: str = "complainant") -> Browser:
    """The tracking page of one of the people of a case."""
    db.session.commit()
    party = sayings.party_of(case, part)
    client.follow(client.get("/cases/" + secrets.link_secret(party.id, party.generation)))
    return client


def sent(client: Browser, path: str, **fields: Any) -> str:
    """What one reads after a form was sent."""
    client.follow(client.submit(path, fields))
    return client.words


def state(case: Any) -> str:
    return db.session.get(Case, case.id).state


def upload(name: str = "cut.jpg", content: bytes | None = None) -> tuple[io.BytesIO, str]:
    return io.BytesIO(content or samples.picture()), name


def asked(cast: Any, **facts: Any) -> Feedback:
    """Feedback on which we asked something."""
    case = sayings.concern(**facts)
    cases.perform(case, "ask", cast.triage, private={"words": "Which library was it?"})
    return case


def answered_and_told(cast: Any) -> Complaint:
    """A complaint whose outcome was sent and delivered today."""
    case = sayings.answered(cast)
    owed = db.session.query(Owed).filter_by(stream_id=case.stream_id, name="complaint-outcome").one()
    owed.done_at = owed.closed_at = now()
    cases.duties.delivered(case.stream_id, "complaint-outcome")
    return case


def test_it_says_where_feedback_stands_whose_turn_it_is_and_by_when(cast: Any, client: Browser) -> None:
    case = sayings.concern()
    opened(client, case)
    assert "We have what you wrote and will read it." in client.words
    assert case.reference in client.words
    assert "It is our turn" in client.words
    assert "Why this date?" in client.words
    assert "You told us" in client.words
    assert "overwritten after about a month" in client.words


def test_it_says_what_is_owed_by_which_day_and_how_that_was_worked_out(cast: Any, client: Browser) -> None:
    opened(
        client, sayings.contacted(cast, at=now() - timedelta(weeks=5), received_on=(now() - timedelta(weeks=5)).date())
    )
    assert "What we owe you, and when" in client.words
    assert "We tell you how it stands by" in client.words
    assert "Late We are sorry" in client.words
    for hidden in ("IOPC", "Footage is overwritten after this day", "Have footage"):
        assert hidden not in client.words.partition("What has happened")[0].partition("What we owe you")[2]


def test_neither_birth_date_nor_address_nor_other_staff_are_ever_shown(cast: Any, client: Browser) -> None:
    person = Person(
        name="Chidi Abara", email="chidi@example.org", phone="020 7946 0021", address="7 Elm Road", postcode="N1 1AA",
        born_on=sayings.told().person.born_on,
    )  # fmt: skip
    case = sayings.contacted(cast, person=person)
    case.assigned_to = cast.account("handler").id
    exchanges.say(case.id, "We spoke today.", cast.triage)
    opened(client, case)
    assert cast.account("handler").name in client.text
    for hidden in ("7 Elm Road", "N1 1AA", "1991", "7946 0021", "chidi@example.org", cast.account("triage").name):
        assert hidden not in client.text
    assert "We spoke today." in client.words


def test_a_question_is_answered_with_files(cast: Any, client: Browser) -> None:
    case = asked(cast)
    opened(client, case)
    assert "It is your turn" in client.words
    assert "Which library was it?" in client.words
    said = sent(client, "/track/case/reply", words="The one in Elm Road.", files=[upload()])
    assert "We have your answer" in said
    assert "The one in Elm Road." in said
    assert "cut.jpg" in said
    assert state(case) == "answering"
    file = db.session.query(Attachment).one()
    assert file.exchange_id == db.session.query(Exchange).filter_by(words="The one in Elm Road.").one().id


def test_nothing_is_lost_when_a_file_is_refused(cast: Any, client: Browser) -> None:
    case = asked(cast)
    opened(client, case)
    client.get("/track/case/reply")
    fields = {"words": "My words stay.", "files": [upload("good.jpg"), upload("bad.svg", samples.SVG)]}
    answer = client.post("/track/case/reply", fields)
    assert answer.status_code == 400
    assert "My words stay." in client.text
    assert "“bad.svg” must be a picture" in client.words
    assert "good.jpg" in client.words
    added = client.text.partition('name="added" value="')[2].partition('"')[0]
    client.follow(client.post("/track/case/reply", {"words": "My words stay.", "added": added}))
    assert db.session.query(Attachment).one().exchange_id is not None


def test_good_files_are_kept_when_the_words_are_missing(cast: Any, client: Browser) -> None:
    case = sayings.concern()
    opened(client, case)
    client.get("/track/case/write")
    answer = client.post("/track/case/write", {"words": " ", "files": [upload()]})
    assert answer.status_code == 400
    assert "Write what you want to tell us" in client.words
    assert 'name="added"' in client.text


@pytest.mark.parametrize("added", ["1", "999999999999999999999", "x", "-1", "1 1 1", "\x00", "² ³"])
def test_files_of_somebody_else_do_not_go_with_ones_words(cast: Any, client: Browser, added: str) -> None:
    other = sayings.concern()
    db.session.add(
        Attachment(id=1, case_id=other.id, at=now(), party_id=sayings.party_of(other).id, name="a.jpg", kind="image/jpeg",
                   size=1, digest=b"", stored="0" * 32, verdict="clean")
    )  # fmt: skip
    opened(client, sayings.concern())
    client.get("/track/case/write")
    client.post("/track/case/write", {"words": "Words", "added": added})
    assert db.session.get(Attachment, 1).exchange_id is None


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # the test client leaves its own copy of a large body open
def test_bodies_as_large_as_files_are_taken_where_files_are_sent_and_nowhere_else(cast: Any, client: Browser) -> None:
    opened(client, sayings.concern())
    client.get("/track/case/write")
    large = samples.picture() + bytes(2_000_000)
    assert client.post("/track/case/write", {"words": "Two MB", "files": [upload("x.jpg", large)]}).status_code == 302
    client.get("/track/case/panel")
    assert client.post("/track/case/panel", {"answer": "no", "files": [upload("x.jpg", large)]}).status_code == 413
    client.get("/track/case/write")
    assert client.post("/track/case/write", {"words": "x" * 2_000_000}).status_code == 413
    gc.collect()


def test_one_writes_at_any_time_and_staff_see_that_there_is_something_new(cast: Any, client: Browser) -> None:
    case = sayings.recorded(cast)
    opened(client, case)
    assert "We have your message" in sent(client, "/track/case/write", words="One more thing: it rained.")
    assert "One more thing: it rained." in client.words
    assert "You wrote" in client.words
    assert state(case) == "recorded"
    assert exchanges.count_new([case.id]) == {case.id: 1}


def test_writing_where_we_had_answered_opens_it_again(cast: Any, client: Browser) -> None:
    case = sayings.concern(intent="comment")
    cases.perform(case, "reply_and_close", cast.triage, private={"words": "Thank you for this."})
    opened(client, case)
    sent(client, "/track/case/write", words="That is no answer.")
    assert state(case) == "answering"


def test_too_much_writing_has_to_wait_and_loses_nothing(cast: Any, client: Browser) -> None:
    opened(client, sayings.concern())
    for number in range(10):
        sent(client, "/track/case/write", words=f"Message {number}")
    client.get("/track/case/write")
    assert client.post("/track/case/write", {"words": "Message 11"}).status_code == 400
    assert "Message 11" in client.text
    assert "many times in a short while" in client.words


@pytest.mark.parametrize(("answer", "becomes"), [("yes", "converted"), ("no", "answering")])
def test_the_offer_of_a_complaint_is_answered_with_yes_or_no(
    cast: Any, client: Browser, answer: str, becomes: str
) -> None:
    case = sayings.concern()
    cases.perform(case, "offer_complaint", cast.triage)
    opened(client, case)
    assert "Do you want this handled as a complaint?" in client.words
    client.get("/track/case/complaint")
    assert client.post("/track/case/complaint").status_code == 400
    sent(client, "/track/case/complaint", answer=answer)
    assert state(case) == becomes


def test_a_complaint_that_came_from_feedback_is_where_its_old_link_leads(cast: Any, client: Browser) -> None:
    case = sayings.concern()
    exchanges.say(case.id, "As I said then.", sayings.person_of(case))
    opened(client, case)
    assert "We handle it as a complaint" in sent(client, "/track/case/record")
    complaint = db.session.get(Complaint, db.session.get(Feedback, case.id).became_id)
    assert complaint.reference in client.words
    assert "You asked for it to be handled as a complaint" in client.words
    assert "As I said then." in client.words
    other = opened(Browser(client._client.application), case)
    assert complaint.reference in other.words


def test_a_complaint_is_recorded_whenever_the_person_asks(cast: Any, client: Browser) -> None:
    case = sayings.contacted(cast)
    cases.perform(case, "handle_outside", cast.handler)
    opened(client, case)
    assert "formally recorded" in client.words
    sent(client, "/track/case/record")
    assert state(case) == "recorded"
    assert db.session.get(Complaint, case.id).asked_to_record
    client.get("/track/case/record")
    assert client.follow(client.get("/track/case/record")).status_code == 200
    assert "There is nothing to do here now" in client.words


def test_feedback_is_taken_back_without_a_reason(cast: Any, client: Browser) -> None:
    case = sayings.concern()
    opened(client, case)
    assert "You took this back." in sent(client, "/track/case/take-back")
    assert state(case) == "withdrawn"


def test_a_complaint_is_withdrawn_by_a_signed_notice_only(cast: Any, client: Browser) -> None:
    case = sayings.recorded(cast)
    opened(client, case)
    client.get("/track/case/take-back")
    assert client.post("/track/case/take-back", {"name": "Chidi Abara"}).status_code == 400
    assert "Chidi Abara" in client.text
    assert client.post("/track/case/take-back", {"declared": "yes"}).status_code == 400
    assert state(case) == "recorded"
    sent(client, "/track/case/take-back", name="Chidi Abara", declared="yes")
    assert state(case) == "withdrawing"
    event = db.session.query(Event).filter_by(action="ask_to_withdraw").one()
    assert event.facts == {"signed": "online"}
    assert db.session.query(EventNote).filter_by(event_id=event.id).one().text == "Chidi Abara"


def test_nobody_anonymous_is_asked_who_they_are(cast: Any, client: Browser) -> None:
    case = sayings.complaint(anonymous=True, person=NOBODY)
    opened(client, case)
    assert "We have your complaint" in client.words
    client.get("/track/case/take-back")
    assert 'name="name"' not in client.text
    sent(client, "/track/case/take-back", declared="yes")
    assert state(case) == "withdrawing"


def test_pictures_of_somebody_anonymous_lose_place_and_device_here_too(cast: Any, client: Browser) -> None:
    opened(client, sayings.concern(anonymous=True, person=NOBODY))
    client.get("/track/case/write")
    assert "We take the place and the device out of pictures" in client.words
    sent(client, "/track/case/write", words="See this.", files=[upload(content=samples.picture(exif=True))])
    file = db.session.query(Attachment).one()
    assert b"Model 7" not in client.get(f"/track/case/files/{file.id}").data


def test_results_are_shown_once_the_outcome_was_told(cast: Any, client: Browser) -> None:
    case = sayings.answered(cast)
    opened(client, case)
    assert "Searched without a reason." in client.words
    assert "The service provided was acceptable" not in client.words
    assert "The reason was recorded." not in client.words
    with moved_to(now()):
        told = answered_and_told(cast)
    opened(client, told)
    assert "Result: The service provided was acceptable." in client.words
    assert "The reason was recorded." in client.words


def test_a_review_is_applied_for_through_us_within_its_time(cast: Any, client: Browser) -> None:
    case = answered_and_told(cast)
    opened(client, case)
    last = db.session.get(Complaint, case.id).review_by
    assert f"{last.day} {last:%B %Y}" in client.words
    assert "the local policing body" in client.words
    client.get("/track/case/review")
    assert client.post("/track/case/review", {"words": ""}).status_code == 400
    sent(client, "/track/case/review", words="Nobody watched the footage.")
    assert state(case) == "under_review"
    assert "Nobody watched the footage." in client.words


def test_after_the_last_day_no_review_is_offered_but_a_way_to_say_what_kept_one(cast: Any, client: Browser) -> None:
    case = answered_and_told(cast)
    db.session.commit()
    with moved_to(now() + timedelta(days=40)):
        opened(client, case)
        assert "The last day to ask the local policing body for a review was" in client.words
        assert 'href="/track/case/review"' not in client.text
        client.follow(client.submit("/track/case/review", {"words": "Please"}))
        assert "There is nothing to do here now" in client.words
        assert state(case) == "sent"


def test_a_panel_is_asked_for_or_objected_to_and_the_answer_changed(cast: Any, client: Browser) -> None:
    case = sayings.concern()
    opened(client, case)
    sent(client, "/track/case/panel", answer="yes")
    sent(client, "/track/case/panel", answer="no")
    sent(client, "/track/case/panel", answer="no")
    assert db.session.get(Feedback, case.id).encounter.panel == "no"
    assert db.session.query(Event).filter_by(action="panel").count() == 2


def test_who_acts_for_somebody_sees_nothing_before_the_persons_yes(cast: Any, client: Browser, app: Any) -> None:
    case = sayings.concern(representative=HELPER, authority="friend", relation="behalf", what="A secret story")
    exchanges.say(case.id, "Between us.", sayings.person_of(case))
    helper = opened(Browser(app), case, "representative")
    assert "We wait for a yes" in helper.words
    for hidden in ("A secret story", "Between us.", "You told us", "Chidi"):
        assert hidden not in helper.text
    for path in ("write", "reply", "complaint", "record", "take-back", "review", "panel", "authority", "messages/1"):
        helper.follow(helper.get(f"/track/case/{path}"))
        assert "We wait for a yes" in helper.words, path

    opened(client, case)
    assert "Ada Helper wants to act for you" in client.words
    sent(client, "/track/case/authority", answer="yes")
    assert "Ada Helper acts for you" in client.words
    helper.get("/track/case")
    assert "A secret story" in helper.text
    assert "The person for whom you act wrote" in helper.words
    sent(helper, "/track/case/take-back")
    assert state(case) == "withdrawn"


def test_a_person_may_take_the_authority_away_again(cast: Any, client: Browser, app: Any) -> None:
    case = sayings.concern(representative=HELPER, authority="friend", relation="behalf")
    opened(client, case)
    sent(client, "/track/case/authority", answer="yes")
    sent(client, "/track/case/authority", answer="no")
    assert "We wait for a yes" in opened(Browser(app), case, "representative").words


def test_a_representative_cannot_give_themselves_authority(cast: Any, client: Browser) -> None:
    case = sayings.concern(representative=HELPER, authority="friend", relation="behalf")
    opened(client, case)
    sent(client, "/track/case/authority", answer="yes")
    feedback.agree_to_representative(case, sayings.party_of(case), True, sayings.person_of(case))
    opened(client, case, "representative")
    client.follow(client.get("/track/case/authority"))
    assert "There is nothing to do here now" in client.words


def test_a_parent_of_a_child_under_16_sees_and_does_everything_alone(cast: Any, client: Browser) -> None:
    case = sayings.concern(representative=HELPER, authority="parent-under-16", relation="behalf")
    opened(client, case, "guardian")
    assert "We have what you wrote" in client.words
    assert "wants to act for you" not in client.words
    sent(client, "/track/case/write", words="My son was there.")
    assert "My son was there." in client.words


def test_a_referral_that_nobody_may_be_told_of_shows_nowhere(cast: Any, client: Browser) -> None:
    case = sayings.recorded(cast)
    cases.perform(case, "refer", cast.supervisor, prejudicial=True)
    opened(client, case)
    assert "Your complaint is formally recorded." in client.words
    assert "It is our turn ." in client.words
    for hidden in ("Independent Office", "referred", "another body", "Why this date?"):
        assert hidden not in client.words, hidden


def test_a_message_is_read_in_full_by_who_it_was_sent_to(cast: Any, client: Browser, app: Any) -> None:
    case, other = sayings.concern(anonymous=True, person=NOBODY), sayings.concern()
    owed = db.session.query(Owed).filter_by(stream_id=case.stream_id, name="feedback-received").one()
    from casework.outbox import service as outbox

    outbox.keep_as_sent(owed.id, f"{case.reference}: we have it", "In full.", now(), "<a@b>", now().date())
    opened(client, case)
    path = client.text.partition('href="/track/case/messages/')[2].partition('"')[0]
    client.get(f"/track/case/messages/{path}")
    assert "In full." in client.words
    stranger = opened(Browser(app), other)
    assert stranger.get(f"/track/case/messages/{path}").status_code == 404


def test_words_of_another_case_that_was_merged_here_are_for_staff_only(cast: Any, client: Browser) -> None:
    case, other = sayings.concern(), sayings.concern(person=Person(name="Bea Cole", email="bea@example.org"))
    cases.perform(case, "merge", cast.triage, into=other.id)
    opened(client, case)
    sent(client, "/track/case/write", words="Only for you.")
    assert "Only for you." in client.words
    assert db.session.query(Exchange).filter_by(case_id=other.id).one().words == "Only for you."
    opened(client, other)
    assert "Only for you." not in client.words


def test_what_the_scanner_refused_is_told(cast: Any, client: Browser) -> None:
    case = sayings.concern()
    for name, verdict in (("a.jpg", "waiting"), ("b.jpg", "refused")):
        db.session.add(
            Attachment(case_id=case.id, at=now(), party_id=sayings.party_of(case).id, name=name, kind="image/jpeg", size=1,
                       digest=b"", stored=name[0] * 32, verdict=verdict)
        )  # fmt: skip
    cases.record(case, "refuse_file", SYSTEM, file=2)
    opened(client, case)
    assert "a.jpg is being checked by our virus scanner" in client.words
    assert "Our scanner found something harmful in it, so we deleted it" in client.words


def test_somebody_was_faster_and_nothing_is_done_twice(cast: Any, client: Browser) -> None:
    case = asked(cast)
    opened(client, case)
    client.get("/track/case/reply")
    cases.perform(db.session.get(Feedback, case.id), "go_on", cast.triage)
    db.session.commit()
    client.follow(client.post("/track/case/reply", {"words": "Too late"}))
    assert "There is nothing to do here now" in client.words


HOSTILE = [
    "\x00",
    "a\x00b",
    "\ud800".encode("utf-8", "surrogatepass"),
    "9" * 5000,
    "<script>alert(1)</script>",
    "{{7*7}}",
    "\u202e",
    "‮ﷺ" * 3000,
]


@pytest.mark.parametrize("typed", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_is_typed_is_taken_or_refused_in_words(cast: Any, client: Browser, typed: Any) -> None:
    case = answered_and_told(cast)
    opened(client, case)
    for path in ("write", "take-back", "review", "panel", "authority", "complaint", "reply", "record"):
        client.get(f"/track/case/{path}")
        fields = dict.fromkeys(("words", "name", "declared", "answer", "added"), typed)
        answer = client.post(f"/track/case/{path}", fields)
        assert answer.status_code in {302, 400}, path
        assert "<script>alert" not in client.text


@pytest.mark.parametrize(
    "name", ["../../x.jpg", "\x00.jpg", "a" * 3000 + ".jpg", "\u202egpj.exe", '"><script>.jpg', ""]
)
def test_whatever_a_file_is_called_it_breaks_nothing(cast: Any, client: Browser, name: str) -> None:
    opened(client, sayings.concern())
    client.get("/track/case/write")
    assert client.post("/track/case/write", {"words": "See this", "files": [upload(name)]}).status_code in {302, 400}
    client.get("/track/case")
    assert "<script>." not in client.text
