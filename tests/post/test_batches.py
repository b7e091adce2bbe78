"""Trays: the sum of a batch holds, whoever counts and whoever writes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from casework.cases import service as cases
from casework.extensions import db
from casework.moments import moved_to, now, today
from casework.post import leases, service
from casework.post.models import Item
from casework.roles import Actor
from casework.workflow import Refused
from tests import factories


def batch(cast: Any, envelopes: int = 3, **given: Any) -> Any:
    made = service.open_batch(
        cast.clerk, **{"tray": "A", "arrived_on": today() - timedelta(days=1), "envelopes": envelopes} | given
    )
    db.session.commit()
    return made


def items(made: Any) -> list[Any]:
    return list(db.session.query(Item).filter_by(batch_id=made.id).order_by(Item.number))


def test_a_clerk_closes_a_tray_only_when_every_envelope_has_an_item(app: Any, cast: Any) -> None:
    made = batch(cast, 3, fill=False)
    service.add_items(made, 2, cast.clerk)
    with pytest.raises(Refused, match="not as many"):
        service.close(made, cast.clerk)
    service.add_items(made, 1, cast.clerk)
    service.close(made, cast.clerk)
    db.session.commit()
    assert made.state == "closed"
    with pytest.raises(Refused, match="closed"):
        service.add_items(made, 1, cast.clerk)
    db.session.rollback()


def test_a_second_matter_in_an_envelope_is_no_envelope_more(app: Any, cast: Any) -> None:
    made = batch(cast, 2)
    extra = service.add_matter(items(made)[0], cast.clerk)
    service.close(made, cast.clerk)
    assert extra.number == 3
    assert made.state == "closed"
    service.add_matter(items(made)[1], cast.clerk)  # also when it is found later
    db.session.commit()


def test_a_mistake_is_struck_out_and_leaves_the_sum(app: Any, cast: Any) -> None:
    made = batch(cast, 3)
    service.recount(made, 2, cast.clerk, "counted again")
    with pytest.raises(Refused):
        service.close(made, cast.clerk)
    service.strike(items(made)[2], cast.clerk)
    service.close(made, cast.clerk)
    db.session.commit()


def test_the_database_itself_refuses_a_wrong_sum(app: Any, cast: Any) -> None:
    made = batch(cast, 2)
    number = made.id
    with pytest.raises(IntegrityError, match="as many as its envelopes"):
        db.session.execute(
            text("UPDATE post_batches SET envelopes = 3, state = 'closed' WHERE id = :id"), {"id": number}
        )
    db.session.rollback()
    service.close(made, cast.clerk)
    db.session.commit()
    with pytest.raises(IntegrityError, match="closed"):
        db.session.execute(text("UPDATE post_items SET state = 'struck' WHERE batch_id = :id"), {"id": number})
    db.session.rollback()


def test_only_a_supervisor_opens_a_closed_tray_again_and_says_why(app: Any, cast: Any) -> None:
    made = batch(cast, 0)
    service.close(made, cast.clerk)
    with pytest.raises(Refused):
        service.reopen(made, cast.clerk, "one more")
    with pytest.raises(Refused, match="why"):
        service.reopen(made, cast.supervisor, " ")
    service.reopen(made, cast.supervisor, "one more was under the tray")
    service.add_items(made, 1, cast.clerk)
    db.session.commit()


def test_nobody_keys_a_second_time_what_they_keyed_and_other_items_do_not_bar_them(app: Any, cast: Any) -> None:
    made = batch(cast, 2)
    other = factories.account("clerk-two@force.example", cast.clerk.role)
    two = Actor(cast.clerk.role, account_id=other.id)
    first, second = items(made)
    for item, keyer in ((first, cast.clerk), (second, two)):
        item.kind = "feedback"
        cases.perform(item, "index", cast.clerk, kind="feedback")
        cases.perform(item, "key", keyer)
    with pytest.raises(Refused, match="Somebody else"):
        cases.perform(first, "key_again", cast.clerk)
    cases.perform(second, "key_again", cast.clerk, differ=["name"])
    assert second.state == "differing"
    with pytest.raises(Refused, match="Somebody else"):
        cases.perform(second, "settle", two)
    cases.perform(second, "settle", cast.supervisor)
    assert second.state == "verified"


def test_an_item_that_somebody_holds_is_not_given_to_another(app: Any, cast: Any) -> None:
    made = batch(cast, 2)
    one, two = cast.clerk.account_id, cast.supervisor.account_id
    first = leases.take_next(one, Item.batch_id == made.id)
    second = leases.take_next(two, Item.batch_id == made.id)
    assert {first, second} == {item.id for item in items(made)}
    assert leases.take_next(one, Item.batch_id == made.id) == first
    with pytest.raises(leases.Taken):
        leases.take(first, two)
    token = leases.take(first, one)
    leases.held(first, one, token)
    with pytest.raises(leases.Taken):
        leases.held(first, two, token)
    with moved_to(now() + timedelta(minutes=31)), pytest.raises(leases.Taken):
        leases.held(first, one, token)
    with moved_to(now() + timedelta(minutes=31)):
        leases.take(first, two)
