"""Saying how an encounter went: one question must be answered, nothing typed is lost, one case however often it is sent."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from casework.cases.models import Case, Draft
from casework.complaints.models import Complaint
from casework.extensions import db
from casework.feedback.models import Feedback, Preservation
from casework.moments import moved_to, now, today
from casework.outbox.models import Owed
from casework.parties import secrets
from casework.parties.models import Party
from casework.rides.models import EqualityAnswer
from casework.saying.questions import PAGES
from tests import factories
from tests.browser import Browser
from tests.races.test_races import at_once
from tests.saying.steps import ANONYMOUS, ANSWERS, WORDS, fill, send, slip


def test_before_anything_is_asked_somebody_knows_what_becomes_of_it(client: Browser) -> None:
    for path in ("/feedback", "/complaints"):
        client.get(path)
        for said in (
            "Who reads it", "What the officer is told", "does not give you a police record", "You can stay anonymous",
            "Panels of citizens", "object", "Feedback or a complaint?", "Only one question needs an answer",
            "Exit this page", "See where it stands",
        ):  # fmt: skip
            assert said in client.words, (path, said)


def test_somebody_says_all_there_is_and_finds_every_word_with_us(client: Browser) -> None:
    fill(client)
    for said in (
        WORDS,
        "20 November 2026",
        "SR 4411",
        "AB 123",
        "Chidi Abara",
        "4 May 1991",
        "Large print",
        "Raise a concern",
    ):
        assert said in client.words, said
    send(client)
    case = db.session.query(Feedback).one()
    assert case.reference in client.words
    assert (case.intent, case.sort, case.state, case.anonymous) == ("concern", "concern", "received", False)
    assert case.area_id == factories.area("north").id
    place = case.encounter
    assert (place.what, place.effect, place.wish) == (WORDS, "I was late and felt small.", "An explanation.")
    assert (place.happened_on, place.happened_at) == (date(2026, 11, 20), "about nine in the evening")
    assert (place.searched, place.receipt, place.officers, place.vehicle) == (True, "SR 4411", "AB 123", "BX19 ABC")
    assert (place.relation, place.panel, place.community) == ("self", "yes", False)
    party = db.session.query(Party).one()
    assert (party.part, party.name, party.email, party.channel) == (
        "complainant",
        "Chidi Abara",
        "chidi@example.org",
        "email",
    )
    assert party.adjustments == {"contact_needs": ["large-print"], "not_home": True}
    assert party.safe_times == "After six"
    assert secrets.code(party.id, 1) in client.words
    assert [owed.name for owed in db.session.query(Owed)] == ["feedback-received"]
    assert db.session.query(Preservation).one().last_on == date(2026, 12, 21)


def test_only_what_happened_must_be_answered(client: Browser) -> None:
    for page in PAGES:
        if page.slug == "other":  # asked of those only who act for somebody
            continue
        answer = client.submit(f"/feedback/say/{page.slug}", {})
        assert answer.status_code == (400 if page.slug == "what" else 302), page.slug
    client.submit("/feedback/say/what", {"what": "They were kind."})
    send(client)
    case = db.session.query(Feedback).one()
    assert (case.intent, case.sort, case.area_id) == ("", "", None)
    assert case.reference in client.words


def test_the_first_answer_alone_leads_to_the_end(client: Browser) -> None:
    answer = client.submit("/feedback/say/what", {"what": "They were kind.", "then": "check"})
    assert answer.headers["Location"] == "/feedback/check"
    send(client)
    case = db.session.query(Feedback).one()
    assert case.anonymous, "neither a name nor a way to be reached"
    assert db.session.query(Party).one().channel == "page"
    assert "nobody can look them up for you" in client.words


def test_the_end_asks_for_what_happened_where_it_is_missing(client: Browser) -> None:
    client.submit("/feedback/say/want", {"want": "thanks"})
    client.follow(client.get("/feedback/check"))
    assert "Tell us what happened" in client.words
    assert "There is a problem" in client.words


def test_the_door_of_complaints_leads_to_a_complaint(client: Browser) -> None:
    client.get("/complaints")
    assert 'href="/feedback/say/want?door=complaint"' in client.text
    client.get("/feedback/say/want?door=complaint")
    checked = client.text.partition('value="complaint"')[2].partition(">")[0]
    assert "checked" in checked
    fill(client, want={"want": "complaint"})
    send(client)
    assert db.session.query(Feedback).count() == 0
    case = db.session.query(Complaint).one()
    assert "Complaint sent" in client.words
    assert case.reference in client.words
    assert [owed.name for owed in db.session.query(Owed)] == ["complaint-received"]


@pytest.mark.parametrize("want", ["thanks", "comment", "question", "concern", "complaint", "unsure"])
def test_everything_that_can_be_wanted_is_taken(client: Browser, want: str) -> None:
    fill(client, want={"want": want})
    send(client)
    case = db.session.query(Case).one()
    assert case.kind == ("complaint" if want == "complaint" else "feedback")
    assert (db.session.query(Preservation).count() == 0) == (want in {"thanks", "comment"})


WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "want": ({"want": "gold"}, "Choose one of the answers offered", ""),
    "what": ({"what": "x" * 10_001, "wish": "An apology"}, "What happened must be 10,000 characters or fewer", "An apology"),
    "when": ({"on-day": "31", "on-month": "2", "on-year": "2026", "place": "The park"}, "The date must be a real date", "The park"),
    "who": ({"officers": "y" * 2001, "vehicle": "A van"}, "must be 2,000 characters or fewer", "A van"),
    "evidence": ({"evidence": "z" * 2001}, "What you have must be 2,000 characters or fewer", "zzz"),
    "you": ({"named": "named", "name": "Zoë", "born-day": "1"}, "Date of birth must include a month and year", "Zoë"),
    "contact": ({"channel": "email", "email": "me at home"}, "Enter an email address in the correct format", "me at home"),
    "needs": ({"language": "t" * 101, "other": "A quiet room"}, "Language must be 100 characters or fewer", "A quiet room"),
    "panel": ({"panel": "maybe"}, "Choose one of the answers offered", ""),
}  # fmt: skip


@pytest.mark.parametrize("slug", WRONG)
def test_a_wrong_answer_stays_with_what_to_do_about_it(client: Browser, slug: str) -> None:
    given, message, kept = WRONG[slug]
    answer = client.submit(f"/feedback/say/{slug}", given)
    assert answer.status_code == 400
    assert message in client.words
    assert kept in client.text
    assert client.text.count("<title>Error:") == 1
    assert "There is a problem" in client.words


def test_a_day_in_the_future_is_no_day_of_an_encounter(client: Browser) -> None:
    day = today() + timedelta(days=1)
    given = {"on-day": str(day.day), "on-month": str(day.month), "on-year": str(day.year)}
    assert client.submit("/feedback/say/when", given).status_code == 400
    given = {"on-day": str(today().day), "on-month": str(today().month), "on-year": str(today().year)}
    assert client.submit("/feedback/say/when", given).status_code == 302


def test_what_old_browsers_show_at_once_counts_though_nothing_was_chosen(client: Browser) -> None:
    client.submit("/feedback/say/what", ANSWERS["what"])
    client.submit("/feedback/say/when", {"receipt": "SR 9"})
    client.submit("/feedback/say/you", {"name": "Chidi Abara"})
    client.submit("/feedback/say/contact", {"phone": "020 7946 0021"})
    send(client)
    case, party = db.session.query(Feedback).one(), db.session.query(Party).one()
    assert (case.encounter.searched, case.encounter.receipt, case.anonymous) == (True, "SR 9", False)
    assert (party.name, party.channel, party.phone) == ("Chidi Abara", "phone", "020 7946 0021")


def test_back_and_forward_lose_nothing(client: Browser) -> None:
    client.submit("/feedback/say/what", ANSWERS["what"])
    client.submit("/feedback/say/who", ANSWERS["who"])
    client.get("/feedback/say/what")
    assert WORDS in client.text
    assert 'href="/feedback/say/want" class="govuk-back-link"' in client.text
    client.post("/feedback/say/what", ANSWERS["what"] | {"what": "Another word."})
    client.get("/feedback/say/who")
    assert "AB 123" in client.text


def test_two_tabs_keep_each_others_pages(client: Browser) -> None:
    client.submit("/feedback/say/want", {"want": "concern"})
    client.get("/feedback/say/who")
    token = client.token()
    client.submit("/feedback/say/what", ANSWERS["what"])
    client.post_bare("/feedback/say/who", {"csrf_token": token, "officers": "CD 9"})
    client.get("/feedback/say/what")
    assert WORDS in client.text
    client.get("/feedback/say/who")
    assert "CD 9" in client.text
    assert db.session.query(Draft).count() == 1


def test_a_changed_answer_leads_back_to_the_check_by_what_it_newly_asks(client: Browser) -> None:
    fill(client)
    answer = client.submit("/feedback/say/who?from=check", {"officers": "EF 7"})
    assert answer.headers["Location"] == "/feedback/check"
    answer = client.submit("/feedback/say/you?from=check", {"named": "named", "name": "Ada", "relation": "behalf"})
    assert answer.headers["Location"] == "/feedback/say/other?from=check"
    client.follow(answer)
    answer = client.post("/feedback/say/other?from=check", {"name": "Ben"})
    assert answer.headers["Location"] == "/feedback/check"


def test_the_link_brings_everything_back_until_it_is_sent(app: Any, client: Browser) -> None:
    client.submit("/feedback/say/what", ANSWERS["what"])
    client.submit("/feedback/save", {"email": "chidi@example.org"})
    assert "We have sent you a link" in client.words
    assert db.session.query(Owed).one().name == "feedback-draft-link"
    link = "/feedback/back/" + secrets.purpose_secret("draft", db.session.query(Draft).one().id)
    other = Browser(app, agent="Phone")
    other.follow(other.get(link))
    other.get("/feedback/say/what")
    assert WORDS in other.text
    with moved_to(now() + timedelta(days=29)):
        assert Browser(app).get(link).status_code == 404
    assert Browser(app).get(link.replace("/feedback/", "/ride-along/apply/")).status_code == 404
    send(other)
    thief = Browser(app)
    thief.follow(thief.get(link))
    assert "This was sent" in thief.words
    assert db.session.query(Draft).one().email is None


def test_save_for_later_names_the_last_day_of_footage(client: Browser) -> None:
    client.submit("/feedback/say/when", ANSWERS["when"])
    client.follow(client.submit("/feedback/say/what", {"what": "It be", "then": "later"}))
    assert "Footage is likely to be deleted after Monday 21 December 2026" in client.words
    client.submit("/feedback/say/want", {"want": "thanks"})
    client.get("/feedback/save")
    assert "Footage" not in client.words


def test_footage_that_may_be_gone_is_said_to_be(client: Browser) -> None:
    client.submit("/feedback/say/when", ANSWERS["when"] | {"on-month": "9"})
    client.get("/feedback/save")
    assert "Footage may be gone since Wednesday 21 October 2026" in client.words


def test_place_and_time_can_be_sent_first(client: Browser) -> None:
    client.submit("/feedback/say/want", {"want": "complaint"})
    client.submit("/feedback/say/when", ANSWERS["when"])
    client.submit("/feedback/say/what", {"what": "", "then": "later"})
    client.get("/feedback/save")
    client.follow(client.post("/feedback/now", {"slip": slip(client)}))
    case = db.session.query(Complaint).one()
    assert case.reference in client.words
    assert (case.encounter.what, case.encounter.place) == ("To follow.", "High Street, outside the library")
    assert db.session.query(Preservation).one().case_id == case.id


def test_what_is_wrong_is_left_out_of_what_is_sent_first(client: Browser) -> None:
    client.submit("/feedback/say/when", {"on-day": "99", "place": "The park", "then": "later"})
    client.submit("/feedback/say/contact", {"channel": "email", "email": "not one", "then": "later"})
    client.get("/feedback/save")
    client.follow(client.post("/feedback/now"))
    case = db.session.query(Feedback).one()
    assert (case.encounter.happened_on, case.encounter.place) == (None, "The park")
    assert db.session.query(Party).one().channel == "page"


def test_what_was_typed_can_be_deleted(client: Browser) -> None:
    client.submit("/feedback/say/what", ANSWERS["what"])
    client.submit("/feedback/save", {"email": "chidi@example.org"})
    client.get("/feedback")
    client.post("/feedback/forget")
    client.get("/feedback/say/what")
    assert WORDS not in client.text
    draft = db.session.query(Draft).one()
    assert (draft.answers, draft.email) == ("{}", None)
    assert client.get("/feedback/back/" + secrets.purpose_secret("draft", draft.id)).status_code == 404


def test_sending_twice_makes_one_case_and_shows_it_both_times(app: Any, client: Browser) -> None:
    fill(client, you=ANONYMOUS, leave_out=("contact", "needs"))
    token, carried = client.token(), slip(client)
    client.post_bare("/feedback/check", {"csrf_token": token, "slip": carried})
    case = db.session.query(Feedback).one()
    client.get("/feedback/done")
    code = secrets.code(db.session.query(Party).one().id, 1)
    assert code in client.words
    # A double click: the second post comes with a session that the first one has ended.
    late = Browser(app)
    late.post_bare("/feedback/check", {"csrf_token": _token(late), "slip": carried})
    late.get("/feedback/done")
    assert case.reference in late.words and code in late.words
    assert db.session.query(Feedback).count() == 1
    with moved_to(now() + timedelta(minutes=11)):
        later = Browser(app)
        later.get("/feedback/say/want")
        later.post("/feedback/check", {"slip": carried})
        later.follow(later.get("/feedback/done"))
        assert code not in later.words


def _token(browser: Browser) -> str:
    browser.get("/feedback/say/want")
    return browser.token()


def test_twenty_posts_at_once_make_one_case(app: Any, client: Browser) -> None:
    fill(client)
    token, cookie, carried = client.token(), client.cookie(), slip(client)

    def post() -> int:
        visitor = app.test_client()
        visitor.set_cookie("casework", cookie, domain="localhost")
        return int(visitor.post("/feedback/check", data={"csrf_token": token, "slip": carried}).status_code)

    assert set(at_once(app, [post] * 20)) == {302}
    db.session.rollback()
    assert db.session.query(Feedback).count() == 1
    assert db.session.query(Owed).filter_by(name="feedback-received").count() == 1


def test_the_confirmation_closes_with_the_case(client: Browser) -> None:
    fill(client)
    send(client)
    reference = db.session.query(Feedback).one().reference
    with moved_to(now() + timedelta(hours=3)):
        client.follow(client.get("/feedback/done"))
        assert reference not in client.words


def test_equality_answers_belong_to_nobody_and_children_may_give_them(client: Browser) -> None:
    fill(client)
    send(client)
    client.follow(client.submit("/feedback/equality", {"sex": "female", "age": "under-18"}))
    assert "kept apart" in client.words
    kept = db.session.query(EqualityAnswer).one()
    assert kept.answers == {"sex": "female", "age": "under-18"}
    assert {column.name for column in EqualityAnswer.__table__.columns} == {"id", "month", "answers"}


def test_a_copy_of_the_search_record_is_named_with_its_last_day(client: Browser) -> None:
    fill(client)
    assert "can ask for it until Saturday 20 February 2027" in client.words
    client.submit("/feedback/say/when?from=check", ANSWERS["when"] | {"arrested": "True"})
    send(client)
    assert "can ask for it until Saturday 20 November 2027" in client.words


def test_without_a_search_nothing_is_said_of_a_record(client: Browser) -> None:
    fill(client, when=ANSWERS["when"] | {"searched": "False"})
    assert "search record" not in client.words
    send(client)
    assert db.session.query(Feedback).one().encounter.receipt == ""


def test_every_page_of_the_form_can_be_left_at_once(client: Browser) -> None:
    leads = 'href="https://www.bbc.co.uk/weather" rel="nofollow noreferrer" data-exit'
    client.submit("/feedback/say/what", ANSWERS["what"])
    paths = [
        "/feedback",
        "/complaints",
        "/feedback/check",
        "/feedback/save",
        *(f"/feedback/say/{p.slug}" for p in PAGES if not p.when),
    ]
    for path in paths:
        client.get(path)
        assert leads in client.text, path
    send(client)
    for path in ("/feedback/done", "/feedback/equality"):
        client.get(path)
        assert leads in client.text, path
