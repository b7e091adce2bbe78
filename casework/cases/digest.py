"""The morning digest: one message with numbers for each member of staff who has work. No personal data in it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, Select, func, or_, select

from casework.accounts.models import Account, Grant
from casework.areas.models import Area
from casework.cases import sight
from casework.cases.models import Case
from casework.clocks import london
from casework.clocks.rules import WorkingDays
from casework.extensions import db
from casework.history import service as history
from casework.history.models import Event
from casework.moments import today
from casework.outbox import queries as owed
from casework.outbox import service as outbox
from casework.roles import OTHERS, SYSTEM, Role
from casework.settings import service as settings

# Who gives cases to somebody: for them, what nobody has is work too.
GIVERS = frozenset({Role.COORDINATOR, Role.SUPERVISOR, Role.TRIAGE})


def readers() -> list[int]:
    """The accounts that may get a digest."""
    return list(db.session.scalars(select(Account.id).where(Account.disabled_at.is_(None)).order_by(Account.id)))


def owe(account_id: int) -> bool:
    """Owe somebody their digest of today, once, if there is anything in it. The caller commits."""
    account = db.session.get_one(Account, account_id)
    if _has_todays(account):
        return False
    found = numbers(account, today())
    if not any(found.values()):
        return False
    event = history.append(account.stream_id, "digest", SYSTEM, subject=("account", account.id), facts=dict(found))
    outbox.owe(event, "staff-digest", f"account:{account.id}")
    return True


def numbers(account: Account, day: date) -> dict[str, int]:
    """What waits for somebody: overdue and due within two working days, and what nobody has in their areas.

    Cases that are about them do not count: they see none of them.
    """
    soon = WorkingDays(2).due(day, settings.calendar())
    apart = Case.id.not_in(sight.hidden_from(account))
    mine = select(func.count()).select_from(Case).where(Case.assigned_to == account.id, Case.is_open, apart)
    here = _covers(account, day)
    found = {
        "overdue": _count(mine.where(Case.next_due_on < day)),
        "due_soon": _count(mine.where(Case.next_due_on >= day, Case.next_due_on <= soon)),
        "unassigned": 0,
        "failed": 0,
    }
    if here is not None:
        theirs = [str(role) for role in OTHERS]
        nobodys = select(func.count()).select_from(Case).where(Case.assigned_to.is_(None), Case.is_open, here, apart)
        found["unassigned"] = _count(nobodys.where(Case.waits_for.not_in(theirs)))
        found["failed"] = owed.failed_of(select(Case.stream_id).where(here, apart))
    return found


def _covers(account: Account, day: date) -> ColumnElement[bool] | None:
    """The condition on cases in whose areas somebody gives out work; None if there is no such area."""
    grants = db.session.execute(
        select(Grant.area_id).where(
            Grant.account_id == account.id,
            Grant.role.in_([str(role) for role in GIVERS]),
            Grant.from_on <= day,
            or_(Grant.until_on.is_(None), Grant.until_on >= day),
        )
    )
    inside = {area_id for (area_id,) in grants}
    if not inside:
        return None
    parents = [(area_id, parent_id) for area_id, parent_id in db.session.execute(select(Area.id, Area.parent_id))]
    force_wide = any(area_id in inside and parent_id is None for area_id, parent_id in parents)
    while more := {area_id for area_id, parent_id in parents if parent_id in inside} - inside:
        inside |= more
    in_areas = Case.area_id.in_(inside)
    return or_(in_areas, Case.area_id.is_(None)) if force_wide else in_areas


def _has_todays(account: Account) -> bool:
    since = london.start_of_day(today())
    told = select(Event.id).where(Event.stream_id == account.stream_id, Event.action == "digest", Event.at >= since)
    return db.session.scalar(told.limit(1)) is not None


def _count(wanted: Select[int]) -> int:
    return int(db.session.scalar(wanted) or 0)
