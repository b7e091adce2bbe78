"""Letters are keyed by one, again by another who sees nothing of it, and settled by a third: nobody checks their own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from casework.extensions import db
from casework.moments import moved_to, now
from casework.post import keying, leases, papers, retention, sheets
from casework.post.comparing import Mark
from casework.post.models import FieldCheck, FieldSum, Item, KeyedField, Keying
from casework.settings import service as settings
from casework.workflow import Refused
from tests.post import trays
from tests.post.trays import TRUTH


@pytest.fixture
def room(app: Any, cast: Any) -> Any:
    """Three clerks, and who opens the post."""
    return {name: trays.clerk(name) for name in ("ann", "bea", "cem")}


def test_two_clerks_who_read_the_same_are_enough(room: Any) -> None:
    item = trays.letter(room["ann"])
    assert not trays.key(item, room["ann"], TRUTH)
    assert trays.fresh(item).state == "keyed_once"
    assert trays.key(item, room["bea"], TRUTH)
    assert trays.fresh(item).state == "filed"
    found = keying.answers(item)
    assert found["you.name"].read.texts == ("Siân O'Neill",)
    assert found["who.witnesses"].read.mark == Mark.MISSING


def test_what_differs_is_settled_by_a_third_person(room: Any) -> None:
    item = trays.letter(room["ann"])
    trays.key(item, room["ann"], trays.mistaken("you.born", "4", "3", "1990"))
    trays.key(item, room["bea"], TRUTH)
    assert trays.fresh(item).state == "differing"
    assert [blank.name for blank in keying.blanks(item, keying.THIRD)] == ["you.born"]
    trays.key(item, room["cem"], {"you.born": TRUTH["you.born"]})
    assert trays.fresh(item).state == "filed"
    assert keying.answers(item)["you.born"].read == TRUTH["you.born"]
    checks = {(c.account_id, c.name): c.right for c in db.session.query(FieldCheck)}
    assert checks[room["ann"].account_id, "you.born"] is False
    assert checks[room["bea"].account_id, "you.born"] is True
    assert checks[room["ann"].account_id, "you.name"] is True
    wrong = {(s.account_id, s.name): s.wrong for s in db.session.query(FieldSum)}
    assert wrong[room["ann"].account_id, "you.born"] == 1
    assert sum(wrong.values()) == 1


@pytest.mark.parametrize("who", ["ann", "bea"])
def test_nobody_takes_part_in_two_rounds(room: Any, who: str) -> None:
    item = trays.letter(room["ann"])
    trays.key(item, room["ann"], trays.mistaken("you.name", "Sian O'Neil"))
    with pytest.raises(Refused, match="somebody else does it"):
        trays.key(item, room["ann"], TRUTH)
    db.session.rollback()
    trays.key(item, room["bea"], TRUTH)
    with pytest.raises(Refused, match="somebody else does it"):
        trays.key(item, room[who], TRUTH)
    db.session.rollback()
    for name in room:
        taken = leases.take_next(room[name].account_id, *keying.open_to(room[name].account_id, keying.THIRD))
        assert (taken == item.id) == (name == "cem")
        db.session.rollback()


def test_the_database_gives_nobody_a_second_round(room: Any) -> None:
    item = trays.letter(room["ann"])
    trays.key(item, room["ann"], TRUTH)
    for statement in (
        "insert into post_keyings (item_id, round, account_id, begun_at) values (:item, 2, :ann, now())",
        "insert into post_keyings (item_id, round, account_id, begun_at) values (:item, 3, :ann, now())",
    ):
        with pytest.raises(IntegrityError, match="uq_post_keyings_item_id_account_id"):
            db.session.execute(text(statement), {"item": item.id, "ann": room["ann"].account_id})
        db.session.rollback()
    trays.key(item, room["bea"], TRUTH, finish=False)
    with pytest.raises(IntegrityError, match="uq_post_keyings_item_id_account_id"):
        db.session.execute(
            text("update post_keyings set account_id = :ann where item_id = :item and round = 2"),
            {"item": item.id, "ann": room["ann"].account_id},
        )
    db.session.rollback()


def test_every_critical_field_is_keyed_again_and_of_a_new_clerk_everything(room: Any) -> None:
    item = trays.letter(room["ann"])
    trays.key(item, room["ann"], TRUTH)
    assert len(keying.blanks(item, keying.SECOND)) == len(sheets.sheet("feedback"))
    settings.change("post.first_items", 0, room["ann"], "a test")
    known = [FieldSum(account_id=room["ann"].account_id, name=b.name, month=now().date().replace(day=1), checked=5000, wrong=1) for b in sheets.sheet("feedback")]  # fmt: skip
    db.session.query(FieldSum).delete()
    db.session.add_all(known)
    db.session.commit()
    asked: list[set[str]] = []
    for _ in range(4):
        other = trays.letter(room["ann"])
        trays.key(other, room["ann"], TRUTH)
        asked.append({blank.name for blank in keying.blanks(other, keying.SECOND)})
    critical = {blank.name for blank in sheets.sheet("feedback") if blank.critical}
    assert all(critical <= names < {b.name for b in sheets.sheet("feedback")} for names in asked)
    assert len({frozenset(names) for names in asked}) > 1, "the first clerk can foresee which fields are drawn"


def test_every_field_that_is_called_critical_is_asked_on_some_form(app: Any) -> None:
    asked = {blank.name for kind in papers.FORMS for blank in sheets.sheet(kind) if blank.critical}
    assert asked == papers.CRITICAL


def test_who_goes_on_when_a_lease_ran_out_finds_what_was_typed(room: Any) -> None:
    item = trays.letter(room["ann"])
    trays.key(item, room["ann"], {"you.name": TRUTH["you.name"]}, finish=False)
    with pytest.raises(leases.Taken):
        leases.take(item.id, room["bea"].account_id)
    with moved_to(now() + timedelta(hours=1)):
        trays.key(item, room["bea"], {k: v for k, v in TRUTH.items() if k != "you.name"})
        found = keying.answers(item)
        assert found["you.name"].read == TRUTH["you.name"]
        assert found["you.name"].account_id == room["ann"].account_id
        assert found["you.born"].account_id == room["bea"].account_id
        # Whoever typed even one field of the first round never sees the second.
        with pytest.raises(Refused, match="somebody else does it"):
            trays.key(item, room["ann"], TRUTH)
        db.session.rollback()
        assert trays.key(item, room["cem"], TRUTH)


def test_nothing_is_written_without_the_lease(room: Any) -> None:
    item = trays.letter(room["ann"])
    token = leases.take(item.id, room["ann"].account_id)
    db.session.commit()
    with moved_to(now() + timedelta(hours=1)):
        leases.take(item.id, room["bea"].account_id)
        db.session.commit()
        with pytest.raises(leases.Taken, match="no longer hold"):
            leases.held(item.id, room["ann"].account_id, token)


def test_one_unreadable_field_holds_nothing_up(room: Any) -> None:
    item = trays.letter(room["ann"])
    bad = trays.mistaken("you.born", "3", "", "", mark=Mark.UNREADABLE)
    trays.key(item, room["ann"], bad)
    assert trays.key(item, room["bea"], bad)
    assert keying.answers(item)["you.born"].read.mark == Mark.UNREADABLE


def test_a_field_of_which_nothing_is_said_is_asked_for_before_the_round_ends(room: Any) -> None:
    item = trays.letter(room["ann"])
    held = leases.held(item.id, room["ann"].account_id, leases.take(item.id, room["ann"].account_id))
    mine = keying.begin(held, room["ann"].account_id)
    keying.keep(mine, {"you.name": TRUTH["you.name"]})
    with pytest.raises(Refused, match="not keyed yet"):
        keying.finish(held, mine, room["ann"])
    assert "you.born" in [blank.name for blank in keying.unanswered(held, 1)]


def test_what_is_keyed_lies_sealed_in_the_database(room: Any) -> None:
    item = trays.letter(room["ann"])
    trays.key(item, room["ann"], TRUTH)
    raw = b"".join(bytes(v or b"") for (v,) in db.session.query(KeyedField.value_sealed))
    assert raw and b"Neill" not in raw and b"library" not in raw


def test_where_there_is_one_clerk_no_second_key_is_waited_for(room: Any) -> None:
    settings.change("post.single_clerk", True, room["ann"], "only Ann")
    db.session.commit()
    item = trays.letter(room["ann"])
    assert trays.key(item, room["ann"], TRUTH)
    assert trays.fresh(item).state == "filed"
    assert not any(one.again for one in keying.kept(item.id, 1).values())
    assert db.session.query(Keying).count() == 1
    assert db.session.query(Item).filter_by(state="keyed_once").count() == 0


def test_what_clerks_typed_goes_with_the_paper(room: Any) -> None:
    item = trays.letter(room["ann"])
    trays.key(item, room["ann"], TRUTH)
    trays.key(item, room["bea"], TRUTH)
    due = trays.fresh(item).paper_due_on
    retention.keyed(due)
    assert db.session.query(KeyedField).count() > 0
    assert retention.keyed(due + timedelta(days=1)) > 0
    assert db.session.query(KeyedField).count() == 0
    assert db.session.query(FieldCheck).count() > 0
    retention.checks(due + timedelta(days=1200))
    assert db.session.query(FieldCheck).count() == db.session.query(FieldSum).count() == 0
