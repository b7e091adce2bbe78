"""Signing in and out, invitations and new passwords. Other pages of this blueprint: own, people, periods."""

from __future__ import annotations

from datetime import datetime, timedelta
from time import monotonic, sleep
from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_user

from casework.accounts import answers, door, entry, held, own, passwords, people, periods, queries, service, throttle
from casework.accounts.blueprint import bp
from casework.accounts.door import current
from casework.accounts.forms import CodeForm, NewPasswordForm, ResetForm, SignInForm
from casework.accounts.models import Account
from casework.extensions import db
from casework.moments import now
from casework.roles import ROLE_WORDS, Role
from casework.workflow import Refused

__all__ = ["bp", "own", "people", "periods"]

# Between password and code.
_HALF_WAY = timedelta(minutes=10)
# Every answer to a request for a reset takes at least this long, so that its time does not tell who has an account.
_RESET_SECONDS = 0.25


@bp.route("/staff/sign-in", methods=["GET", "POST"])
@door.public
def sign_in() -> ResponseReturnValue:
    """Ask for e-mail address and password."""
    target = door.safe_next(request.args.get("next"))
    form = SignInForm()
    if request.method == "GET" and door.signed_in() is not None:
        return redirect(target, 303)
    if not form.validate_on_submit():
        return answers.page("accounts/sign_in.html", form, target=target)
    wait = entry.wait_to_sign_in(form.email.data, request.remote_addr)
    db.session.commit()
    if wait:
        return answers.wait(wait)
    try:
        account = entry.check_password(form.email.data, form.password.data)
    except passwords.Busy as busy:
        return answers.busy(busy)
    db.session.commit()
    if account is None:
        form.form_errors.append(entry.WRONG)
        return answers.page("accounts/sign_in.html", form, target=target)
    if account.totp_confirmed_at is None:
        return _come_in(account, target)
    session["signing_in"] = {
        "account": account.id,
        "at": now().isoformat(),
        "password": _password_of(account),
        "target": target,
    }
    return redirect(url_for("accounts.code"), 303)


@bp.route("/staff/sign-in/code", methods=["GET", "POST"])
@door.public
def code() -> ResponseReturnValue:
    """Ask for the second factor, after the password."""
    account = _half_way_in()
    if account is None:
        return redirect(url_for("accounts.sign_in"), 303)
    form = CodeForm()
    if not form.validate_on_submit():
        return answers.page("accounts/code.html", form)
    wait = entry.wait_for_code(account)
    db.session.commit()
    if wait:
        return answers.wait(wait)
    good = entry.check_code(account, form.code.data)
    db.session.commit()
    if not good:
        form.code.fail(entry.WRONG_CODE)
        return answers.page("accounts/code.html", form)
    target = session.pop("signing_in")["target"]
    return _come_in(account, target, second=True)


@bp.post("/staff/sign-out")
@door.public
def sign_out() -> ResponseReturnValue:
    """End the session at the server."""
    account = door.signed_in()
    if account is not None:
        entry.sign_out(account)
        db.session.commit()
    _empty_session()
    return redirect(url_for("accounts.sign_in"), 303)


@bp.post("/staff/act-as")
@door.staff()
def act_as() -> ResponseReturnValue:
    """Act in another of one's roles, with a new session."""
    role = request.form.get("role", "")
    try:
        entry.act_as(current.account, Role(role) if role in set(Role) else Role.PUBLIC, current.roles, current.role)
    except Refused as no:
        flash(no.sentence)
        return redirect("/staff/", 303)
    db.session.commit()
    session["role"] = role
    door.rotate()
    flash(f"You now act as {ROLE_WORDS[Role(role)]}.")
    return redirect("/staff/", 303)


@bp.route("/staff/invitation/<secret>", methods=["GET", "POST"])
@door.public
def invitation(secret: str) -> ResponseReturnValue:
    """Choose the first password. Looking at the link does not use it up."""
    return _choose_password(service.INVITATION, secret)


@bp.route("/staff/reset/<secret>", methods=["GET", "POST"])
@door.public
def new_password(secret: str) -> ResponseReturnValue:
    """Choose a new password. Looking at the link does not use it up."""
    return _choose_password(service.RESET, secret)


@bp.route("/staff/reset", methods=["GET", "POST"])
@door.public
def reset() -> ResponseReturnValue:
    """Ask for a link to choose a new password; the answer is the same whoever asks, and takes as long."""
    began = monotonic()
    form = ResetForm()
    if not form.validate_on_submit():
        return answers.page("accounts/reset.html", form)
    wait = throttle.take("reset-address", throttle.place(request.remote_addr), throttle.RESET_ADDRESS)
    db.session.commit()
    if wait:
        return answers.wait(wait)
    entry.request_reset(form.email.data)
    db.session.commit()
    sleep(max(0.0, _RESET_SECONDS - (monotonic() - began)))
    return render_template("accounts/reset_sent.html")


@bp.get("/staff/send-again")
@door.staff()
def send_again() -> ResponseReturnValue:
    """Show a form that outlived its session, to be sent again."""
    kept = held.of(current.account.id, session["held"]) if "held" in session else None
    if kept is None:
        return redirect("/staff/", 303)
    path, fields = kept
    return render_template("accounts/send_again.html", path=path, fields=fields)


def _choose_password(kind: str, secret: str) -> ResponseReturnValue:
    account = entry.owner_of_link(kind, secret)
    if account is None:
        return render_template("accounts/used_link.html", kind=kind), 404
    form = NewPasswordForm()
    if not form.validate_on_submit():
        return answers.page("accounts/new_password.html", form, kind=kind, account=account)
    try:
        if kind == service.INVITATION:
            entry.accept_invitation(secret, form.password.data)
        else:
            entry.reset(secret, form.password.data)
    except Refused as no:
        db.session.rollback()
        form.password.fail(no.sentence)
        return answers.page("accounts/new_password.html", form, kind=kind, account=account)
    except passwords.Busy as busy:
        return answers.busy(busy)
    db.session.commit()
    if kind == service.INVITATION:
        return _come_in(account, "/staff/", invited=True)
    flash("Your new password is set. Sign in with it.", "success")
    return redirect(url_for("accounts.sign_in"), 303)


def _come_in(account: Account, target: str, *, second: bool = False, invited: bool = False) -> ResponseReturnValue:
    """Begin a session of the staff, with a new id."""
    entry.sign_in(account, request.headers.get("User-Agent", ""), invited=invited)
    db.session.commit()
    kept = session.get("held")
    _empty_session()
    login_user(account)
    session.pop("_id", None)  # Flask-Login's digest of the network address: nothing here needs it
    session["signed_in_at"] = now().isoformat()
    if second:
        session["second"] = True
    if kept is not None and held.of(account.id, kept) is not None:
        session["held"] = kept
        target = url_for("accounts.send_again")
    return redirect(target, 303)


def _empty_session() -> None:
    for key in [key for key in session if key != "csrf_token"]:
        session.pop(key)
    door.rotate()


def _half_way_in() -> Account | None:
    """Whose password was right a moment ago and is still the same."""
    pending: dict[str, Any] | None = session.get("signing_in")
    if pending is None or now() - datetime.fromisoformat(pending["at"]) > _HALF_WAY:
        return None
    account = queries.by_id(pending["account"])
    if account is None or not account.is_active or _password_of(account) != pending["password"]:
        return None
    return account


def _password_of(account: Account) -> str:
    return account.password_changed_at.isoformat() if account.password_changed_at else ""
