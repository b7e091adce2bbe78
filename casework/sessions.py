"""Server-side sessions in PostgreSQL. The cookie holds 256 random bits; the row their digest and what is remembered.

A visitor who has done nothing has a cookie only where a form needs a CSRF token, and no row. What a session lets in
(staff, a case) has idle limits of its own, checked where it is used.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast

from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import Date, Row, Table, bindparam, delete, insert, select, update
from werkzeug.datastructures import CallbackDict

from casework import seldom
from casework.accounts import queries as accounts
from casework.accounts.models import Account, Grant
from casework.accounts.models import Session as SessionRow
from casework.extensions import db
from casework.moments import now, today

# What needs no session, and must answer while the database is away.
_WITHOUT = ("/assets/", "/static/", "/health/", "/metrics")
# A row is written again for its clock at most this often.
_TOUCH = timedelta(seconds=60)

# Plain rows, so that a commit of the page does not make the answer read the session a second time.
_TABLE = cast(Table, SessionRow.__table__)
# With all that nearly every page asks for next: whose session it is, what they are granted today, and the marks.
_FIND = (
    select(_TABLE.c.id, _TABLE.c.data, _TABLE.c.seen_at, Account, Grant, seldom.column())
    .select_from(_TABLE)
    .outerjoin(Account, Account.id == _TABLE.c.account_id)
    .outerjoin(Grant, accounts.granted(bindparam("day", type_=Date)))
    .where(_TABLE.c.digest == bindparam("digest"))
    .order_by(Grant.id)
    .execution_options(populate_existing=True)
)
_CHANGE = update(_TABLE).where(_TABLE.c.id == bindparam("row_id"))
_ADD, _END = insert(_TABLE), delete(_TABLE).where(_TABLE.c.digest == bindparam("old_digest"))


class ServerSession(CallbackDict[str, Any], SessionMixin):
    """What one browser's session remembers. `row_id` is None until there is something to remember."""

    def __init__(self, data: dict[str, Any] | None, token: str, row: Row[*tuple[Any, ...]] | None, csrf: str) -> None:
        def touched(_: Any) -> None:
            self.modified = True
            self.accessed = True

        super().__init__({**(data or {}), "csrf_token": csrf}, touched)
        self.token = token
        self.row = row
        # Whose it is, with their grants of today.
        self.holder: tuple[Account, list[Grant]] | None = None
        self.modified = False
        self.accessed = False
        self.fresh = False
        self.wanted = False
        self.rotated = False

    def __getitem__(self, key: str) -> Any:
        # `accessed` says nothing: Flask sets it for whoever looks whether somebody is signed in.
        self.wanted = True
        return super().__getitem__(key)

    def rotate(self) -> None:
        """Give the session a new id: at sign-in, at sign-out and when a case is opened."""
        self.rotated = self.modified = True

    def remembered(self) -> dict[str, Any]:
        """What must be kept: everything but the CSRF token, which follows from the cookie."""
        return {key: value for key, value in self.items() if key != "csrf_token"}


class Sessions(SessionInterface):
    """Loads and keeps sessions. Reading costs one indexed look-up, and none for a visitor without a cookie."""

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        token = request.cookies.get(app.config["SESSION_COOKIE_NAME"], "")
        if len(token) != 43:
            token, row = secrets.token_urlsafe(32), None
            session = ServerSession(None, token, row, _csrf(app, token))
            session.fresh = True
            return session
        rows: Sequence[Row[*tuple[Any, ...]]] = []
        # The endpoint is not known yet: the session is opened before the address is matched.
        if not request.path.startswith(_WITHOUT):
            rows = db.session.execute(_FIND, {"digest": _digest(token), "day": today()}).all()
        if not rows:
            return ServerSession(None, token, None, _csrf(app, token))
        session = ServerSession(rows[0].data, token, rows[0], _csrf(app, token))
        seldom.begin(rows[0][-1])
        if rows[0].Account is not None:
            session.holder = rows[0].Account, [row.Grant for row in rows if row.Grant is not None]
        return session

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        assert isinstance(session, ServerSession)
        data = session.remembered()
        if session.accessed:
            response.vary.add("Cookie")
        if session.modified:
            self._keep(app, session, data)
        elif session.row is not None and now() - session.row.seen_at > _TOUCH:
            db.session.rollback()
            db.session.execute(_CHANGE, {"row_id": session.row.id, "seen_at": now()})
            db.session.commit()
        if session.modified or (session.fresh and session.wanted):
            response.set_cookie(
                app.config["SESSION_COOKIE_NAME"],
                session.token,
                httponly=True,
                secure=app.config["SESSION_COOKIE_SECURE"],
                samesite="Lax",
                path="/",
            )

    def _keep(self, app: Flask, session: ServerSession, data: dict[str, Any]) -> None:
        db.session.rollback()
        if session.rotated:
            db.session.execute(_END, {"old_digest": _digest(session.token)})
            session.token, session.row = secrets.token_urlsafe(32), None
        moment = now()
        kept = {
            "data": data,
            "account_id": int(data["_user_id"]) if data.get("_user_id") else None,
            "seen_at": moment,
        }
        if session.row is not None:
            # A session that was ended meanwhile has no row any more and gets none.
            db.session.execute(_CHANGE, kept | {"row_id": session.row.id})
        elif data:
            db.session.execute(_ADD, kept | {"digest": _digest(session.token), "created_at": moment})
        db.session.commit()


def end_all(account_id: int) -> None:
    """End every session of an account at the server. The caller commits."""
    db.session.execute(delete(SessionRow).where(SessionRow.account_id == account_id))


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _csrf(app: Flask, token: str) -> str:
    return hmac.new(str(app.config["SECRET_KEY"]).encode(), token.encode(), hashlib.sha256).hexdigest()
