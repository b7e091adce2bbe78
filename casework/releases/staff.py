"""The staff pages of releases: every month with its versions, sending files, one release with report and buttons."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select, tuple_

from casework.accounts import queries as accounts
from casework.accounts.door import current, staff
from casework.cases import clashes
from casework.cases import queries as case_queries
from casework.cases import service as cases
from casework.clocks import london
from casework.extensions import db
from casework.forms import with_files
from casework.releases import importing, names, queries, reading, reporting, service
from casework.releases.importing import AlreadyHere
from casework.releases.models import Release
from casework.releases.reading import COLUMNS, KINDS
from casework.releases.shape import Unreadable
from casework.releases.staff_forms import AnnounceForm, UploadForm, WhyForm
from casework.releases.workflow import RELEASE, ReleaseState
from casework.roles import Role
from casework.triage import spreadsheet

bp = Blueprint("releases_staff", __name__, url_prefix="/staff/releases")

READERS = (Role.ANALYST, Role.SUPERVISOR, Role.DATA_PROTECTION)
PAGE, ROWS, FILES = 60, 50, 24
# What asks for more than a press of a button, and the page where it is asked.
PAGES = {
    "schedule": "releases_staff.announce",
    "refuse": "releases_staff.say_why",
    "withdraw": "releases_staff.say_why",
}


@bp.get("")
@staff(*READERS)
def index() -> str:
    """Every version of every month, newest month first, with what is announced and which months are missing."""
    wanted = select(Release).order_by(Release.month.desc(), Release.id.desc()).limit(PAGE + 1)
    if (after := _after(request.args.get("after", ""))) is not None:
        wanted = wanted.where(tuple_(Release.month, Release.id) < after)
    rows = list(db.session.scalars(wanted))
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return render_template(
        "releases/staff_index.html",
        rows=rows[:PAGE],
        next_after=f"{last.month.isoformat()}.{last.id}" if last else "",
        first_page=after is None,
        announced=queries.announced(),
        gaps=reporting.gaps([month.month for month in queries.months()]),
        names=accounts.names_of([r.uploaded_by for r in rows if r.uploaded_by is not None]),
        table=RELEASE,
        may_upload=current.role == Role.ANALYST,
    )


@bp.route("/upload", methods=["GET", "POST"])
@with_files
@staff(Role.ANALYST)
def upload() -> ResponseReturnValue:
    """Send monthly files. Each good one is kept; of each other one the page says what is wrong with it."""
    form = UploadForm()
    if request.method == "GET" or not form.validate():
        return render_template("releases/staff_upload.html", form=form), 200 if request.method == "GET" else 400
    kept = _keep(form)
    db.session.commit()
    if kept:
        flash(f"{len(kept)} files are being read." if len(kept) > 1 else "The file is being read.")
    if form.problems():
        return render_template("releases/staff_upload.html", form=form), 400
    here = url_for("releases_staff.show", release_id=kept[0]) if len(kept) == 1 else url_for("releases_staff.index")
    return redirect(here, 303)


@bp.get("/<int:release_id>")
@staff(*READERS)
def show(release_id: int) -> str:
    """One release: where it stands, what may be done, what was found in it, its history."""
    return _page(_found(release_id))


@bp.post("/<int:release_id>/do/<action>")
@staff(*READERS)
def act(release_id: int, action: str) -> ResponseReturnValue:
    """Take a transition that needs no more than its button."""
    release = _found(release_id)
    if action in PAGES:
        return redirect(_asked(release, action), 303)
    try:
        clashes.check(cases.lock(Release, release.id), request.form.get("version"), action, current.actor)
        cases.perform(release, action, current.actor)
    except clashes.DoneAlready:
        db.session.rollback()
    except (cases.Refused, cases.Clash) as stop:
        db.session.rollback()
        release = _found(release_id)
        sentence = stop.sentence if isinstance(stop, cases.Refused) else clashes.sentence(release)
        return _page(release, sentence), 409
    db.session.commit()
    flash(f"{_name(release)}: {RELEASE.words.get(action, action)}.")
    return redirect(url_for("releases_staff.show", release_id=release_id), 303)


@bp.route("/<int:release_id>/announce", methods=["GET", "POST"])
@staff(Role.ANALYST, Role.SUPERVISOR)
def announce(release_id: int) -> ResponseReturnValue:
    """Say when a release comes out. Everybody can see that in the calendar."""
    release = _found(release_id)
    form = AnnounceForm(version=release.version)
    sheet = clashes.Sheet("releases/staff_announce.html", form, release=release, name=_name(release))
    if request.method == "GET" or not form.validate():
        return sheet.shown()
    try:
        clashes.check(cases.lock(Release, release.id), form.version.data, "schedule", current.actor)
        service.schedule(release, london.at(form.on.data, form.at.data), current.actor)
    except clashes.STOPS as stop:
        return sheet.stopped(stop, release, "schedule", _back(release_id))
    db.session.commit()
    flash(f"{_name(release)}: {RELEASE.words['schedule']}.")
    return _back(release_id)()


@bp.route("/<int:release_id>/<any(refuse, withdraw):action>", methods=["GET", "POST"])
@staff(*READERS)
def say_why(release_id: int, action: str) -> ResponseReturnValue:
    """Refuse a release or withdraw it, with the reason that readers are told."""
    release = _found(release_id)
    form = WhyForm(version=release.version)
    words = {"refuse": "Refuse", "withdraw": "Withdraw"}[action]
    sheet = clashes.Sheet("releases/staff_why.html", form, release=release, name=_name(release), words=words)
    if request.method == "GET" or not form.validate():
        return sheet.shown()
    try:
        clashes.check(cases.lock(Release, release.id), form.version.data, action, current.actor)
        service.SAID[action](release, form.reason.data, current.actor)
    except clashes.STOPS as stop:
        return sheet.stopped(stop, release, action, _back(release_id))
    db.session.commit()
    flash(f"{_name(release)}: {RELEASE.words[action]}.")
    return _back(release_id)()


@bp.get("/<int:release_id>/rows")
@staff(*READERS)
def rows(release_id: int) -> str:
    """The rows of a file of which something is to be said, in the order of the file."""
    release, kind = _with_file(release_id), _kind()
    after = request.args.get("after", "")
    line = int(after) if after.isdecimal() and len(after) < 10 else 0
    listed = (row for row in _listed(release, kind) if row.line > line)
    found = list(islice(listed, ROWS + 1))
    return render_template(
        "releases/staff_rows.html",
        release=release,
        name=_name(release),
        kind=kind,
        columns=_columns(release),
        column_words=COLUMNS,
        rows=found[:ROWS],
        next_after=found[ROWS - 1].line if len(found) > ROWS else 0,
        after=line,
        words=_kind_words(kind),
    )


@bp.get("/<int:release_id>/rows.csv")
@staff(*READERS)
def rows_csv(release_id: int) -> Response:
    """The same as a file that no spreadsheet takes for formulas."""
    release, kind = _with_file(release_id), _kind()
    heading = ("Line", "What", *(COLUMNS[name][0] for name in _columns(release)))
    wanted = list(_columns(release).values())
    listed = (
        (row.line, "; ".join(KINDS[each] for each in row.kinds), *(_number(row.cells[at]) for at in wanted))
        for row in _listed(release, kind)
    )
    answer = Response(stream_with_context(spreadsheet.lines(heading, listed)), mimetype="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = (
        f'attachment; filename="{release.month:%Y-%m}-version-{release.number}-rows.csv"'
    )
    return answer


def _keep(form: UploadForm) -> list[int]:
    """Keep every good file; say at the question what is wrong with each other one."""
    kept: list[int] = []
    given = list(form.files.data)
    if len(given) > FILES:
        form.files.fail(f"Choose up to {FILES} files at a time.")
        return kept
    for each in given:
        try:
            kept.append(importing.upload(each.stream, each.filename, current.actor, why=form.why.data or "").id)
        except Unreadable as bad:
            form.files.fail(f"{each.filename[:100]}: {bad.sentence}")
        except AlreadyHere as here:
            form.files.fail(f"{each.filename[:100]}: {here}")
    return kept


def _page(release: Release, problem: str = "") -> str:
    offers = [(offer, _asked(release, offer.row.action)) for offer in cases.open_to(release, current.actor)]
    return render_template(
        "releases/staff_show.html",
        release=release,
        name=_name(release),
        offers=offers,
        problem=problem,
        report=release.report,
        kinds=KINDS,
        columns=COLUMNS,
        table=RELEASE,
        reading=release.state == ReleaseState.UPLOADED,
        has_file=release.digest is not None,
        month_of=date.fromisoformat,
        events=case_queries.timeline(release.stream_id, limit=60),
        history_words={f"release.{action}": words for action, words in RELEASE.words.items()},
        may_upload=current.role == Role.ANALYST,
        public=_public(release),
    )


def _public(release: Release) -> str:
    """Where readers find it; empty where they do not."""
    name = names.write(release.kind, release.force, release.month, release.number)
    return url_for("stops_news.release", name=name) if release.released_at else ""


def _found(release_id: int) -> Release:
    release = db.session.get(Release, release_id)
    if release is None:
        abort(404)
    return release


def _with_file(release_id: int) -> Release:
    release = _found(release_id)
    if release.digest is None:
        abort(404)
    return release


def _name(release: Release) -> str:
    return f"{release.month:%B %Y}, version {release.number}"


def _asked(release: Release, action: str) -> str:
    """The address of the page on which an action asks for something; empty where its button is enough."""
    endpoint = PAGES.get(action, "")
    given: dict[str, Any] = {"release_id": release.id} | ({"action": action} if endpoint.endswith("say_why") else {})
    return url_for(endpoint, **given) if endpoint else ""


def _back(release_id: int) -> Any:
    return lambda: redirect(url_for("releases_staff.show", release_id=release_id), 303)


def _kind() -> str:
    kind = request.args.get("kind", "")
    known = kind in KINDS or kind.removeprefix("blank ") in reading.CODED
    if kind and not known:
        abort(404)
    return kind


def _kind_words(kind: str) -> str:
    name = kind.removeprefix("blank ")
    return f"“{COLUMNS[name][0]}” not supplied" if name != kind else KINDS.get(kind, "Every row")


def _listed(release: Release, kind: str) -> Iterator[reading.Row]:
    return reading.list_rows(importing.content(release), kind, release.month)


def _columns(release: Release) -> dict[str, int]:
    """The columns to show, each with its place in a row: those that are not lacking in the file."""
    lacking = {*release.report.get("missing", ()), *(() if release.made_up else ("Borough",))}
    return {name: at for at, name in enumerate(COLUMNS) if COLUMNS[name][0] not in lacking}


def _number(cell: str) -> object:
    """A coordinate stays a number: a minus sign does not make it a formula."""
    try:
        return float(cell) if cell[:1] == "-" else cell
    except ValueError:
        return cell


def _after(text: str) -> tuple[date, int] | None:
    day, _, number = text.partition(".")
    try:
        return date.fromisoformat(day), int(number[:18])
    except ValueError:
        return None
