"""Several clerks at once, buttons pressed twice, a machine that dies between two steps: the sum of the day holds."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from casework.cases.models import Case
from casework.extensions import db
from casework.history.verify import verify
from casework.moments import today
from casework.post import leases, queries, service
from casework.post.models import Batch, Item
from casework.roles import Actor, Role
from casework.workflow import Refused
from tests import factories
from tests.desks import at_the_desk, value_of
from tests.races.test_races import at_once
from tests.triage.test_races import post_of

pytestmark = pytest.mark.usefixtures("demo_mode")


def tray(actor: Actor, envelopes: int) -> Batch:
    made = service.open_batch(
        actor, tray="A", arrived_on=today() - timedelta(days=1), envelopes=envelopes, area_id=factories.area("north").id
    )
    db.session.commit()
    return made


def clerks(how_many: int) -> list[int]:
    found = [factories.account(f"clerk-{n}@force.example", Role.CLERK).id for n in range(how_many)]
    db.session.commit()
    return found


def test_clerks_who_ask_at_the_same_moment_get_different_letters(app: Any, cast: Any) -> None:
    batch_id = tray(cast.clerk, 6).id

    def take(account_id: int) -> Callable[[], int | None]:
        def ask() -> int | None:
            found = leases.take_next(account_id, Item.batch_id == batch_id)
            db.session.commit()
            return found

        return ask

    taken = at_once(app, [take(each) for each in clerks(8)])
    counted = Counter(each for each in taken if each is not None)
    assert counted and max(counted.values()) == 1
    holders = db.session.scalars(select(Item.lease_account).where(Item.lease_account.is_not(None))).all()
    assert len(holders) == len(set(holders)) == len(counted)


def test_pressing_index_twice_at_the_same_moment_opens_one_case(app: Any, cast: Any) -> None:
    batch = tray(cast.clerk, 1)
    item_id = db.session.scalars(select(Item.id).where(Item.batch_id == batch.id)).one()
    clerk = at_the_desk(app, cast, "clerk")
    clerk.get(f"/staff/post/items/{item_id}")
    clerk.follow(clerk.post(f"/staff/post/items/{item_id}/take"))
    fields = {"token": value_of(clerk, "token"), "kind": "complaint", "name": "Ama Mensah"}
    statuses = at_once(app, [post_of(app, clerk, f"/staff/post/items/{item_id}/index", fields) for _ in range(4)])
    assert sorted(statuses)[0] in {302, 303} and set(statuses) <= {302, 303, 409}, statuses
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Case)) == 1


def test_a_tray_is_never_closed_with_a_sum_that_does_not_hold(app: Any, cast: Any) -> None:
    actor = cast.clerk
    for _ in range(6):
        batch_id = tray(actor, 2).id

        def closes(batch_id: int = batch_id) -> str:
            return tried(lambda: service.close(db.session.get_one(Batch, batch_id), actor))

        def adds(batch_id: int = batch_id) -> str:
            return tried(lambda: service.add_items(db.session.get_one(Batch, batch_id), 1, actor))

        at_once(app, [closes, adds, adds])
        db.session.rollback()
        batch = db.session.get_one(Batch, batch_id)
        sum = queries.sums([batch])[batch_id]
        assert batch.state == "open" or sum.holds, (batch.state, sum)
        assert (batch.state == "closed") == (sum.items == 2)


def tried(act: Callable[[], Any]) -> str:
    """Do something and commit, or say what stopped it."""
    try:
        act()
        db.session.commit()
        return "done"
    except (Refused, IntegrityError) as no:
        db.session.rollback()
        return type(no).__name__


@pytest.mark.slow
@pytest.mark.faults
def test_the_sum_holds_where_the_machine_dies_between_two_letters(app: Any, cast: Any, settings: Any) -> None:
    actor, rng = cast.clerk, Random(7)
    batch_id = tray(actor, 24).id
    command = [sys.executable, "-m", "tests.post.indexer", str(actor.account_id), str(batch_id)]
    killed = 0
    for _ in range(8):
        with subprocess.Popen(command, env=os.environ | settings, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "begun\n"
            if killed < 3:
                for _ in range(rng.randrange(2, 6)):
                    process.stdout.readline()
                process.kill()
                killed += 1
            else:
                assert process.wait(60) == 0
                break
    assert killed == 3
    db.session.rollback()
    batch = db.session.get_one(Batch, batch_id)
    sum = queries.sums([batch])[batch_id]
    assert sum.holds and (sum.cases, sum.in_work) == (24, 0)
    # no case without its letter, no letter with two
    assert db.session.scalar(select(func.count()).select_from(Case)) == 24
    assert db.session.scalar(select(func.count(func.distinct(Item.case_id))).select_from(Item)) == 24
    assert set(db.session.scalars(select(Case.received_on))) == {batch.arrived_on}
    assert verify() == []
    service.close(batch, actor)
    db.session.commit()
