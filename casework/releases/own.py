"""Tables made from our own cases, a release for each month: counted once, protected, and the same bytes for ever.

Each starts from the one before and repeats it: what was published is never counted anew, so no two releases differ in a
number, and somebody who is erased later is not missed. Only the tables declared in `KINDS` are made. Never commits.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select, text

from casework import publishing
from casework.cases import service as cases
from casework.clocks.words import long_date
from casework.complaints import numbers as complaints
from casework.extensions import db
from casework.feedback import figures as feedback
from casework.history import service as history
from casework.moments import now, today
from casework.protected import Kept, Made, Rules
from casework.publishing import Released, Shown, Table
from casework.releases import names
from casework.releases.files import LICENCE, NOTICE, dumped
from casework.releases.importing import ONE_AT_A_TIME
from casework.releases.models import OwnTables, Release
from casework.releases.workflow import ReleaseState
from casework.rides import numbers as rides
from casework.roles import SYSTEM
from casework.settings import service as settings

# The declared tables: nothing else is made from cases for publication.
KINDS: dict[str, Callable[[date, Rules, Kept | None], Made]] = {
    "rides": rides.make,
    "feedback": lambda until, rules, before: feedback.make(feedback.count(until), rules, before),
    "complaints": complaints.make_until,
}


@dataclass(frozen=True)
class Content:
    """What the file of a release holds: up to which month (itself not counted), its rules, its tables by year."""

    until: date
    rules: Rules
    kept: Kept


def prepare(kind: str) -> Release | None:
    """Make the release of the month that is over, if there is none and anything to publish. It waits for a reviewer."""
    until = today().replace(day=1)
    month = (until - timedelta(days=1)).replace(day=1)
    db.session.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": ONE_AT_A_TIME})
    standing = (Release.kind == kind, Release.force == "", Release.state != ReleaseState.REFUSED)
    if db.session.scalar(select(func.count()).where(*standing, Release.month >= month)):
        return None
    rules = Rules(int(settings.value("numbers.threshold")), int(settings.value("numbers.median")))
    before = db.session.scalars(select(Release).where(*standing).order_by(Release.month.desc()).limit(1)).first()
    made = KINDS[kind](until, rules, _kept(before) if before else None)
    if not made.tables:
        return None
    number = db.session.scalar(select(func.max(Release.number)).where(Release.kind == kind, Release.month == month))
    content = write(kind, Content(until, rules, made.kept))
    release = Release(
        kind=kind,
        month=month,
        number=(number or 0) + 1,
        stream_id=history.open_stream("release").id,
        uploaded_at=now(),
        file_name=f"{kind}.json",
        size=len(content),
        rows=sum(len(table.rows) for table in made.tables),
        progress=100,
        digest=hashlib.sha256(content).digest(),
        figures_digest=hashlib.sha256(content).digest(),
        report={"nothing_follows": made.safe, "tables": [table.title for table in made.tables]},
    )
    digest = release.digest.hex() if release.digest else ""
    cases.perform(release, "prepare", SYSTEM, figures=digest)
    counts = [[measure, month.isoformat(), n] for (measure, month), n in sorted(made.kept.counts.items())]
    kept = OwnTables(release_id=release.id, content=content)
    kept.counts = json.dumps(counts)
    db.session.add(kept)
    db.session.flush()
    return release


def content_of(release: Release) -> bytes:
    """The file of a release of our own, as it was made."""
    return db.session.scalars(select(OwnTables.content).where(OwnTables.release_id == release.id)).one()


def tables_of(release: Release) -> list[Table]:
    """Its tables."""
    return Made(read(content_of(release)).kept, True).tables


def write(kind: str, content: Content) -> bytes:
    """The file of a release: everything that is published, and the rule by which it was protected."""
    years = {
        str(year): {"over": year in content.kept.over, "tables": [_told(table) for table in tables]}
        for year, tables in sorted(content.kept.tables.items(), reverse=True)
    }
    about: dict[str, Any] = {
        "notice": NOTICE,
        "licence": LICENCE,
        "kind": kind,
        "counted_to": long_date(content.until - timedelta(days=1)),
        "until": content.until.isoformat(),
        "withheld": publishing.WITHHELD,
        "too_few": publishing.TOO_FEW,
        "threshold": content.rules.threshold,
        "fewest_for_a_median": content.rules.fewest,
        "years": years,
    }
    return dumped(about)


def read(content: bytes) -> Content:
    """What `write` wrote."""
    found = json.loads(content)
    tables = {
        int(year): tuple(_table(each) for each in each_year["tables"]) for year, each_year in found["years"].items()
    }
    over = frozenset(int(year) for year, each_year in found["years"].items() if each_year["over"])
    rules = Rules(found["threshold"], found["fewest_for_a_median"])
    return Content(date.fromisoformat(found["until"]), rules, Kept(tables, over))


def released(kind: str) -> Released | None:
    """The newest tables that readers have."""
    wanted = select(Release).where(Release.kind == kind, Release.force == "", Release.is_current)
    release = db.session.scalars(wanted.order_by(Release.month.desc()).limit(1)).first()
    if release is None:
        # What was withdrawn is not shown again by counting it anew.
        gone = db.session.scalar(
            select(Release.id).where(Release.kind == kind, Release.released_at.is_not(None)).limit(1)
        )
        return Released(None, 0, 0, [], "") if gone else None
    found = read(content_of(release))
    last = found.until - timedelta(days=1)
    name = names.write(kind, "", release.month, release.number)
    return Released(last, found.rules.threshold, found.rules.fewest, Made(found.kept, True).tables, name)


publishing.provide(released)


def _kept(release: Release) -> Kept:
    row = db.session.scalars(select(OwnTables).where(OwnTables.release_id == release.id)).one()
    kept = read(row.content).kept
    counts = {(measure, date.fromisoformat(month)): n for measure, month, n in json.loads(row.counts or "[]")}
    return Kept(kept.tables, kept.over, counts)


def _told(table: Table) -> dict[str, Any]:
    return {
        "part": table.part,
        "title": table.title,
        "first": table.first,
        "columns": list(table.columns),
        "rows": [[name, list(values)] for name, values in table.rows],
    }


def _table(told: dict[str, Any]) -> Table:
    rows: list[tuple[str, tuple[Shown, ...]]] = [(name, tuple(values)) for name, values in told["rows"]]
    return Table(told["part"], told["title"], told["first"], tuple(told["columns"]), tuple(rows))
