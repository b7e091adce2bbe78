"""Whoever a complaint is about never has the letter that it came in on their desk, nor does their team."""

from __future__ import annotations

from typing import Any

import pytest

from casework.complaints import service as complaints
from casework.complaints.models import Complaint
from casework.extensions import db
from casework.history.models import Access
from casework.post.models import Page
from tests import factories, sayings
from tests.desks import at_the_desk
from tests.post import room, trays

pytestmark = pytest.mark.usefixtures("demo_mode")


@pytest.fixture
def letters(cast: Any) -> list[Any]:
    """A complaint and another letter of the north, both to be keyed."""
    opener = trays.clerk("opener", "north")
    north = factories.area("north").id
    return [trays.letter(opener, kind, area_id=north, name="Ama Berko") for kind in ("complaint", "feedback")]


def about(item: Any, cast: Any, **whom: Any) -> None:
    """What a letter says is about somebody."""
    complaint = db.session.get_one(Complaint, item.case_id)
    complaints.name_subject(sayings.alleged(complaint, cast), cast.triage_too, **whom)
    db.session.commit()


@pytest.mark.parametrize("who", ["clerk", "supervisor"])
@pytest.mark.parametrize("by", ["account", "team"])
def test_whom_a_letter_is_about_reaches_neither_it_nor_its_pages(
    app: Any, cast: Any, letters: list[Any], who: str, by: str
) -> None:
    hers, other = letters
    if by == "team":
        cast.account(who).team = "Response A"
    about(hers, cast, **({"team": " response a"} if by == "team" else {"account_id": cast.account(who).id}))
    reference = db.session.get_one(Complaint, hers.case_id).reference
    page = db.session.query(Page).filter_by(item_id=hers.id).one()
    values = {"item_id": [hers.id], "batch_id": [hers.batch_id], "page_id": [page.id]}
    nothing = {"release_id": [1], "action": ["review"], "table": ["clerks"]}
    desk = at_the_desk(app, cast, who)
    desk.get("/staff/account")
    posted = {
        "csrf_token": desk.token(),
        "token": "x",
        "round": "1",
        "note": "x",
        "pages": str(page.id),
        "do": "remove",
    }
    before, looked = room.everything(), 0
    for path, verbs, _ in room.addresses(app, values | nothing):
        named = f"/items/{hers.id}" in path or f"/key/{hers.id}" in path or path.endswith(f"/pages/{page.id}")
        for verb in verbs if named else {"GET"} & set(verbs):
            answer = desk.get(path) if verb == "GET" else desk.post_bare(path, posted)
            assert not named or answer.status_code in {403, 404}, (verb, path, answer.status_code)
            assert reference not in desk.text and "Ama" not in desk.text, path
            looked += named
    assert looked > 20 and room.everything() == before
    assert db.session.query(Access).filter_by(case_id=hers.case_id).count() == 0
    desk.get(f"/staff/post/batches/{hers.batch_id}")
    assert f"/staff/post/items/{hers.id}" not in desk.text
    desk.post(f"/staff/post/batches/{hers.batch_id}/pages", {"pages": str(page.id), "do": "remove"})
    assert "Choose the pages first" in desk.words


def test_whoever_keys_next_is_given_every_letter_but_the_one_about_them(
    app: Any, cast: Any, letters: list[Any]
) -> None:
    hers, other = letters
    about(hers, cast, account_id=cast.account("clerk").id)
    clerk = at_the_desk(app, cast, "clerk")
    for _ in range(2):
        clerk.get("/staff/post/key")
        answer = clerk.post("/staff/post/key/next", {"round": "1"})
        assert answer.headers["Location"].endswith(f"/key/{other.id}")
    trays.clerk("second", "north")
    colleague = trays.at_the_desk_of(app, "second")
    colleague.get("/staff/post/key")
    answer = colleague.post("/staff/post/key/next", {"round": "1"})
    assert answer.headers["Location"].endswith(f"/key/{hers.id}"), "it does not wait for want of anybody"


def test_a_letter_that_one_holds_is_gone_once_one_is_named_in_it(app: Any, cast: Any, letters: list[Any]) -> None:
    hers = letters[0]
    clerk = at_the_desk(app, cast, "clerk")
    room.take(hers.id, cast.account("clerk").id)
    where = f"/staff/post/key/{hers.id}"
    assert clerk.get(where).status_code == 200
    fresh, token = clerk.token(), trays.fresh(hers).lease_token
    about(hers, cast, account_id=cast.account("clerk").id)
    sent = {"csrf_token": fresh, "token": token, "do": "rest"}
    assert clerk.post_bare(where, sent).status_code == 404
    assert clerk.post_bare(f"{where}/field", sent | {"field": "you.name"}).status_code == 404
    assert trays.fresh(hers).state == "indexed"


def test_a_letter_is_not_indexed_into_a_case_about_whoever_indexes(app: Any, cast: Any, letters: list[Any]) -> None:
    hers = letters[0]
    about(hers, cast, account_id=cast.account("clerk").id)
    reference = db.session.get_one(Complaint, hers.case_id).reference
    batch = room.service.open_batch(
        cast.clerk, tray="B", arrived_on=trays.today(), envelopes=1, area_id=factories.area("north").id
    )
    new = db.session.query(trays.Item).filter_by(batch_id=batch.id).one()
    db.session.commit()
    for who, name in (("clerk", "clerk"), ("second", "")):
        if not name:
            trays.clerk(who, "north")
        desk = at_the_desk(app, cast, who) if name else trays.at_the_desk_of(app, who)
        where = f"/staff/post/items/{new.id}"
        desk.get(where)
        desk.follow(desk.post(f"{where}/take"))
        token = trays.fresh(new).lease_token
        desk.post(f"{where}/index", {"token": token, "kind": "complaint", "name": "Ama Berko"})
        assert (reference in desk.words) is not bool(name), "who has such a name"
        answer = desk.post(f"{where}/attach", {"token": token, "reference": reference})
        assert answer.status_code == (400 if name else 303)
        if name:
            assert "There is no such case in your areas" in desk.words
            room.leases.give_back(trays.fresh(new))
            db.session.commit()
    assert trays.fresh(new).case_id == hers.case_id
