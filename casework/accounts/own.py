"""What staff do with their own account: password, second factor, recovery codes, sessions."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from datetime import datetime, timedelta

from flask import current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from casework import sessions
from casework.accounts import door, entry, factors, passwords, queries
from casework.accounts.blueprint import bp
from casework.accounts.door import current
from casework.accounts.forms import ChangePasswordForm, ReplaceFactorForm, SecondFactorForm
from casework.accounts.models import Account
from casework.extensions import db
from casework.moments import now
from casework.sealed import CannotOpen, seal, unseal
from casework.workflow import Refused

_SETUP_LASTS = timedelta(hours=1)


@bp.get("/staff/account")
@door.staff()
def account() -> ResponseReturnValue:
    """One's own account."""
    return render_template(
        "accounts/account.html",
        account=current.account,
        grants=queries.grants_of(current.account.id),
        codes_left=factors.recovery_codes_left(current.account),
        sessions=queries.sessions_of(current.account.id),
        this=_row_id(),
    )


@bp.route("/staff/account/password", methods=["GET", "POST"])
@door.staff()
def password() -> ResponseReturnValue:
    """Change one's password. Other sessions end, this one goes on with a new id."""
    form = ChangePasswordForm()
    if not form.validate_on_submit():
        return _page("accounts/password.html", form)
    wait = entry.wait_for_code(current.account)
    db.session.commit()
    if wait:
        return _wait(wait)
    try:
        entry.set_password(current.account, form.old.data, form.password.data)
    except Refused as no:
        db.session.commit()
        (form.old if no.check == "old" else form.password).fail(no.sentence)
        return _page("accounts/password.html", form)
    except passwords.Busy as busy:
        db.session.rollback()
        return render_template("accounts/busy.html"), 503, {"Retry-After": str(busy.retry_after)}
    db.session.commit()
    door.rotate()
    flash("Your password is changed. You are signed out everywhere else.")
    return redirect(url_for("accounts.account"), 303)


@bp.route("/staff/account/second-factor", methods=["GET", "POST"])
@door.staff(second=False)
def second_factor() -> ResponseReturnValue:
    """Set up an authenticator app, or replace it. The secret travels sealed in the form until a code confirms it."""
    me = current.account
    replaces = me.totp_confirmed_at is not None
    form = ReplaceFactorForm() if replaces else SecondFactorForm()
    secret = _opened(me, form.setup.data) if request.method == "POST" else None
    if secret is None or not form.validate_on_submit():
        return _second_factor_page(form, me, secret)
    wait = entry.wait_for_code(me)
    db.session.commit()
    if wait:
        return _wait(wait)
    try:
        if replaces:
            entry.ask_password(me, form.password.data)
        codes = entry.confirm_totp(me, secret, form.code.data)
    except Refused as no:
        db.session.commit()
        (form.password if no.check == "old" else form.code).fail(no.sentence)
        return _second_factor_page(form, me, secret)
    except passwords.Busy as busy:
        db.session.rollback()
        return render_template("accounts/busy.html"), 503, {"Retry-After": str(busy.retry_after)}
    sessions.end_all(me.id)
    db.session.commit()
    session["second"] = True
    return _show_once(me, codes)


@bp.post("/staff/account/recovery-codes")
@door.staff()
def renew_recovery_codes() -> ResponseReturnValue:
    """Replace one's recovery codes."""
    codes = entry.renew_recovery_codes(current.account)
    db.session.commit()
    return _show_once(current.account, codes)


@bp.route("/staff/account/recovery-codes", methods=["GET"])
@door.staff()
def recovery_codes() -> ResponseReturnValue:
    """Show new recovery codes, once."""
    sealed = session.pop("recovery", None)
    if sealed is None:
        return redirect(url_for("accounts.account"), 303)
    codes = json.loads(unseal(urlsafe_b64decode(sealed), f"recovery:{current.account.id}"))
    return render_template("accounts/recovery_codes.html", codes=codes)


@bp.post("/staff/account/end-sessions")
@door.staff()
def end_sessions() -> ResponseReturnValue:
    """Sign out everywhere else."""
    sessions.end_all(current.account.id)
    entry.end_other_sessions(current.account)
    db.session.commit()
    door.rotate()
    flash("You are signed out everywhere else.")
    return redirect(url_for("accounts.account"), 303)


def _second_factor_page(form: SecondFactorForm, me: Account, secret: str | None) -> ResponseReturnValue:
    fresh = secret is None
    secret = secret or factors.new_secret()
    address = factors.address(secret, me.email, current_app.config["FORCE_NAME"])
    page = render_template(
        "accounts/second_factor.html",
        form=form,
        setup=_sealed(me, secret),
        secret=" ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        # The markup is segno's own, made of digits and paths: nothing that anybody typed is in it.
        picture=Markup(factors.picture(address)),  # noqa: S704
        ran_out=fresh and request.method == "POST",
    )
    return page, 200 if request.method == "GET" else 400


def _show_once(me: Account, codes: list[str]) -> ResponseReturnValue:
    session["recovery"] = urlsafe_b64encode(seal(json.dumps(codes), f"recovery:{me.id}")).decode()
    door.rotate()
    return redirect(url_for("accounts.recovery_codes"), 303)


def _sealed(me: Account, secret: str) -> str:
    return urlsafe_b64encode(seal(f"{now().isoformat()} {secret}", f"setup:{me.id}")).decode()


def _opened(me: Account, sealed: str | None) -> str | None:
    """The secret that the page carried, for this person and for an hour; None if it is not one."""
    try:
        at, _, secret = unseal(urlsafe_b64decode((sealed or "").encode()), f"setup:{me.id}").partition(" ")
    except (CannotOpen, Error, ValueError):
        return None
    return secret if now() - datetime.fromisoformat(at) < _SETUP_LASTS else None


def _row_id() -> int | None:
    row = getattr(session, "row", None)
    return row.id if row is not None else None


def _page(template: str, form: ChangePasswordForm) -> ResponseReturnValue:
    return render_template(template, form=form), 200 if request.method == "GET" else 400


def _wait(seconds: int) -> ResponseReturnValue:
    page = render_template("accounts/wait.html", minutes=-(-seconds // 60))
    return page, 429, {"Retry-After": str(seconds)}
