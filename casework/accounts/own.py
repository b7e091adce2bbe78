"""What staff do with their own account: password, second factor, recovery codes, sessions."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from datetime import datetime, timedelta

from flask import current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from casework import sessions
from casework.accounts import answers, door, entry, factors, passwords, queries
from casework.accounts.blueprint import bp
from casework.accounts.door import current
from casework.accounts.forms import ChangePasswordForm, ReplaceFactorForm, SecondFactorForm
from casework.accounts.models import Account
from casework.extensions import db
from casework.moments import now
from casework.sealed import CannotOpen, seal, unseal
from casework.workflow import Refused

_SETUP_LASTS = timedelta(hours=1)
_SHOWN_FOR = timedelta(minutes=10)


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
        return answers.page("accounts/password.html", form)
    wait = entry.wait_for_password(current.account)
    db.session.commit()
    if wait:
        return answers.wait(wait)
    try:
        entry.set_password(current.account, form.old.data, form.password.data)
    except Refused as no:
        db.session.commit()
        (form.old if no.check == "old" else form.password).fail(no.sentence)
        return answers.page("accounts/password.html", form)
    except passwords.Busy as busy:
        return answers.busy(busy)
    db.session.commit()
    door.rotate()
    flash("Your password is changed. You are signed out everywhere else.", "success")
    return redirect(url_for("accounts.account"), 303)


@bp.route("/staff/account/second-factor", methods=["GET", "POST"])
@door.staff(second=False)
def second_factor() -> ResponseReturnValue:
    """Set up an authenticator app, or replace it. The secret travels sealed in the form until a code confirms it."""
    me = current.account
    replaces = me.totp_confirmed_at is not None
    form = ReplaceFactorForm() if replaces else SecondFactorForm()
    secret = _opened(me, form.setup.data, "setup", _SETUP_LASTS) if request.method == "POST" else None
    if secret is None or not form.validate_on_submit():
        return _second_factor_page(form, me, secret)
    wait = entry.wait_for_code(me)
    db.session.commit()
    if wait:
        return answers.wait(wait)
    try:
        if replaces:
            entry.ask_password(me, form.password.data)
        codes = entry.confirm_totp(me, secret, form.code.data)
    except Refused as no:
        db.session.commit()
        (form.password if no.check == "old" else form.code).fail(no.sentence)
        return _second_factor_page(form, me, secret)
    except passwords.Busy as busy:
        return answers.busy(busy)
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


@bp.get("/staff/account/recovery-codes")
@door.staff()
def recovery_codes() -> ResponseReturnValue:
    """Show new recovery codes, until their owner says that they are kept, or for ten minutes."""
    codes = _opened(current.account, session.get("recovery"), "recovery", _SHOWN_FOR)
    if codes is None:
        return redirect(url_for("accounts.account"), 303)
    return render_template("accounts/recovery_codes.html", codes=codes.split())


@bp.post("/staff/account/recovery-codes/kept")
@door.staff()
def recovery_codes_kept() -> ResponseReturnValue:
    """Never show these recovery codes again."""
    session.pop("recovery", None)
    return redirect("/staff/", 303)


@bp.post("/staff/account/end-sessions")
@door.staff()
def end_sessions() -> ResponseReturnValue:
    """Sign out everywhere else."""
    entry.end_other_sessions(current.account)
    db.session.commit()
    door.rotate()
    flash("You are signed out everywhere else.", "success")
    return redirect(url_for("accounts.account"), 303)


def _second_factor_page(form: SecondFactorForm, me: Account, secret: str | None) -> ResponseReturnValue:
    fresh = secret is None
    secret = secret or factors.new_secret()
    address = factors.address(secret, me.email, current_app.config["FORCE_NAME"])
    page = render_template(
        "accounts/second_factor.html",
        form=form,
        setup=_sealed(me, secret, "setup"),
        secret=" ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        picture=factors.picture(address),
        ran_out=fresh and request.method == "POST",
    )
    return page, 200 if request.method == "GET" else 400


def _show_once(me: Account, codes: list[str]) -> ResponseReturnValue:
    session["recovery"] = _sealed(me, " ".join(codes), "recovery")
    door.rotate()
    return redirect(url_for("accounts.recovery_codes"), 303)


def _sealed(me: Account, text: str, purpose: str) -> str:
    return urlsafe_b64encode(seal(f"{now().isoformat()} {text}", f"{purpose}:{me.id}")).decode()


def _opened(me: Account, sealed: str | None, purpose: str, lasts: timedelta) -> str | None:
    """What was sealed for this person and this purpose, while it lasts; else None."""
    try:
        at, _, text = unseal(urlsafe_b64decode((sealed or "").encode()), f"{purpose}:{me.id}").partition(" ")
    except (CannotOpen, Error, ValueError):
        return None
    return text if now() - datetime.fromisoformat(at) < lasts else None


def _row_id() -> int | None:
    row = getattr(session, "row", None)
    return row.id if row is not None else None
