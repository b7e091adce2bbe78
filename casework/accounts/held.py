"""Keeps a staff form that outlived its session, sealed, for a day, until its author has signed in again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import delete, select

from casework.accounts.models import HeldForm
from casework.database import rows
from casework.extensions import db
from casework.moments import now

LONGEST = 200_000
_KEPT_FOR = timedelta(days=1)
# Never kept: what lets somebody in, and the token of the old session.
_NEVER = ("csrf_token", "password", "code", "secret")


def keep(account_id: int, path: str, fields: Iterable[tuple[str, str]]) -> HeldForm | None:
    """Keep what somebody typed, without passwords and codes. None if nothing is left or it is too long."""
    typed = [[name, value] for name, value in fields if not any(word in name.lower() for word in _NEVER)]
    text = json.dumps(typed)
    if not typed or len(text) > LONGEST:
        return None
    delete_old()
    row = HeldForm(account_id=account_id, at=now(), path=path)
    row.fields = text
    db.session.add(row)
    db.session.flush()
    return row


def of(account_id: int, held_id: int) -> tuple[str, list[tuple[str, str]]] | None:
    """The path and the fields of a kept form, for its author only."""
    row = db.session.scalars(
        select(HeldForm).where(
            HeldForm.id == held_id, HeldForm.account_id == account_id, HeldForm.at > now() - _KEPT_FOR
        )
    ).one_or_none()
    if row is None or row.fields is None:
        return None
    return row.path, [(name, value) for name, value in json.loads(row.fields)]


def drop(account_id: int, held_id: int) -> None:
    """Forget a kept form once it was shown. The caller commits."""
    db.session.execute(delete(HeldForm).where(HeldForm.id == held_id, HeldForm.account_id == account_id))


def delete_old() -> int:
    """Delete what nobody came back for. Returns how many. The caller commits."""
    gone = db.session.execute(delete(HeldForm).where(HeldForm.at <= now() - _KEPT_FOR))
    return rows(gone)
