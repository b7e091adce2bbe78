"""Makes the demonstration: the house first, then its history, the BCUs shared out among the processors."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from flask import current_app
from sqlalchemy import select, text

from casework import deletion
from casework.accounts.models import Account
from casework.cases.models import Case
from casework.clocks.london import london_date
from casework.complaints import escalate
from casework.demo import history, house, parts, post, stops, tray
from casework.demo.house import House
from casework.demo.post import Post
from casework.demo.said import telling
from casework.demo.world import World
from casework.extensions import db
from casework.moments import moved_to
from casework.moments import now as present
from casework.outbox.models import Installation
from casework.roles import Role
from casework.workflow import Refused

MOST_PROCESSES = 4
# Of applications, of feedback, of complaints.
Counts = tuple[int, int, int]


def make(counts: Counts, seed: int, now: datetime | None, processes: int) -> None:
    """See `casework.demo.make`."""
    _refuse_what_is_not_ours()
    moment = now or present()
    today = london_date(moment)
    built = house.build(today, current_app.config["FORCE_NAME"], current_app.config["CASEWORK_DEMO_PASSWORD"])
    house.close_and_pause(built, today)
    db.session.commit()
    processes = min(processes, MOST_PROCESSES)
    parts.run(partial(_part, built, moment, counts, seed, processes), processes)
    stops.bring_out(World(built, today, moment, Post(moment)), seed)
    db.session.commit()
    if counts[1]:
        tray.fill(built, moment)
        db.session.commit()
    deletion.run_all(today)
    _tell_of_dates(moment)


def is_empty() -> bool:
    """Whether there is no case, and nobody but perhaps the staff of a demonstration that was cut off."""
    case = db.session.scalar(select(Case.id).limit(1))
    person = db.session.scalar(select(Account.id).where(Account.email.not_like("%@demo.example")).limit(1))
    return case is None and person is None


def _part(built: House, moment: datetime, counts: Counts, seed: int, processes: int, number: int) -> None:
    """Everything that happened in some of the BCUs."""
    # the disk need not hear of each step: what is cut off is begun again
    db.session.execute(text("set local synchronous_commit to off"))
    here = built.bcus[number::processes]
    world = World(built, london_date(moment), moment, Post(moment))
    lives = history.tell(world, counts[0], seed, here)
    telling.link(world, telling.tell(world, counts[1:], seed, here))
    history.fill_schedules(world, here)
    history.confirm_matches(world, lives)
    history.answer_equality(lives)
    clerk = built.actors(built.bcus[0].id, Role.CLERK)[0]
    world.post.settle(moment, clerk.account_id or 0)


def _tell_of_dates(moment: datetime) -> None:
    """What supervisors would have been told of dates and footage by now counts as told, and is mailed to nobody."""
    with moved_to(moment):
        escalate.run()
    post.be_quiet(moment)
    db.session.commit()


def _refuse_what_is_not_ours() -> None:
    kind = db.session.scalar(select(Installation.kind))
    if kind == "real":
        raise Refused("This database is marked as real, for ever: it is never filled with made-up cases.")
    if not is_empty():
        raise Refused("There is something in this database already. A demonstration begins with an empty one.")
