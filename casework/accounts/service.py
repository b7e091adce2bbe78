"""What an administrator does with accounts: add, invite, grant, cover, revoke, disable, enable. Never commits.

Every change is an event of the account's own history. Signing in is `entry.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date, timedelta

from sqlalchemy import delete, select, text, update

from casework import sessions
from casework.accounts import passwords, queries
from casework.accounts.models import Account, Grant, RecoveryCode, Token
from casework.areas import queries as areas
from casework.areas.models import Area
from casework.extensions import db
from casework.history import service as history
from casework.history.models import Event
from casework.moments import now, today
from casework.outbox import service as outbox
from casework.parties.secrets import link_digest, purpose_secret
from casework.roles import ROLE_WORDS, STAFF_ROLES, SYSTEM, Actor, Role
from casework.sealed import next_id
from casework.workflow import Refused

INVITATION, RESET = "invitation", "reset"
LIFETIMES = {INVITATION: timedelta(hours=48), RESET: timedelta(hours=1)}

# What features do when an account is disabled: its open cases go back to the queue, for example.
on_disabled: list[Callable[[Account, Actor], None]] = []


def add_first(email: str, name: str, role: str, area: str | None = None, public_url: str = "") -> str:
    """Make an account from the command line and return the address of its invitation, which is also sent by e-mail.

    Without an area the role is for the whole force. Raises `Refused` with a sentence.
    """
    if role not in STAFF_ROLES:
        raise Refused("There is no such role. There are: " + ", ".join(sorted(STAFF_ROLES)) + ".")
    where = areas.by_slug(area) if area else areas.force()
    if where is None:
        known = ", ".join(each.slug for each in areas.everything()) or "none yet"
        raise Refused(f"There is no such area. There are: {known}.")
    account = add(email, name, SYSTEM)
    grant(account, Role(role), where, today(), None, SYSTEM)
    token = invite(account, SYSTEM)
    return f"{public_url}/staff/invitation/{secret_of(token)}"


def add(email: str, name: str, actor: Actor) -> Account:
    """Make an account without a password and without grants. Raises `Refused` where there is one with this address."""
    _only_admins(actor)
    if queries.by_email(email) is not None:
        raise Refused("There is an account with this e-mail address already.")
    account = Account(
        email=queries.fold(email), name=name.strip(), stream_id=history.open_stream("account").id, created_at=now()
    )
    db.session.add(account)
    db.session.flush()
    record(account, "add", actor)
    return account


def add_demo(email: str, name: str, password: str, roles_areas: Iterable[tuple[Role, Area]], team: str = "") -> Account:
    """Make an account of the demonstration: a password and grants at once, no message, no second factor."""
    account = add(email, name, SYSTEM)
    account.team = team
    account.password_hash = passwords.hash_of(password)
    account.password_changed_at = now()
    for role, area in roles_areas:
        grant(account, role, area, today(), None, SYSTEM)
    return account


def invite(account: Account, actor: Actor) -> Token:
    """Owe an invitation, good for 48 hours, and end earlier ones. Raises `Refused` once it was accepted."""
    _only_admins(actor)
    if account.password_hash is not None:
        raise Refused("This person has accepted an invitation already.")
    if not account.is_active:
        raise Refused("This account is disabled.")
    return make_token(account, INVITATION, "invite", actor)


def grant(
    account: Account,
    role: Role,
    area: Area,
    from_on: date,
    until_on: date | None,
    actor: Actor,
    *,
    covers: Account | None = None,
    within: Collection[int] | None = None,
) -> Grant:
    """Give a role in an area, from a day to a day. `within`: the areas that the one who gives may give (None: all).

    With `covers` it is cover for somebody's absence: it must end, and the absent person must hold what is covered.
    Raises `Refused`.
    """
    _only_admins(actor)
    _not_to_oneself(account, actor)
    if role not in STAFF_ROLES:
        raise Refused("This is not a role of staff.")
    if within is not None and area.id not in within:
        raise Refused("You cannot give roles in this area.")
    if until_on is not None and until_on < from_on:
        raise Refused("The last day must not be before the first.")
    if covers is not None:
        _check_cover(account, role, area, until_on, covers)
    row = Grant(
        account_id=account.id,
        role=str(role),
        area_id=area.id,
        from_on=from_on,
        until_on=until_on,
        covers_id=covers.id if covers else None,
    )
    db.session.add(row)
    db.session.flush()
    facts = {"grant": row.id, "role": str(role), "area": area.id, "from": from_on.isoformat()}
    facts |= {"until": until_on.isoformat()} if until_on else {}
    facts |= {"covers": covers.id} if covers else {}
    record(account, "cover" if covers else "grant", actor, **facts)
    _end_links(account, actor)
    return row


def revoke(account: Account, row: Grant, actor: Actor) -> None:
    """End a grant at once: the next request is without it. Raises `Refused` for the last administrator."""
    _only_admins(actor)
    _not_to_oneself(account, actor)
    if row.role == Role.ADMIN:
        _not_the_last_admin(account)
    facts = {"grant": row.id, "role": row.role, "area": row.area_id}
    record(account, "revoke", actor, **facts)
    yesterday = today() - timedelta(days=1)
    if row.from_on > yesterday:
        db.session.delete(row)
    else:
        row.until_on = min(row.until_on or yesterday, yesterday)
    db.session.flush()
    _end_links(account, actor)


def disable(account: Account, actor: Actor) -> None:
    """Close an account: its sessions and links end now, and its open cases go back. Raises `Refused`."""
    _only_admins(actor)
    if account.id == actor.account_id:
        raise Refused("You cannot disable your own account.")
    if not account.is_active:
        return
    _not_the_last_admin(account)
    account.disabled_at = now()
    record(account, "disable", actor)
    sessions.end_all(account.id)
    _end_tokens(account)
    for follow in on_disabled:
        follow(account, actor)


def enable(account: Account, actor: Actor) -> None:
    """Open a disabled account again, with the grants that it still has."""
    _only_admins(actor)
    _not_to_oneself(account, actor)
    if account.is_active:
        return
    account.disabled_at = None
    record(account, "enable", actor)


def clear_second_factor(account: Account, actor: Actor) -> None:
    """For somebody who lost phone and recovery codes, once it is certain who asks: they set up a new app next time."""
    _only_admins(actor)
    _not_to_oneself(account, actor)
    account.totp_secret = None
    account.totp_confirmed_at = None
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    record(account, "clear_second_factor", actor)
    sessions.end_all(account.id)


def make_token(account: Account, kind: str, action: str, actor: Actor) -> Token:
    """Make a single-use link, end earlier ones of its kind, and owe the message that carries it."""
    _end_tokens(account, kind)
    moment = now()
    token = Token(
        id=next_id("tokens"),
        account_id=account.id,
        kind=kind,
        created_at=moment,
        expires_at=moment + LIFETIMES[kind],
    )
    token.digest = link_digest(secret_of(token))
    db.session.add(token)
    db.session.flush()
    event = record(account, action, actor, token=token.id)
    outbox.owe(event, f"staff-{kind}", f"account:{account.id}")
    return token


def secret_of(token: Token) -> str:
    """The secret of a link, derived with a key that the database does not hold."""
    return purpose_secret("token", token.id)


def record(account: Account, action: str, actor: Actor, **facts: object) -> Event:
    """Write an event of the account's history: codes, numbers and dates, never an address or a name."""
    return history.append(account.stream_id, action, actor, subject=("account", account.id), facts=dict(facts))


