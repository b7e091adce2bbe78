"""The keying screen: a form of eight pages on somebody's desk, a third of its fields keyed."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from casework.accounts.models import Account
from casework.extensions import db
from casework.moments import now
from casework.post import keying, leases
from casework.post.models import Item
from casework.roles import Actor, Role
from tests.bench.visits import Visit, Visits
from tests.post import trays

NAME = "keying screen"


def screens(visits: Visits, count: int) -> list[Visit]:
    """The screen of one letter again and again, by a supervisor who keys."""
    with visits.site.app.app_context():
        who = db.session.scalars(select(Account.id).where(Account.email == "supervisor@force.example")).one()
        item = trays.letter(Actor(Role.SUPERVISOR, who), pages=[trays.paper()] * 8)
        held = leases.held(item.id, who, leases.take(item.id, who))
        keying.keep(keying.begin(held, who), trays.TRUTH)
        # it stays on the desk for as long as the bench takes
        db.session.execute(update(Item).where(Item.id == item.id).values(lease_until=now() + timedelta(hours=6)))
        db.session.commit()
        return visits.pages(f"/staff/post/key/{item.id}", visits.desk[Role.SUPERVISOR][1], count)
