"""The second factor: codes of an authenticator app, each good once, and recovery codes. Never commits."""

from __future__ import annotations

import hmac
import secrets

import pyotp
import segno
from markupsafe import Markup
from sqlalchemy import delete, or_, select, update

from casework.accounts.models import Account, RecoveryCode
from casework.extensions import db
from casework.moments import now
from casework.references import BadCode, encode, group, read_code
from casework.sealed import digest

STEP = 30
HOW_MANY = 10


def new_secret() -> str:
    """A secret to give to an authenticator app: 160 bits in base 32."""
    return pyotp.random_base32()


def address(secret: str, email: str, issuer: str) -> str:
    """What the QR code says: the secret with whose it is."""
    return pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=email, issuer_name=issuer)


def picture(text: str) -> Markup:
    """The QR code as SVG markup to stand in the page itself: without styles, scripts or addresses."""
    # our own markup: segno writes no text of anybody's into it
    code = segno.make(text, error="m", micro=False)
    return Markup(code.svg_inline(scale=5, dark="#0b0c0c", light="#ffffff", border=4))


def step_of(secret: str, code: str) -> int | None:
    """Which 30-second step a code belongs to, at most one before or after the present one; None for no such code."""
    plain = "".join(each for each in code if each.isdigit() and each.isascii())
    if len(plain) != 6:
        return None
    present = int(now().timestamp()) // STEP
    totp = pyotp.TOTP(secret, interval=STEP)
    for step in (present, present - 1, present + 1):
        if hmac.compare_digest(totp.generate_otp(step), plain):
            return step
    return None


def use_code(account: Account, code: str) -> bool:
    """Use a code of the app once: of any number of requests with the same code one succeeds."""
    if account.totp_secret is None or account.totp_confirmed_at is None:
        return False
    step = step_of(account.totp_secret, code)
    return step is not None and _use_step(account, step)


def confirm(account: Account, secret: str, code: str) -> bool:
    """Make this secret the account's second factor, if the code shows that the app has it."""
    step = step_of(secret, code)
    if step is None:
        return False
    account.totp_secret = secret
    account.totp_confirmed_at = now()
    account.totp_last_step = step
    db.session.flush()
    return True


def new_recovery_codes(account: Account) -> list[str]:
    """Replace the account's recovery codes and return the new ones, to be shown once: only digests are kept."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    codes = [encode(secrets.token_bytes(8), 12) for _ in range(HOW_MANY)]
    db.session.add_all(RecoveryCode(account_id=account.id, digest=_digest(account, code)) for code in codes)
    db.session.flush()
    return [group(code) for code in codes]


def use_recovery_code(account: Account, code: str) -> bool:
    """Use a recovery code once."""
    try:
        plain = read_code(code)
    except BadCode:
        return False
    used = db.session.scalars(
        update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account.id,
            RecoveryCode.digest == _digest(account, plain),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now())
        .returning(RecoveryCode.id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(used) == 1


def recovery_codes_left(account: Account) -> int:
    """How many recovery codes have not been used."""
    rows = db.session.scalars(
        select(RecoveryCode.id).where(RecoveryCode.account_id == account.id, RecoveryCode.used_at.is_(None))
    )
    return len(rows.all())


def _use_step(account: Account, step: int) -> bool:
    used = db.session.scalars(
        update(Account)
        .where(Account.id == account.id, or_(Account.totp_last_step.is_(None), Account.totp_last_step < step))
        .values(totp_last_step=step)
        .returning(Account.id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(used) == 1


def _digest(account: Account, code: str) -> bytes:
    return digest("recovery", f"{account.id}:{code}")
