"""Powers that the chief officer gave to somebody in writing, and whether one is needed. Never commits.

The dated grant of a role stands for it, unless the force has set that a written delegation is demanded.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, timedelta

from sqlalchemy import or_, select

from casework.accounts.models import Account, Grant
from casework.cases.registry import Step
from casework.clocks.london import london_date
from casework.complaints.models import Delegation
from casework.complaints.workflow import POWERS
from casework.extensions import db
from casework.moments import now, today
from casework.roles import Actor, Role
from casework.settings import service as settings

# The result of an allegation that is a power of its own.
NO_CASE = "no-case"


def holds(account_id: int, power: str, day: date) -> bool:
    """Whether somebody holds a written delegation of a power on a day."""
    in_force = (Delegation.from_on <= day, or_(Delegation.to_on.is_(None), Delegation.to_on >= day))
    wanted = select(Delegation.id).where(Delegation.account_id == account_id, Delegation.power == power, *in_force)
    return db.session.scalar(wanted.limit(1)) is not None


def candidates(area_ids: Collection[int]) -> dict[int, str]:
    """Who decides on complaints in these areas and may be given a power, by id and name."""
    rows = (
        select(Account.id, Account.name)
        .join(Grant, Grant.account_id == Account.id)
        .where(Grant.role.in_([str(Role.HANDLER), str(Role.SUPERVISOR)]), Grant.area_id.in_(area_ids))
        .where(Account.disabled_at.is_(None))
        .order_by(Account.name, Account.id)
    )
    return {row[0]: row[1] for row in db.session.execute(rows)}


def of(account_ids: Collection[int]) -> list[Delegation]:
    """The delegations to these people: those in force first, the newest first."""
    over = Delegation.to_on < today()
    wanted = select(Delegation).where(Delegation.account_id.in_(account_ids))
    return list(db.session.scalars(wanted.order_by(over.is_(True), Delegation.id.desc())))


def delegate(
    power: str, account_id: int, actor: Actor, *, from_on: date, to_on: date | None, given_by: str, paper: str
) -> Delegation:
    """Note a power that was given in writing, as an event of the settings' own history."""
    made = Delegation(
        power=power, account_id=account_id, from_on=from_on, to_on=to_on, given_by=given_by, paper=paper, at=now(),
        noted_by=actor.account_id,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    facts = {"power": power, "account": account_id, "from": from_on.isoformat(), "to": to_on and to_on.isoformat()}
    settings.note("delegate", actor, ("delegation", made.id), f"{given_by}: {paper}", facts)
    return made


def end(delegation: Delegation, actor: Actor) -> None:
    """A delegation ends with yesterday. Ending it twice is ending it once."""
    last = today() - timedelta(days=1)
    if delegation.to_on is None or delegation.to_on > last:
        delegation.to_on = max(last, delegation.from_on - timedelta(days=1))
        db.session.flush()
        settings.note("end_delegation", actor, ("delegation", delegation.id), "", {"power": delegation.power})


def _check(power: str) -> Callable[[Step], bool]:
    def held(step: Step) -> bool:
        if step.actor.account_id is None or not settings.value("complaint.delegation.written"):
            return True
        if power == NO_CASE and step.facts.get("result") != NO_CASE:
            return True
        return holds(step.actor.account_id, power, london_date(step.at))

    return held


CHECKS = {f"delegated_{power}": _check(power) for power in POWERS}
