"""From a file to a release that waits for its reviewer. Never commits; what is refused changes nothing.

`upload` reads the file once, in the request, so that whoever sends a bad one is told at once; a worker then reads it
again into the cube (`read_in`), in one transaction: killed half-way it leaves nothing, and is begun again.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from datetime import datetime
from typing import Any, BinaryIO

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from casework.areas import boundaries
from casework.areas import queries as areas
from casework.cases import service as cases
from casework.extensions import db
from casework.history import service as history
from casework.history.models import Event
from casework.moments import now
from casework.outbox.jobs import job
from casework.outbox.messages import BULK
from casework.releases import counting, reading, reporting
from casework.releases.counting import Counted, Places
from casework.releases.cube import EVERYBODY, FORCE_WIDE, renamed
from casework.releases.models import Release, ReleaseFile, Value
from casework.releases.queries import STOPS
from casework.releases.reading import Read
from casework.releases.shape import Unreadable
from casework.releases.wordings import KNOWN, OLD, REPAIRED
from casework.releases.workflow import ReleaseState
from casework.roles import SYSTEM, Actor
from casework.settings import service as settings

# One upload at a time, whoever sends it: a version number and a content are each given once. Any number of its own.
ONE_AT_A_TIME = 5_120_333
Tell = Callable[[int], None]


class AlreadyHere(Exception):
    """The same content was imported before. Nothing was changed."""

    def __init__(self, release: Release) -> None:
        super().__init__(f"The same rows were imported before, as version {release.number}.")
        self.release = release


def upload(
    file: BinaryIO, name: str, actor: Actor, *, why: str = "", made_up: bool = False, at: datetime | None = None
) -> Release:
    """Keep a monthly file as the next version of its month and owe the reading of it.

    Raises `Unreadable` with a sentence for whoever sent it, or `AlreadyHere`. `why` tells readers what a correction
    corrects.
    """
    return _keep(_read(file, name), file, name, actor, why, made_up, at)


def import_file(file: BinaryIO, name: str, actor: Actor, *, why: str = "", made_up: bool = False) -> Release:
    """`upload` and `read_in` together, for whoever can wait: the file is read once. The same is raised."""
    read = _read(file, name)
    release = _keep(read, file, name, actor, why, made_up, None)
    _take_in(release, read, None)
    return release


def read_in(release: Release, tell: Tell = lambda row: None, at: datetime | None = None) -> None:
    """Make the cube and the report of an uploaded file; the release then waits for its reviewer, or is refused."""
    try:
        read = reading.read(content(release), release.file_name, 1 << 62, tell)
    except Unreadable as bad:
        release.why = bad.sentence
        cases.perform(release, "fail", SYSTEM, at=at)
        return
    _take_in(release, read, at)


@job("read_release", rank=BULK)
def read_release(event_id: int) -> None:
    """The worker's part: read what was uploaded, unless it was read meanwhile. Progress is told as it comes."""
    event = db.session.get_one(Event, event_id)
    release = db.session.get_one(Release, event.subject_id)
    if release.state != ReleaseState.UPLOADED:
        return
    rows, wanted = max(release.rows, 1), update(Release).where(Release.id == release.id)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:

        def tell(row: int) -> None:
            connection.execute(wanted.values(progress=min(95, 100 * row // rows)))

        read_in(release, tell)


def content(release: Release) -> BinaryIO:
    """The file of a release as it came."""
    kept = db.session.scalars(select(ReleaseFile.content).where(ReleaseFile.release_id == release.id)).one()
    return io.BytesIO(zlib.decompress(kept))


def _read(file: BinaryIO, name: str) -> Read:
    return reading.read(file, name, settings.value("releases.largest") * 1_000_000)


def _keep(read: Read, file: BinaryIO, name: str, actor: Actor, why: str, made_up: bool, at: datetime | None) -> Release:
    db.session.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": ONE_AT_A_TIME})
    outlines = None if counting.names_boroughs(read) else boundaries.newest()
    _refuse_what_is_here(read, outlines)
    series = (Release.kind == STOPS, Release.force == read.force, Release.month == read.month)
    release = Release(
        kind=STOPS,
        force=read.force,
        month=read.month,
        number=(db.session.scalar(select(func.max(Release.number)).where(*series)) or 0) + 1,
        made_up=made_up,
        stream_id=history.open_stream("release").id,
        uploaded_by=actor.account_id,
        uploaded_at=at or now(),
        file_name=name.replace("\\", "/").rpartition("/")[2][:200],
        size=read.shape.size,
        digest=read.shape.digest,
        rows_digest=read.rows_digest,
        boundaries_id=outlines,
        rows=read.rows,
        why=why,
    )
    cases.perform(release, "upload", actor, at=at, rows=read.rows, month=read.month, digest=read.shape.digest.hex())
    file.seek(0)
    db.session.add(ReleaseFile(release_id=release.id, content=zlib.compress(file.read(), 6)))
    db.session.flush()
    return release


def _take_in(release: Release, read: Read, at: datetime | None) -> None:
    counted = counting.count(read, _places(read, release.boundaries_id))
    unseen = _new_values(read)
    ids = _value_ids(counted, read)
    _copy(release.id, counted, ids)
    release.rows, release.progress, release.figures_digest = read.rows, 100, counted.digest
    release.report = reporting.report(release, read, counted, unseen, content)
    release.clean = not release.report["attention"]
    cases.perform(release, "validate", SYSTEM, at=at, figures=counted.digest.hex())


def _refuse_what_is_here(read: Read, outlines: int | None) -> None:
    same = (Release.digest == read.shape.digest) | (
        (Release.rows_digest == read.rows_digest) & (Release.force == read.force) & (Release.month == read.month)
    )
    wanted = select(Release).where(same, Release.state != ReleaseState.REFUSED)
    wanted = wanted.where(func.coalesce(Release.boundaries_id, 0) == (outlines or 0))
    found = db.session.scalars(wanted.order_by(Release.id.desc()).limit(1)).one_or_none()
    if found is not None:
        raise AlreadyHere(found)


def _places(read: Read, outlines: int | None) -> Places:
    boroughs, slugs = areas.boroughs(), {area.id: area.slug for area in areas.everything()}
    named = {word.casefold(): area.slug for area in boroughs for word in (area.slug, area.name, area.code) if word}
    bcus = {area.slug: slugs.get(area.parent_id or 0, "") for area in boroughs}
    return Places(boundaries.locate(outlines, read.points) if outlines else None, bcus, named)


def _new_values(read: Read) -> dict[str, dict[str, int]]:
    """The values that neither the table of wordings nor any release before knows, by field, with counts."""
    found = {name: values for name in reading.CODED if (values := read.values(name, "new value"))}
    known = select(Value.dimension, Value.wording).where(Value.known, Value.dimension.in_(list(found)))
    for dimension, wording in db.session.execute(known):
        found[dimension].pop(wording, None)
    return {name: values for name, values in found.items() if values}


def _value_ids(counted: Counted, read: Read) -> list[int]:
    """The ids of the cube's values, made where they are new."""
    told = {
        (name, m.wording) for name, all_of in read.meanings.items() for m in all_of if m.how in (KNOWN, OLD, REPAIRED)
    }
    rows = [
        {
            "dimension": name,
            "wording": word,
            "known": (name, word) in told or word == "" or name in ("borough", "self_group"),
        }
        for name, word in counted.values
    ]
    db.session.execute(insert(Value).on_conflict_do_nothing(), rows)
    found = db.session.execute(select(Value.dimension, Value.wording, Value.id)).all()
    by_name = {(row.dimension, row.wording): row.id for row in found}
    return [by_name[value] for value in counted.values]


def _copy(release_id: int, counted: Counted, ids: list[int]) -> None:
    by_slug = {area.slug: area.id for area in areas.everything()}
    area_ids = [by_slug[slug] for slug in counted.areas]
    raw: Any = db.session.connection().connection.driver_connection
    with raw.cursor().copy(f"copy release_cube ({', '.join(_COPIED)}) from stdin (format binary)") as copy:
        copy.set_types(list(_COPIED.values()))
        for month, area, group, section60, sums, cells in counted.rows:
            area_id = FORCE_WIDE if area < 0 else area_ids[area]
            group_id = EVERYBODY if group < 0 else ids[group]
            copy.write_row((area_id, group_id, release_id, month, section60, *sums, renamed(cells, ids)))


_SUMS = dict.fromkeys(("n", "decided", "positive", "arrests", "told", "linked"), "int4")
_COPIED = {"area_id": "int4", "group_id": "int4", "release_id": "int8", "month": "date", "section60": "bool"}
_COPIED |= _SUMS | {"cells": "bytea"}
