"""The periods, limits and words that the force decides: each with its source, whether confirmed, and its changes."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from casework.accounts import answers, door, queries
from casework.accounts.blueprint import bp
from casework.accounts.door import current
from casework.accounts.forms import SettingForm
from casework.extensions import db
from casework.roles import Role
from casework.settings import service as settings
from casework.settings.declared import BY_KEY, SETTINGS, Declared
from casework.settings.models import Setting

_HINTS = {
    "period": "A number and a unit, such as 5 working days, 28 days, 4 weeks or 3 months.",
    "number": "A whole number, such as 8.",
    "list": "Separate the entries with commas.",
    "flag": "Yes or no.",
    "text": "",
}


@bp.get("/staff/settings/periods")
@door.staff(Role.ADMIN, Role.SUPERVISOR, Role.COORDINATOR, Role.ANALYST, Role.DATA_PROTECTION)
def all_periods() -> ResponseReturnValue:
    """Every setting with its value now."""
    newest = {row.key: row for row in db.session.scalars(select(Setting).order_by(Setting.from_at, Setting.id))}
    rows = [(declared, words(settings.value(declared.key)), newest.get(declared.key)) for declared in SETTINGS]
    return render_template("accounts/periods.html", rows=rows, may_change=current.role in (Role.ADMIN, Role.SUPERVISOR))


@bp.route("/staff/settings/periods/<key>", methods=["GET", "POST"])
@door.staff(Role.ADMIN, Role.SUPERVISOR)
def change_period(key: str) -> ResponseReturnValue:
    """Change a setting, with a reason."""
    declared = BY_KEY.get(key)
    if declared is None:
        abort(404)
    form = SettingForm(value=words(settings.value(key)))
    form.value.hint = _HINTS.get(declared.kind, "")
    if not form.validate_on_submit():
        return _page(form, declared)
    try:
        settings.change(key, _read(declared, form.value.data), current.actor, form.why.data)
    except settings.BadSetting as wrong:
        db.session.rollback()
        form.value.fail(str(wrong))
        return _page(form, declared)
    db.session.commit()
    flash("The setting is changed.", "success")
    return redirect(url_for("accounts.all_periods"), 303)


def words(value: Any) -> str:
    """A value as one would type it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(str(each) for each in value) if isinstance(value, list) else str(value)


def _read(declared: Declared, typed: str) -> Any:
    if declared.kind == "number":
        if not (typed.isascii() and typed.isdigit() and len(typed) <= 7):
            raise settings.BadSetting("Enter a whole number, such as 8.")
        return int(typed)
    if declared.kind == "flag":
        if typed.lower() not in ("yes", "no"):
            raise settings.BadSetting("Enter yes or no.")
        return typed.lower() == "yes"
    if declared.kind == "list":
        entries = [each.strip() for each in typed.split(",") if each.strip()]
        if not entries:
            raise settings.BadSetting("Enter at least one.")
        return entries
    return typed


def _page(form: SettingForm, declared: Declared) -> ResponseReturnValue:
    rows = select(Setting).where(Setting.key == declared.key).order_by(Setting.id.desc()).limit(20)
    changes = list(db.session.scalars(rows))
    names = queries.names_of(row.set_by for row in changes if row.set_by)
    return answers.page(
        "accounts/change_period.html",
        form,
        declared=declared,
        default=words(declared.default),
        changes=changes,
        names=names,
        words=words,
    )
