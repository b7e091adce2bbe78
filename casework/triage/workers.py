"""Who works where: whom a case may be given to, whom a rule may name."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import ColumnElement, and_, or_, select

from casework.accounts.models import Account, Grant
from casework.areas import queries as areas
from casework.extensions import db
from casework.moments import today
from casework.roles import Role


def around(area_id: int | None) -> set[int]:
    """An area with those that it lies in; without an area only the force."""
    area = areas.by_id(area_id) if area_id is not None else areas.force()
    found = set()
    while area is not None:
        found.add(area.id)
        area = areas.by_id(area.parent_id)
    return found


def within(roles: Iterable[Role], area_ids: Collection[int | None]) -> list[tuple[int, str]]:
    """Id and name of everybody who holds one of these roles today in any of these areas or around it, by name."""
    where = {each for area_id in area_ids for each in around(area_id)}
    wanted = (
        select(Account.id, Account.name)
        .join(Grant, and_(Grant.account_id == Account.id, _in_force()))
        .where(Grant.role.in_([str(role) for role in roles]), Grant.area_id.in_(where), Account.disabled_at.is_(None))
        .distinct()
        .order_by(Account.name, Account.id)
    )
    return [(row[0], row[1]) for row in db.session.execute(wanted)]


def roles_of(account_id: int | None) -> list[tuple[Role, int]]:
    """The roles that somebody holds today, each with its area; none where the account is disabled."""
    wanted = (
        select(Grant.role, Grant.area_id)
        .join(Account, Account.id == Grant.account_id)
        .where(Grant.account_id == account_id, Account.disabled_at.is_(None), _in_force())
    )
    return [(Role(row[0]), row[1]) for row in db.session.execute(wanted)]


def _in_force() -> ColumnElement[bool]:
    return and_(Grant.from_on <= today(), or_(Grant.until_on.is_(None), Grant.until_on >= today()))