def end_links(account: Account) -> None:
    """Make every unused link of an account useless: after a new password, for example."""
    _end_tokens(account)


def _end_links(account: Account, actor: Actor) -> None:
    """After a change of role no earlier link is good; who has not come in yet is invited afresh."""
    invited = db.session.scalars(
        select(Token.id).where(Token.account_id == account.id, Token.kind == INVITATION, Token.expires_at > now())
    ).first()
    _end_tokens(account)
    if invited is not None and account.password_hash is None and account.is_active:
        make_token(account, INVITATION, "invite", actor)


def _end_tokens(account: Account, kind: str | None = None) -> None:
    query = update(Token).where(Token.account_id == account.id, Token.used_at.is_(None), Token.expires_at > now())
    if kind is not None:
        query = query.where(Token.kind == kind)
    db.session.execute(query.values(expires_at=now()))


def _check_cover(account: Account, role: Role, area: Area, until_on: date | None, covers: Account) -> None:
    if until_on is None:
        raise Refused("Cover for an absence needs a last day.")
    if covers.id == account.id:
        raise Refused("Nobody covers for themselves.")
    if not any(each.id == covers.id for _, each in queries.holders([role], area.id)):
        raise Refused(f"{covers.name} is not {ROLE_WORDS[role]} there, so there is nothing to cover.")


def _only_admins(actor: Actor) -> None:
    if actor.role not in (Role.ADMIN, Role.SYSTEM):
        raise Refused("Only an administrator can do this.")


def _not_to_oneself(account: Account, actor: Actor) -> None:
    if account.id == actor.account_id:
        raise Refused("You cannot do this to your own account. Ask another administrator.")


def _not_the_last_admin(account: Account) -> None:
    """Two administrators who end each other at the same moment must not both succeed: hence the lock."""
    db.session.execute(text("select pg_advisory_xact_lock(hashtextextended('casework:administrators', 0))"))
    force = areas.force()
    is_one = any(each.id == account.id for _, each in queries.holders([Role.ADMIN], force.id if force else None))
    if is_one and queries.other_admins(account.id) == 0:
        raise Refused("This is the last administrator of the force. Make another one first.")
