"""Looks up accounts, their grants of a day, and who could act where."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Date,
    Row,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from casework.accounts.models import Account, Grant, Session, Token
from casework.areas import queries as areas
from casework.extensions import db
from casework.history.models import Event
from casework.moments import now, today
from casework.parties.secrets import link_digest
from casework.roles import Role

PAGE = 50
_NAMES = select(Account.__table__.c.id, Account.__table__.c.name).where(
    Account.__table__.c.id.in_(bindparam("ids", expanding=True))
)


def by_id(account_id: int) -> Account | None:
    """The account of an id."""
    return db.session.get(Account, account_id)


def by_email(email: str) -> Account | None:
    """The account of an address, whatever its case."""
    return db.session.scalars(select(Account).where(Account.email == fold(email))).one_or_none()


def fold(email: str) -> str:
    """An address as accounts store it."""
    return email.strip().lower()


def with_grants(account_id: int, day: date) -> tuple[Account, list[Grant]] | None:
    """An account and its grants of a day, in one query."""
    rows = db.session.execute(_with_grants(), {"account_id": account_id, "day": day}).all()
    if not rows:
        return None
    return rows[0][0], [grant for _, grant in rows if grant is not None]


def people(within: Collection[int] | None, words: str = "", after: tuple[str, int] | None = None) -> list[Account]:
    """A page of accounts by name, with their grants: those granted something in these areas or nothing at all.

    `within` None means everywhere. One more row than `PAGE` is returned where there is a further page.
    """
    query = select(Account).options(selectinload(Account.grants).joinedload(Grant.area))
    query = _manageable(query, within)
    for word in words.lower().split()[:5]:
        like = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        query = query.where(or_(func.lower(Account.name).like(like), Account.email.like(like)))
    if after:
        query = query.where(or_(Account.name > after[0], and_(Account.name == after[0], Account.id > after[1])))
    return list(db.session.scalars(query.order_by(Account.name, Account.id).limit(PAGE + 1)))


def manageable(account_id: int, within: Collection[int] | None) -> Account | None:
    """The account, if an administrator of these areas may manage it: nothing is granted to it outside them."""
    if not _is_id(account_id):
        return None
    query = select(Account).where(Account.id == account_id).options(selectinload(Account.grants).joinedload(Grant.area))
    return db.session.scalars(_manageable(query, within)).one_or_none()


def grants_of(account_id: int) -> list[Grant]:
    """The grants of an account that are in force or to come, with their areas."""
    return list(
        db.session.scalars(
            select(Grant)
            .where(Grant.account_id == account_id, or_(Grant.until_on.is_(None), Grant.until_on >= today()))
            .options(joinedload(Grant.area))
            .order_by(Grant.role, Grant.from_on, Grant.id)
        )
    )


def coverable(account_id: int, within: Collection[int] | None) -> list[Grant]:
    """The roles of others, in force today, that an account may cover: in these areas (None: everywhere)."""
    query = (
        select(Grant)
        .join(Account, Account.id == Grant.account_id)
        .where(Grant.account_id != account_id, Grant.covers_id.is_(None), Account.disabled_at.is_(None))
        .where(*_in_force(today()))
        .options(contains_eager(Grant.account), joinedload(Grant.area))
        .order_by(Account.name, Grant.id)
    )
    if within is not None:
        query = query.where(Grant.area_id.in_(list(within)))
    return list(db.session.scalars(query))


def names_of(account_ids: Iterable[int]) -> dict[int, str]:
    """The names of accounts by id."""
    wanted = set(account_ids)
    if not wanted:
        return {}
    return {row.id: row.name for row in db.session.execute(_NAMES, {"ids": wanted})}


def history_of(account: Account, limit: int = 50) -> list[Event]:
    """What happened to an account, the newest first."""
    rows = select(Event).where(Event.stream_id == account.stream_id).order_by(Event.number.desc()).limit(limit)
    return list(db.session.scalars(rows))


def sessions_of(account_id: int) -> list[Session]:
    """The live sessions of an account, newest first."""
    rows = select(Session).where(Session.account_id == account_id).order_by(Session.seen_at.desc())
    return list(db.session.scalars(rows))


def grant_by_id(account: Account, grant_id: int) -> Grant | None:
    """A grant of this account."""
    if not _is_id(grant_id):
        return None
    return db.session.scalars(select(Grant).where(Grant.id == grant_id, Grant.account_id == account.id)).one_or_none()


def holders(roles: Iterable[Role], area_id: int | None, day: date | None = None) -> list[tuple[str, Account]]:
    """Who holds one of these roles for an area on a day, as (role, account): granted there or in an area around it."""
    around = _around(area_id)
    rows = db.session.execute(
        select(Grant.role, Account)
        .join(Account, Account.id == Grant.account_id)
        .where(
            Grant.role.in_([str(role) for role in roles]),
            Grant.area_id.in_(around),
            Account.disabled_at.is_(None),
            *_in_force(day or today()),
        )
        .order_by(Account.name, Account.id)
        .distinct()
    )
    return [(role, account) for role, account in rows]


def workers(roles: Iterable[Role], area_id: int | None) -> list[Row[int, str, str]]:
    """Id, name and team of everybody who holds one of these roles for an area today, by name."""
    values = {"roles": [str(role) for role in roles], "areas": _around(area_id), "day": today()}
    return list(db.session.execute(_workers(), values))


@cache
def _workers() -> Select[int, str, str]:
    return (
        select(Account.id, Account.name, Account.team)
        .join(Grant, Grant.account_id == Account.id)
        .where(
            Grant.role == any_(bindparam("roles", type_=ARRAY(Text))),
            Grant.area_id == any_(bindparam("areas", type_=ARRAY(BigInteger))),
            Account.disabled_at.is_(None),
            *_in_force(bindparam("day", type_=Date)),
        )
        .order_by(Account.name, Account.id)
        .distinct()
    )


def may_take(account_id: int, role: Role, area_id: int | None) -> bool:
    """Whether an account holds a role for an area today: asked before a case is given to somebody."""
    return any(account.id == account_id for _, account in holders([role], area_id))


def other_admins(account_id: int) -> int:
    """How many other active accounts administer the whole force today and can already sign in."""
    force = areas.force()
    others = db.session.scalars(
        select(Account.id)
        .join(Grant, Grant.account_id == Account.id)
        .where(
            Grant.role == str(Role.ADMIN),
            Grant.area_id == (force.id if force else None),
            Account.id != account_id,
            Account.disabled_at.is_(None),
            Account.password_hash.is_not(None),
            *_in_force(today()),
        )
    )
    return len(set(others))


def live_token(kind: str, secret: str, lock: bool = False) -> Token | None:
    """The unused, unexpired link of this secret. Looking at it consumes nothing."""
    query = select(Token).where(
        Token.digest == link_digest(secret), Token.kind == kind, Token.used_at.is_(None), Token.expires_at > now()
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(query).one_or_none()


def _is_id(number: int) -> bool:
    """Whether a number from an address or a form can be an id at all."""
    return 0 < number < 2**63


def _in_force(day: date | BindParameter[date]) -> tuple[ColumnElement[bool], ...]:
    return (Grant.from_on <= day, or_(Grant.until_on.is_(None), Grant.until_on >= day))


def granted(day: BindParameter[date]) -> ColumnElement[bool]:
    """Which grants are those of an account on a day."""
    return and_(Grant.account_id == Account.id, *_in_force(day))


@cache
def _with_grants() -> Select[*tuple[Any, ...]]:
    return (
        select(Account, Grant)
        .outerjoin(Grant, granted(bindparam("day", type_=Date)))
        .where(Account.id == bindparam("account_id", type_=BigInteger))
        .order_by(Grant.id)
        .execution_options(populate_existing=True)
    )


def _around(area_id: int | None) -> list[int]:
    """An area and those that it lies in; without an area only the force."""
    found = []
    area = areas.by_id(area_id) if area_id is not None else areas.force()
    while area is not None:
        found.append(area.id)
        area = areas.by_id(area.parent_id)
    return found


def _manageable(query: Select[Account], within: Collection[int] | None) -> Select[Account]:
    if within is None:
        return query
    other = aliased(Grant)
    outside = exists().where(
        other.account_id == Account.id,
        other.area_id.not_in(list(within)),
        or_(other.until_on.is_(None), other.until_on >= today()),
    )
    return query.where(~outside)
