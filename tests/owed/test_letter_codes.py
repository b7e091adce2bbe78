"""The code on a letter: fresh with each posting, the same however often it is printed, and the older ones end."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import select

from casework.extensions import db
from casework.parties import secrets
from casework.parties import service as parties
from casework.parties.models import Party
from casework.rides import service as rides
from tests import factories
from tests.browser import Browser
from tests.desks import at_the_desk
from tests.owed.letters import by_letter, letters_of, owed, post_letter, print_letter
from tests.rides.test_apply import fill, send

_addresses = itertools.count(1)


def opens(app: Any, made: factories.Made, code: str) -> bool:
    """Whether somebody with the reference and this code gets in."""
    browser = Browser(app, address=f"198.51.100.{next(_addresses)}")
    return browser.submit("/track", {"reference": made.ride.reference, "code": code}).status_code == 302


def test_a_letter_keeps_its_code_however_often_it_is_printed_and_looking_makes_none(
    app: Any, cast: Any, demo_mode: None
) -> None:
    by_letter()
    desk = at_the_desk(app, cast, "clerk")
    for _ in range(2):
        desk.get("/staff/letters/print")
        assert "There is nothing to print." in desk.words
    number = owed("letter").id
    codes = {print_letter(desk, number) for _ in range(3)}
    desk.get("/staff/letters/print")
    assert len(codes) == 1
    assert codes.pop() in desk.words


def test_the_code_of_the_confirmation_page_opens_until_the_first_letter_is_posted(
    app: Any, cast: Any, demo_mode: None
) -> None:
    made = by_letter()
    first = secrets.code(made.ride.applicant.id, 1)
    desk = at_the_desk(app, cast, "clerk")
    number = owed("letter").id
    assert opens(app, made, first)
    printed = print_letter(desk, number)
    assert printed != first
    assert opens(app, made, first)
    assert opens(app, made, printed)
    post_letter(desk, number)
    assert not opens(app, made, first)
    assert opens(app, made, printed)


def test_each_posting_carries_a_fresh_code_and_ends_the_one_before(app: Any, cast: Any, demo_mode: None) -> None:
    made = by_letter()
    desk = at_the_desk(app, cast, "clerk")
    (one,) = letters_of(desk)
    old = print_letter(desk, one)
    post_letter(desk, one)
    rides.ask(made.ride, "Which days?", cast.coordinator)
    db.session.commit()
    (two,) = letters_of(desk)
    new = print_letter(desk, two)
    assert new != old
    assert opens(app, made, old), "whoever waits for a letter still has the last one"
    post_letter(desk, two)
    assert not opens(app, made, old)
    assert opens(app, made, new)
    kept = [bytes(each) for each in db.session.execute(select(Party.code_digest, Party.next_code_digest)).one() if each]
    assert kept == [secrets.code_digest(new)]


def test_letters_that_go_together_carry_codes_that_open_together(app: Any, cast: Any, demo_mode: None) -> None:
    made = by_letter()
    rides.ask(made.ride, "Which days?", cast.coordinator)
    db.session.commit()
    desk = at_the_desk(app, cast, "clerk")
    one, two = letters_of(desk)
    codes = [print_letter(desk, one), print_letter(desk, two)]
    post_letter(desk, one)
    assert all(opens(app, made, code) for code in codes)
    assert print_letter(desk, two) == codes[1]
    post_letter(desk, two)
    assert all(opens(app, made, code) for code in codes)


def test_replacing_all_secrets_ends_the_code_of_a_letter_on_its_way_and_it_is_printed_with_another(
    app: Any, cast: Any, demo_mode: None
) -> None:
    made = by_letter()
    desk = at_the_desk(app, cast, "clerk")
    number = owed("letter").id
    lost = print_letter(desk, number)
    parties.replace_secrets(db.session.query(Party).one())
    db.session.commit()
    assert not opens(app, made, lost)
    desk.get("/staff/letters/print")
    assert lost not in desk.words
    again = print_letter(desk, number)
    assert opens(app, made, again)
    post_letter(desk, number)
    assert opens(app, made, again)
    assert not opens(app, made, lost)


def test_two_clerks_who_print_at_once_print_the_same_code(app: Any, cast: Any, demo_mode: None) -> None:
    made = by_letter()
    cast.account("clerk")
    number = owed("letter").id

    def prints() -> str:
        with app.app_context():
            return print_letter(at_the_desk(app, cast, "clerk"), number)

    with ThreadPoolExecutor(2) as pool:
        codes = {each.result() for each in [pool.submit(prints) for _ in range(2)]}
    assert len(codes) == 1
    assert opens(app, made, codes.pop())


def test_the_confirmation_page_shows_the_first_code_and_none_that_was_posted_later(
    app: Any, cast: Any, demo_mode: None
) -> None:
    applicant = Browser(app)
    by_post = {"channel": "letter", "address": "1 High Street", "postcode": "N1 1AA", "phone": "", "email": ""}
    fill(applicant, contact=by_post)
    send(applicant)
    first = secrets.code(db.session.query(Party).one().id, 1)
    assert first in applicant.words
    desk = at_the_desk(app, cast, "clerk")
    new = print_letter(desk, owed("letter").id)
    post_letter(desk, owed("letter").id)
    applicant.get("/ride-along/apply/done")
    assert first not in applicant.words
    assert new not in applicant.words
    assert "The code that stood here has been replaced." in applicant.words
