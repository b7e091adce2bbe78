"""Applying: eligibility, three short parts, nothing lost, one application however often it is sent."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from casework.extensions import db
from casework.moments import moved_to, now, today
from casework.outbox.models import Owed
from casework.parties.models import Party
from casework.rides.models import EqualityAnswer, Ride
from tests.browser import Browser

ANSWERS: dict[str, dict[str, Any]] = {
    "age": {"born-day": "28", "born-month": "2", "born-year": "1990"},
    "connection": {"connections": ["live", "work"], "borough": "north-borough"},
    "before": {"rode": "False"},
    "name": {"name": "Adaeze Okonkwo-Price"},
    "contact": {"channel": "email", "email": "adaeze@example.org", "phone": "020 7946 0018"},
    "about": {"why": "I want to see how searches are done."},
    "areas": {"first": "north", "second": "south"},
    "teams": {"first": "response"},
    "when": {"days": ["sat", "sun"], "shifts": ["late"]},
    "needs": {},
    "heard": {},
    "consent": {"agreed": "yes"},
}


def fill(browser: Browser, **changes: dict[str, Any]) -> None:
    """Answer every page up to "check your answers"."""
    browser.get("/ride-along")
    for slug, answers in (ANSWERS | changes).items():
        answer = browser.submit(f"/ride-along/apply/{slug}", answers)
        assert answer.status_code == 302, (slug, browser.words)


def send(browser: Browser) -> Any:
    """Send what was filled in, skip the equality questions, stand on the confirmation."""
    answer = browser.submit("/ride-along/apply/check")
    assert answer.headers["Location"] == "/ride-along/apply/equality"
    answer = browser.submit("/ride-along/apply/equality", {"then": "later"})
    return browser.follow(answer)


def test_somebody_applies_and_sees_reference_code_and_what_happens_next(client: Browser) -> None:
    fill(client)
    client.get("/ride-along/apply/check")
    assert "Adaeze Okonkwo-Price" in client.words
    assert "28 February 1990" in client.words
    assert "I live here, I work here" in client.words
    send(client)
    ride = db.session.query(Ride).one()
    assert ride.reference in client.words
    assert "We look at your application by" in client.words
    assert [o.name for o in db.session.query(Owed)] == ["ride-received"]
    client.get("/track/case")
    assert "We have your application" in client.words


def test_what_was_typed_stands_again_with_what_to_do(client: Browser) -> None:
    answer = client.submit("/ride-along/apply/contact", {"channel": "email", "email": "adaeze at home"})
    assert answer.status_code == 400
    assert 'value="adaeze at home"' in client.text
    assert "There is a problem" in client.words
    assert "Enter an email address in the correct format" in client.words
    assert client.text.count("<title>Error:") == 1


def test_two_tabs_keep_each_others_pages(client: Browser) -> None:
    client.submit("/ride-along/apply/age", ANSWERS["age"])
    client.get("/ride-along/apply/name")
    first = client.token()
    client.submit("/ride-along/apply/about", ANSWERS["about"])
    client.post_bare("/ride-along/apply/name", {"csrf_token": first, "name": "Zoë"})
    client.get("/ride-along/apply/about")
    assert "I want to see how searches are done." in client.text
    client.get("/ride-along/apply/name")
    assert 'value="Zoë"' in client.text


def test_somebody_too_young_is_told_from_when(client: Browser) -> None:
    born = today().replace(day=1) - timedelta(days=365 * 17)
    parts = {"born-day": str(born.day), "born-month": str(born.month), "born-year": str(born.year)}
    answer = client.submit("/ride-along/apply/age", parts)
    assert answer.headers["Location"] == "/ride-along/apply/not-yet"
    client.follow(answer)
    assert "You can apply from" in client.words
    assert f"{born.year + 18}" in client.words


def test_somebody_from_elsewhere_is_told_why_and_what_else(client: Browser) -> None:
    client.submit("/ride-along/apply/age", ANSWERS["age"])
    client.follow(client.submit("/ride-along/apply/connection", {"connections": ["none"]}))
    assert "live, work or study in our area" in client.words


def test_a_draft_link_brings_everything_back_on_another_device(app: Any, client: Browser) -> None:
    from casework.cases.models import Draft
    from casework.parties import secrets

    client.submit("/ride-along/apply/age", ANSWERS["age"])
    client.submit("/ride-along/apply/name", ANSWERS["name"])
    client.submit("/ride-along/apply/save", {"email": "adaeze@example.org"})
    assert "We have sent you a link" in client.words
    assert db.session.query(Owed).one().name == "draft-link"
    draft = db.session.query(Draft).one()
    other = Browser(app, agent="Phone")
    other.follow(other.get("/ride-along/apply/back/" + secrets.purpose_secret("draft", draft.id)))
    other.get("/ride-along/apply/name")
    assert "Adaeze Okonkwo-Price" in other.text
    with moved_to(now() + timedelta(days=29)):
        assert (
            Browser(app).get("/ride-along/apply/back/" + secrets.purpose_secret("draft", draft.id)).status_code == 404
        )


def test_sending_twice_makes_one_application_and_shows_the_first(client: Browser) -> None:
    fill(client)
    client.get("/ride-along/apply/check")
    token = client.token()
    client.post_bare("/ride-along/apply/check", {"csrf_token": token})
    client.get("/ride-along/apply/check")
    client.get("/track/case")
    client.post("/ride-along/apply/check")
    assert db.session.query(Ride).count() == 1


def test_equality_answers_belong_to_nobody(client: Browser) -> None:
    fill(client)
    client.submit("/ride-along/apply/check")
    client.submit("/ride-along/apply/equality", {"sex": "female", "age": "25-34"})
    kept = db.session.query(EqualityAnswer).one()
    assert kept.answers == {"sex": "female", "age": "25-34"}
    assert {c.name for c in EqualityAnswer.__table__.columns} == {"id", "month", "answers"}
    assert kept.month == today().replace(day=1)


def test_a_letter_is_owed_to_somebody_who_wants_letters(client: Browser) -> None:
    contact = {"channel": "letter", "address": "1 High Street\nHighbury", "postcode": "n5 1aa"}
    fill(client, contact=contact)
    send(client)
    assert db.session.query(Owed).one().channel == "letter"
    party = db.session.query(Party).one()
    assert party.email is None
    assert party.postcode == "N5 1AA"
    assert b"High Street" not in bytes(party.address_sealed or b"")


def test_a_paused_scheme_takes_no_new_application_but_a_draft_for_a_day(client: Browser, cast: Any) -> None:
    from casework.cases import service as cases
    from casework.rides import queries
    from tests.factories import area

    fill(client)
    scheme = queries.scheme(area("north").id)
    cases.perform(scheme, "pause", cast.coordinator)
    scheme.message = "Back in spring."
    db.session.commit()
    late = Browser(client._client.application)
    answer = late.submit("/ride-along/apply/areas", {"first": "north"})
    assert answer.headers["Location"] == "/ride-along/apply/paused/north"
    late.follow(answer)
    assert "Back in spring." in late.words
    client.submit("/ride-along/apply/check")
    assert db.session.query(Ride).count() == 1


def test_a_pause_is_final_for_a_draft_after_a_day(client: Browser, cast: Any) -> None:
    from casework.cases import service as cases
    from casework.rides import queries
    from tests.factories import area

    fill(client)
    cases.perform(queries.scheme(area("north").id), "pause", cast.coordinator)
    db.session.commit()
    with moved_to(now() + timedelta(hours=25)):
        answer = client.submit("/ride-along/apply/check")
    assert answer.headers["Location"] == "/ride-along/apply/paused/north"
    assert db.session.query(Ride).count() == 0


def test_an_address_is_told_once_when_the_scheme_opens(client: Browser, cast: Any) -> None:
    from casework.cases import service as cases
    from casework.rides import queries
    from tests.factories import area

    scheme = queries.scheme(area("north").id)
    cases.perform(scheme, "pause", cast.coordinator)
    db.session.commit()
    for _ in range(2):
        client.submit("/ride-along/tell-me/north", {"email": "me@example.org"})
    cases.perform(queries.scheme(area("north").id), "reopen", cast.coordinator)
    db.session.commit()
    assert [o.name for o in db.session.query(Owed)] == ["scheme-open"]


def test_the_clock_of_a_new_application_counts_working_days(client: Browser) -> None:
    with moved_to(now().replace(year=2026, month=12, day=23, hour=10)):
        fill(client)
        client.submit("/ride-along/apply/check")
    # Thursday 24, then Christmas (Friday), the substitute for Boxing Day (Monday 28), 29, 30, 31 and Friday 1 is New Year.
    assert db.session.query(Ride).one().due_on == date(2027, 1, 4)
