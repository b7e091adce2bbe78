"""How somebody gets in: password, second factor, invitation, reset, and the role they act in. Never commits.

Throttles are asked by the caller before (`throttle.py`), so that a try is committed before its answer is known.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from casework import sessions
from casework.accounts import denied, factors, passwords, queries, service, throttle
from casework.accounts.models import Account, Browser, Token
from casework.extensions import db
from casework.history import service as history
from casework.history.models import Stream
from casework.moments import now
from casework.outbox import service as outbox
from casework.roles import SYSTEM, Actor, Role
from casework.sealed import digest
from casework.workflow import Refused

# One sentence for every reason, so that it does not tell who has an account.
WRONG = "The e-mail address or the password is not right."
WRONG_CODE = "That code is not right. Enter the six digits that your app shows now; each code works once."
USED_LINK = "This link has been used, has run out, or was replaced by a newer one."


def wait_to_sign_in(email: str, address: str | None) -> int:
    """Note a try to sign in. Returns the seconds to wait, 0 to go ahead. The caller commits before checking."""
    wait = throttle.take("sign-in-address", throttle.place(address), throttle.SIGN_IN_ADDRESS)
    return wait or throttle.take("sign-in", queries.fold(email), throttle.SIGN_IN)


def wait_for_code(account: Account) -> int:
    """Note a try at the second factor. Returns the seconds to wait, or 0. The caller commits before checking."""
    return throttle.take("second-factor", str(account.id), throttle.SECOND_FACTOR)


def wait_for_password(account: Account) -> int:
    """Note a try at one's own password while signed in. Seconds to wait, or 0. The caller commits before checking."""
    return throttle.take("own-password", str(account.id), throttle.SECOND_FACTOR)


def check_password(email: str, password: str) -> Account | None:
    """The account, if the password is right and the account active. Raises `passwords.Busy`.

    An unknown address costs the same hash and the same event as a wrong password.
    """
    account = queries.by_email(email)
    stored = account.password_hash if account is not None and account.is_active else None
    if not passwords.matches(stored, password):
        _refuse(account)
        return None
    assert account is not None and account.password_hash is not None
    if passwords.outdated(account.password_hash):
        account.password_hash = passwords.hash_of(password)
    throttle.forget("sign-in", account.email)
    return account


def check_code(account: Account, code: str) -> bool:
    """Whether this is a code of the app or a recovery code that was not used before. Uses it up."""
    if factors.use_code(account, code):
        how = "app"
    elif factors.use_recovery_code(account, code):
        how = "recovery"
    else:
        service.record(account, "refuse", SYSTEM, why="code")
        return False
    throttle.forget("second-factor", str(account.id))
    if how == "recovery":
        service.record(account, "use_recovery_code", _self(account), left=factors.recovery_codes_left(account))
    return True


def sign_in(account: Account, browser: str, *, invited: bool = False) -> None:
    """Record that somebody came in, and owe a message if it was with a browser that they never used before.

    `browser` is what it calls itself; only a keyed digest is kept, never an address.
    """
    known = digest("browser", f"{account.id}:{browser[:500]}")
    new = db.session.scalars(
        insert(Browser)
        .values(account_id=account.id, digest=known, first_at=now())
        .on_conflict_do_nothing()
        .returning(Browser.id)
    ).all()
    event = service.record(account, "sign_in", _self(account), new_browser=bool(new))
    if new and not invited:
        outbox.owe(event, "staff-sign-in", f"account:{account.id}")


def sign_out(account: Account) -> None:
    """Record that somebody left."""
    service.record(account, "sign_out", _self(account))


def accept_invitation(secret: str, password: str) -> Account:
    """Set the first password with an invitation, which is used up. Raises `Refused` and `passwords.Busy`."""
    account = _use_link(service.INVITATION, secret, password)
    service.record(account, "accept_invitation", _self(account))
    return account


def request_reset(email: str) -> bool:
    """Owe a link to set a new password, if there is such an account that has one. At most 3 an hour.

    Returns whether one was owed; nobody outside may be told.
    """
    wait = throttle.take("reset", queries.fold(email), throttle.RESET)
    account = queries.by_email(email)
    if wait or account is None or not account.is_active or account.password_hash is None:
        return False
    service.make_token(account, service.RESET, "request_reset", SYSTEM)
    return True


