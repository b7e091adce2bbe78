"""The door: every page is marked public or for staff, and a page that is not marked stops the start.

Staff pages need an active account that signed in, within its limits of time, with its second factor, in a role that
the page is for. `current` says who that is. Grants are read at every request, so a change takes effect at the next.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, TypeVar, cast

from flask import (
    Flask,
    Response,
    abort,
    current_app,
    g,
    has_request_context,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.exceptions import HTTPException
from werkzeug.local import LocalProxy

from casework.accounts import held, queries
from casework.accounts.models import Account, Grant
from casework.areas import queries as areas
from casework.extensions import db, login
from casework.history import service as history
from casework.moments import now, today
from casework.roles import Actor, Role
from casework.sessions import ServerSession

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Mark:
    """Who may open a page. No roles: every role. `second` False: also before the second factor is set up."""

    public: bool = False
    roles: frozenset[Role] = frozenset()
    second: bool = True


class Current:
    """Who acts in this request: an account in one role, with the areas in which that role is granted today."""

    def __init__(self, account: Account, role: Role, grants: list[Grant]) -> None:
        self.account = account
        self.role = role
        self._grants = grants

    @property
    def actor(self) -> Actor:
        return Actor(self.role, self.account.id)

    @cached_property
    def roles(self) -> list[Role]:
        """Every role granted today, in the order in which roles are listed."""
        granted = {grant.role for grant in self._grants}
        return [role for role in Role if role in granted]

    @cached_property
    def area_ids(self) -> frozenset[int]:
        """Where the acting role is granted today, with everything inside."""
        return areas.within(grant.area_id for grant in self._grants if grant.role == self.role)

    @cached_property
    def force_wide(self) -> bool:
        """Whether the acting role is granted for the whole force."""
        force = areas.force()
        return force is not None and force.id in self.area_ids


def _found() -> Current:
    found = g.get("current")
    if found is None:
        raise RuntimeError("nobody is signed in on a page that asks who acts")
    return cast(Current, found)


# Who acts. Only for pages that are marked `staff`.
current = cast(Current, LocalProxy(_found))


def public(view: View) -> View:
    """Mark a page that anybody may open."""
    return _marked(view, Mark(public=True))


def staff(*roles: Role, second: bool = True) -> Callable[[View], View]:
    """Mark a page of the staff: of these roles, or of every role where none is named."""
    return lambda view: _marked(view, Mark(roles=frozenset(roles), second=second))


def mark_of(view: Any) -> Mark | None:
    """The mark of a view."""
    return cast("Mark | None", getattr(view, "_door", None))


def admits(path: str, role: Role) -> bool:
    """Whether there is a page at this address that opens to a role."""
    try:
        endpoint, _ = current_app.url_map.bind("").match(path)
    except HTTPException:
        return False
    mark = mark_of(current_app.view_functions[endpoint])
    return mark is not None and (mark.public or not mark.roles or role in mark.roles)


def check(app: Flask) -> None:
    """Raise RuntimeError, naming them, if any page has no mark."""
    bare = []
    for endpoint, view in app.view_functions.items():
        if endpoint == "static" or endpoint.endswith(".static"):
            _marked(view, Mark(public=True))
        elif mark_of(view) is None:
            bare.append(endpoint)
    if bare:
        raise RuntimeError("these pages are neither public nor behind the door: " + ", ".join(sorted(bare)))


def set_up(app: Flask) -> None:
    """Put the door in front of every page. Call it after the last blueprint; raises RuntimeError like `check`."""
    check(app)
    login.session_protection = None
    # First of all, before the CSRF check may answer: otherwise any request would bring an ended session back to life.
    app.before_request_funcs.setdefault(None, []).insert(0, end_stale_session)
    app.before_request(guard)
    app.context_processor(lambda: {"current": g.get("current") if has_request_context() else None})


def end_stale_session() -> None:
    """End a staff session that was idle too long or is too old. What it was is remembered for a form in flight."""
    for name in ("current", "grants", "_login_user"):
        g.pop(name, None)  # an application context may outlive a request
    account_id = session.get("_user_id")
    if account_id is None or not _is_stale():
        return
    for key in [key for key in session if key != "csrf_token"]:
        session.pop(key)
    session["was"] = int(account_id)


def guard() -> ResponseReturnValue | None:
    """Let a request through to its page, or answer it here."""
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None:
        return None
    mark = mark_of(view)
    if mark is None:
        abort(404)
    if mark.public:
        return None
    account = signed_in()
    if account is None:
        return _ask_to_sign_in()
    if mark.second and not second_factor_done(account):
        return redirect(url_for("accounts.second_factor"), 303)
    me = _who(account, g.grants)
    if me is None:
        return Response(render_template("accounts/no_role.html", account=account), 403, mimetype="text/html")
    g.current = me
    if mark.roles and me.role not in mark.roles:
        history.record_access(me.actor, "refused", task=request.endpoint or "")
        db.session.commit()
        abort(403)
    return None


def signed_in() -> Account | None:
    """Whose session this is, on a public page too; nobody if it has ended."""
    if session.get("_user_id") is None:
        return None
    return cast(Account, current_user._get_current_object()) if current_user.is_authenticated else None


def rotate() -> None:
    """Give the session a new id with this answer. What the answer itself shows still carries the old one's token."""
    cast(ServerSession, session).rotate()


