"""What administrators do with the accounts of others: add, invite, grant, cover, revoke, disable, enable."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casework.accounts import answers, door, queries, service
from casework.accounts.blueprint import bp
from casework.accounts.door import current
from casework.accounts.forms import AddForm, CoverForm, DisableForm, GrantForm, SearchForm
from casework.accounts.models import Account
from casework.areas import queries as areas
from casework.areas.models import Area
from casework.clocks.london import london_date
from casework.extensions import db
from casework.history import service as history
from casework.moments import now
from casework.roles import ROLE_WORDS, STAFF_ROLES, Role
from casework.workflow import Refused


@bp.get("/staff/settings")
@door.staff()
def settings() -> ResponseReturnValue:
    """What there is to set, for the role in which one acts."""
    return render_template(
        "accounts/settings.html", pages=[page for page in PAGES if door.admits(page[0], current.role)]
    )


PAGES = (
    ("/staff/account", "Your account", "Password, authenticator app, recovery codes, where you are signed in"),
    ("/staff/settings/people", "People", "Accounts, roles, cover for absence"),
    ("/staff/settings/who-can", "Who can do what today", "For each area and action; warns where nobody could"),
    ("/staff/settings/periods", "Periods, limits and words", "What the force decides, each with its source"),
    ("/staff/settings/delegations", "Delegations", "Powers that the chief officer gave to somebody in writing"),
    (
        "/staff/settings/complaint-terms",
        "Codes of complaints",
        "Categories, factors, results, actions, recommendations",
    ),
    ("/staff/schemes", "Schemes", "Open, pause or close applications"),
)


@bp.route("/staff/settings/people", methods=["GET", "POST"])
@door.staff(Role.ADMIN)
def people() -> ResponseReturnValue:
    """Accounts by name, a page at a time. A search is posted, so that no name stands in an address."""
    form = SearchForm()
    words, after = "", None
    if request.method == "POST":
        if not form.validate():
            return answers.page("accounts/people.html", form, people=[], more=None)
        words = form.words.data
    elif "after" in request.args:
        last = _account(request.args.get("after", type=int) or 0)
        after = (last.name, last.id)
    found = queries.people(_within(), words, after)
    history.record_access(current.actor, "people", task="search" if words else "")
    db.session.commit()
    more = found[queries.PAGE - 1].id if len(found) > queries.PAGE and not words else None
    return render_template("accounts/people.html", form=form, people=found[: queries.PAGE], more=more, words=words)


@bp.route("/staff/settings/people/add", methods=["GET", "POST"])
@door.staff(Role.ADMIN)
def add_person() -> ResponseReturnValue:
    """Add an account with its first role, and invite."""
    form = AddForm()
    _offer(form)
    if not form.validate_on_submit():
        return answers.page("accounts/add_person.html", form)
    try:
        account = service.add(form.email.data, form.name.data, current.actor)
        account.team = form.team.data
        _grant(account, form)
        service.invite(account, current.actor)
    except Refused as no:
        db.session.rollback()
        form.form_errors.append(no.sentence)
        return answers.page("accounts/add_person.html", form)
    db.session.commit()
    flash(f"{account.name} is invited by email. The link is good for 48 hours.", "success")
    return redirect(url_for("accounts.person", account_id=account.id), 303)


@bp.get("/staff/settings/people/<int:account_id>")
@door.staff(Role.ADMIN)
def person(account_id: int) -> ResponseReturnValue:
    """One account: its roles, and what can be done."""
    account = _account(account_id)
    history.record_access(current.actor, "person", task=f"account:{account.id}")
    db.session.commit()
    happened = queries.history_of(account)
    return render_template(
        "accounts/person.html",
        account=account,
        grants=queries.grants_of(account.id),
        covered=queries.names_of(grant.covers_id for grant in account.grants if grant.covers_id),
        history=happened,
        names=queries.names_of(event.account_id for event in happened if event.account_id),
        words=WORDS,
        own=account.id == current.account.id,
    )


@bp.route("/staff/settings/people/<int:account_id>/grant", methods=["GET", "POST"])
@door.staff(Role.ADMIN)
def grant_role(account_id: int) -> ResponseReturnValue:
    """Give a role in an area, from a day to a day."""
    account = _account(account_id)
    form = GrantForm()
    _offer(form)
    if not form.validate_on_submit():
        return answers.page("accounts/grant.html", form, account=account)
    try:
        _grant(account, form)
    except Refused as no:
        db.session.rollback()
        form.form_errors.append(no.sentence)
        return answers.page("accounts/grant.html", form, account=account)
    db.session.commit()
    return _back(account, "The role is given.")


@bp.route("/staff/settings/people/<int:account_id>/cover", methods=["GET", "POST"])
@door.staff(Role.ADMIN)
def cover(account_id: int) -> ResponseReturnValue:
    """Let somebody cover for a colleague's absence: one of the colleague's roles, until a day."""
    account = _account(account_id)
    form = CoverForm()
    roles = {grant.id: grant for grant in queries.coverable(account.id, _within())}
    form.grant.choices = [
        (each.id, f"{each.account.name}: {ROLE_WORDS[Role(each.role)]}, {each.area.name}") for each in roles.values()
    ]
    if not form.validate_on_submit():
        return answers.page("accounts/cover.html", form, account=account)
    of = roles[form.grant.data]
    try:
        service.grant(
            account,
            Role(of.role),
            of.area,
            form.from_on.data,
            form.until_on.data,
            current.actor,
            covers=of.account,
            within=_within(),
        )
    except Refused as no:
        db.session.rollback()
        form.form_errors.append(no.sentence)
        return answers.page("accounts/cover.html", form, account=account)
    db.session.commit()
    return _back(account, "The cover is arranged.")


@bp.post("/staff/settings/people/<int:account_id>/revoke")
@door.staff(Role.ADMIN)
def revoke(account_id: int) -> ResponseReturnValue:
    """End one of the roles at once."""
    account = _account(account_id)
    row = queries.grant_by_id(account, request.form.get("grant", type=int) or 0)
    if row is None:
        abort(404)
    return _do(account, lambda: service.revoke(account, row, current.actor), "The role is ended.")


@bp.route("/staff/settings/people/<int:account_id>/disable", methods=["GET", "POST"])
@door.staff(Role.ADMIN)
def disable(account_id: int) -> ResponseReturnValue:
    """Close an account, after asking whether that is meant."""
    account = _account(account_id)
    form = DisableForm()
    if not form.validate_on_submit():
        return answers.page("accounts/disable.html", form, account=account)
    return _do(account, lambda: service.disable(account, current.actor), "The account is disabled.")


@bp.post("/staff/settings/people/<int:account_id>/enable")
@door.staff(Role.ADMIN)
def enable(account_id: int) -> ResponseReturnValue:
    """Open a disabled account again."""
    account = _account(account_id)
    return _do(account, lambda: service.enable(account, current.actor), "The account is open again.")


@bp.post("/staff/settings/people/<int:account_id>/clear-second-factor")
@door.staff(Role.ADMIN)
def clear_second_factor(account_id: int) -> ResponseReturnValue:
    """Let somebody who lost phone and recovery codes set up a new app."""
    account = _account(account_id)
    done = "The authenticator app is removed. They set up a new one when they next sign in."
    return _do(account, lambda: service.clear_second_factor(account, current.actor), done)


@bp.post("/staff/settings/people/<int:account_id>/invite")
@door.staff(Role.ADMIN)
def invite(account_id: int) -> ResponseReturnValue:
    """Send another invitation; the earlier one ends."""
    account = _account(account_id)
    return _do(account, lambda: service.invite(account, current.actor), "A new invitation is on its way.")


# Events of an account as its history shows them.
WORDS = {
    "add": "account made",
    "invite": "invited",
    "accept_invitation": "accepted the invitation",
    "grant": "role given",
    "cover": "cover arranged",
    "revoke": "role ended",
    "disable": "account disabled",
    "enable": "account opened again",
    "sign_in": "signed in",
    "sign_out": "signed out",
    "refuse": "sign-in refused",
    "act_as": "changed role",
    "request_reset": "asked for a new password",
    "reset": "chose a new password by link",
    "set_password": "changed the password",
    "confirm_totp": "set up an authenticator app",
    "clear_second_factor": "authenticator app removed",
    "use_recovery_code": "used a recovery code",
    "renew_recovery_codes": "made new recovery codes",
    "end_sessions": "signed out everywhere else",
}


def _within() -> frozenset[int] | None:
    """Where the administrator who acts may manage accounts; None is everywhere."""
    return None if current.force_wide else current.area_ids


def _account(account_id: int) -> Account:
    account = queries.manageable(account_id, _within())
    if account is None:
        abort(404)
    return account


def _offer(form: GrantForm) -> None:
    """The roles and areas that may be given."""
    form.role.choices = [(role, ROLE_WORDS[role].capitalize()) for role in Role if role in STAFF_ROLES]
    form.area.choices = [(area.id, _words(area)) for area in _areas()]


def _areas() -> list[Area]:
    order = {"force": 0, "bcu": 1, "borough": 2}
    mine = [area for area in areas.everything() if area.id in current.area_ids]
    return sorted(mine, key=lambda area: (order.get(area.kind, 3), area.name))


def _words(area: Area) -> str:
    return {"force": f"{area.name} (whole force)", "bcu": f"{area.name} (BCU)"}.get(area.kind, area.name)


def _grant(account: Account, form: GrantForm) -> None:
    area = next(each for each in _areas() if each.id == form.area.data)
    service.grant(
        account,
        Role(form.role.data),
        area,
        form.from_on.data or london_date(now()),
        form.until_on.data,
        current.actor,
        within=_within(),
    )


def _do(account: Account, verb: Any, done: str) -> ResponseReturnValue:
    """Do it and go back to the account, with what was done or why not."""
    try:
        verb()
    except Refused as no:
        db.session.rollback()
        return _back(account, no.sentence, "message")
    db.session.commit()
    return _back(account, done)


def _back(account: Account, sentence: str, category: str = "success") -> ResponseReturnValue:
    flash(sentence, category)
    return redirect(url_for("accounts.person", account_id=account.id), 303)
