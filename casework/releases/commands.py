"""What the command line does with releases and boundaries: the verbs of the pages, said in lines. Commits per file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from casework.accounts import queries as accounts
from casework.areas import boundaries
from casework.cases import registry
from casework.cases import service as cases
from casework.clocks import london
from casework.extensions import db
from casework.moments import today
from casework.releases import importing, service
from casework.releases.importing import AlreadyHere
from casework.releases.models import Release
from casework.releases.shape import Unreadable
from casework.roles import SYSTEM, Actor, Role
from casework.workflow import Refused

Say = Callable[[str], object]


def load_boundaries(file: Path, say: Say) -> int:
    """Load outlines. Figures that were placed by others stay; files imported again are placed by these."""
    try:
        made = boundaries.load(file)
    except boundaries.BadBoundaries as wrong:
        say(str(wrong))
        return 1
    db.session.commit()
    if made.known_before:
        say("These outlines were loaded before. Nothing was changed.")
        return 0
    say(f"The outlines of {made.boroughs} boroughs were loaded; {made.others} others in the file are not ours.")
    if made.left_out:
        say("Without an outline: " + ", ".join(made.left_out) + ".")
    if db.session.scalar(select(Release.id).where(Release.digest.is_not(None)).limit(1)) is not None:
        say("Months that are here keep their figures. Import a file again to place it by these outlines.")
    return 0


def import_files(paths: Iterable[Path], email: str, why: str, say: Say) -> int:
    """Import files one after the other, each in a transaction of its own. 1 where one of them was refused."""
    actor = _who(email, ("upload",), None)
    refused = 0
    for path in _files(paths):
        try:
            with path.open("rb") as file:
                release = importing.import_file(file, path.name, actor, why=why)
        except Unreadable as bad:
            db.session.rollback()
            refused += 1
            say(f"{path.name}: refused. {bad.sentence}")
        except AlreadyHere as here:
            db.session.rollback()
            say(f"{path.name}: {here}")
        else:
            said = f"{path.name}: {_line(release)}"
            db.session.commit()
            say(said)
            for sentence in release.report.get("attention", ()):
                say(f"  to be seen by a second person: {sentence}")
        db.session.expunge_all()
    return 1 if refused else 0


def list_all(say: Say) -> None:
    """Every release, oldest month first."""
    for release in db.session.scalars(select(Release).order_by(Release.kind, Release.month, Release.number)):
        say(f"{release.id}: {_line(release)}")


def act(action: str, numbers: Iterable[int], email: str, reason: str, moment: datetime | None, say: Say) -> int:
    """Take an action on releases, each in a transaction of its own. 1 where one of them was refused."""
    at = london.at(moment.date(), moment.time()) if moment else None
    refused = 0
    for number in numbers:
        release = cases.lock(Release, number)
        try:
            if release is None:
                raise Refused("There is no such release.")
            actor = _who(email, (action,), release)
            if action == "schedule":
                service.schedule(release, at, actor)
            elif action in service.SAID:
                service.SAID[action](release, reason, actor)
            else:
                cases.perform(release, action, actor)
        except Refused as no:
            db.session.rollback()
            refused += 1
            say(f"{number}: {no.sentence}")
        else:
            db.session.commit()
            say(f"{number}: {_line(release)}")
    return 1 if refused else 0


def _line(release: Release) -> str:
    words = registry.of(release).workflow.states[release.state].staff
    force = release.force or "this force"
    return f"{release.month:%Y-%m}, {force}, version {release.number}, {release.rows:,} rows: {words}"


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        yield from sorted(path.rglob("*.csv")) if path.is_dir() else (path,)


def _who(email: str, actions: tuple[str, ...], release: Release | None) -> Actor:
    """The account of an address in the first of its roles that may do this; the program itself without one."""
    if not email:
        return SYSTEM
    account = accounts.by_email(email)
    found = accounts.with_grants(account.id, today()) if account is not None else None
    if found is None or not found[0].is_active:
        raise Refused(f"There is no active account of {email}.")
    table = registry.named("release").workflow
    state = release.state if release is not None else None
    may = {role for row in table.rows if row.action in actions and row.from_state == state for role in row.by}
    role = next((Role(grant.role) for grant in found[1] if grant.role in may), None)
    if role is None:
        raise Refused(f"{email} has no role that may do this now.")
    return Actor(role, found[0].id)