def reset(secret: str, password: str) -> Account:
    """Set a new password with a link, which is used up. Every session ends. Raises `Refused` and `passwords.Busy`."""
    account = _use_link(service.RESET, secret, password)
    service.record(account, "reset", _self(account))
    throttle.forget("sign-in", account.email)
    return account


def set_password(account: Account, old: str, new: str) -> None:
    """Change the password of somebody who knows the old one. Every session ends. Raises `Refused`, `passwords.Busy`."""
    ask_password(account, old)
    _store(account, _hashed(account, new))
    service.record(account, "set_password", _self(account))


def ask_password(account: Account, password: str) -> None:
    """Make sure that it is still them, before something serious. Raises `Refused` and `passwords.Busy`."""
    if not passwords.matches(account.password_hash, password):
        service.record(account, "refuse", SYSTEM, why="password")
        raise Refused("This is not your present password.", "old")
    throttle.forget("own-password", str(account.id))


def end_other_sessions(account: Account) -> None:
    """End every session of the account; the caller gives the present one a new id."""
    sessions.end_all(account.id)
    service.record(account, "end_sessions", _self(account))


def confirm_totp(account: Account, secret: str, code: str) -> list[str]:
    """Make an authenticator app the second factor; returns the recovery codes, shown once. Raises `Refused`."""
    if not factors.confirm(account, secret, code):
        service.record(account, "refuse", SYSTEM, why="code")
        raise Refused(WRONG_CODE)
    service.record(account, "confirm_totp", _self(account))
    throttle.forget("second-factor", str(account.id))
    return factors.new_recovery_codes(account)


def renew_recovery_codes(account: Account) -> list[str]:
    """Replace the recovery codes; returns the new ones, shown once."""
    service.record(account, "renew_recovery_codes", _self(account))
    return factors.new_recovery_codes(account)


def act_as(account: Account, role: Role, granted: list[Role], before: Role) -> None:
    """Record that somebody now acts in another of their roles. Raises `Refused` where it is not theirs today."""
    if role not in granted:
        raise Refused("This role is not yours today.")
    history.append(
        account.stream_id,
        "act_as",
        Actor(role, account.id),
        subject=("account", account.id),
        facts={"role": str(role), "before": str(before)},
    )


def owner_of_link(kind: str, secret: str) -> Account | None:
    """Whose link this is, while it is good. Consumes nothing."""
    token = queries.live_token(kind, secret)
    account = queries.by_id(token.account_id) if token else None
    return account if account is not None and account.is_active else None


def _use_link(kind: str, secret: str, password: str) -> Account:
    account = owner_of_link(kind, secret)
    if account is None:
        raise Refused(USED_LINK)
    # The hash before the lock: others must not wait for it.
    hashed = _hashed(account, password)
    token: Token | None = queries.live_token(kind, secret, lock=True)
    if token is None:
        raise Refused(USED_LINK)
    token.used_at = now()
    _store(account, hashed)
    return account


def _hashed(account: Account, password: str) -> str:
    sentence = denied.why_not(password, account.name, account.email)
    if sentence:
        raise Refused(sentence)
    return passwords.hash_of(password)


def _store(account: Account, hashed: str) -> None:
    account.password_hash = hashed
    account.password_changed_at = now()
    db.session.flush()
    service.end_links(account)
    sessions.end_all(account.id)


def _refuse(account: Account | None) -> None:
    """Record a failed sign-in: in the account's history, or in the one of strangers, at the same cost."""
    # looked up for everybody, so that a known address is not answered sooner
    strangers = _strangers()
    history.append(
        account.stream_id if account is not None else strangers,
        "refuse",
        SYSTEM,
        subject=("account", account.id if account is not None else None),
        facts={"why": "password"},
    )


def _strangers() -> int:
    found = db.session.scalars(select(Stream.id).where(Stream.kind == "strangers").order_by(Stream.id).limit(1)).first()
    return found or history.open_stream("strangers").id


def _self(account: Account) -> Actor:
    """Somebody acting on their own account: in no role of theirs, but by name."""
    return Actor(Role.SYSTEM, account.id)
