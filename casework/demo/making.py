"""Makes the demonstration, in one transaction."""

from __future__ import annotations

import random
from datetime import datetime

from flask import current_app
from sqlalchemy import select, text

from casework import deletion
from casework.accounts.models import Account
from casework.cases.models import Case
from casework.clocks.london import london_date
from casework.demo import history, house
from casework.demo.post import Post
from casework.demo.life import World
from casework.extensions import db
from casework.moments import now as present
from casework.outbox.models import Installation
from casework.workflow import Refused


def make(count: int, seed: int, now: datetime | None) -> None:
    """See `casework.demo.make`."""
    _refuse_what_is_not_ours()
    moment = now or present()
    today = london_date(moment)
    # a demonstration that is cut off leaves nothing behind; the disk need not hear of every step
    db.session.execute(text("set local synchronous_commit to off"))
    built = house.build(today, current_app.config["FORCE_NAME"], current_app.config["CASEWORK_DEMO_PASSWORD"])
    post = Post()
    world = World(built, today, moment, post.deliver, random.Random(seed))
    lives = history.tell(world, count, seed)
    history.fill_schedules(world)
    history.confirm_matches(world, lives)
    history.answer_equality(world, lives)
    house.close_and_pause(built, today)
    post.settle(moment)
    db.session.commit()
    deletion.run_all(today)


def is_empty() -> bool:
    """Whether there is neither an account nor a case."""
    found = db.session.scalar(select(Account.id).limit(1)) or db.session.scalar(select(Case.id).limit(1))
    return found is None


def _refuse_what_is_not_ours() -> None:
    kind = db.session.scalar(select(Installation.kind))
    if kind == "real":
        raise Refused("This database is marked as real, for ever: it is never filled with made-up cases.")
    if not is_empty():
        raise Refused("There is something in this database already. A demonstration begins with an empty one.")