def second_factor_done(account: Account) -> bool:
    """Whether this session has shown a second factor, or need not: a demonstration asks for none unless one is set."""
    if current_app.config["CASEWORK_DEMO"] and account.totp_confirmed_at is None:
        return True
    return bool(session.get("second"))


def safe_next(target: str | None) -> str:
    """Where to go after signing in: a staff page of ours, whatever the address says."""
    fallback = "/staff/"
    if not target or len(target) > 2000 or not target.startswith("/staff/"):
        return fallback
    path = target.partition("?")[0]
    if any(ord(each) <= 32 or each in "\\\x7f" for each in target) or "//" in path or "/../" in path + "/":
        return fallback
    if path.startswith(("/staff/sign-", "/staff/invitation", "/staff/reset")):
        return fallback
    return target


@login.user_loader
def _load(account_id: str) -> Account | None:
    """The account of a session, with its grants of today; nobody if it was disabled."""
    found = cast(ServerSession, session).holder
    if found is None or found[0].id != int(account_id):
        found = queries.with_grants(int(account_id), today())
    if found is None or not found[0].is_active:
        return None
    g.grants = found[1]
    return found[0]


def _who(account: Account, grants: list[Grant]) -> Current | None:
    """In which role the account acts: the one chosen, if it is still granted, else its first."""
    me = Current(account, Role.SYSTEM, grants)
    if not me.roles:
        return None
    chosen = session.get("role")
    me.role = Role(chosen) if chosen in me.roles else me.roles[0]
    if chosen != me.role:
        session["role"] = str(me.role)
        if chosen is not None:
            rotate()
    return me


def _is_stale() -> bool:
    row = getattr(session, "row", None)
    begun = session.get("signed_in_at")
    if row is None or begun is None:
        return True
    moment = now()
    idle = timedelta(minutes=current_app.config["STAFF_IDLE_MINUTES"])
    absolute = timedelta(hours=current_app.config["STAFF_ABSOLUTE_HOURS"])
    age = moment - datetime.fromisoformat(begun)
    # A clock that was put back must not lengthen a session: what lies in the future is as stale as what is too old.
    return not (-idle < moment - row.seen_at < idle and -idle < age < absolute)


def _ask_to_sign_in() -> ResponseReturnValue:
    if request.method == "POST":
        was = session.get("was")
        if was is not None:
            _hold(int(was))
        return redirect(url_for("accounts.sign_in"), 303)
    if request.path == "/staff/":
        return redirect(url_for("accounts.sign_in"), 303)
    return redirect(url_for("accounts.sign_in", next=safe_next(request.full_path.rstrip("?"))), 303)


def _hold(account_id: int) -> None:
    row = held.keep(account_id, request.full_path.rstrip("?"), request.form.items(multi=True))
    if row is not None:
        session["held"] = row.id
        db.session.commit()


def _marked(view: View, mark: Mark) -> View:
    vars(view)["_door"] = mark
    return view
