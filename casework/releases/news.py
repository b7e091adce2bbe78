"""Releases at their fixed addresses: what came out, what is announced, each one with its files, hashes and notes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from flask import Blueprint, abort, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from casework.accounts.door import public
from casework.areas.models import Area
from casework.extensions import db
from casework.publishing import as_csv
from casework.releases import answers, files, names, overview, packs, queries
from casework.releases import own as own_tables
from casework.releases.cube import Count, add_up
from casework.releases.files import Block
from casework.releases.models import Cube, Release
from casework.releases.workflow import PUBLIC, ReleaseState

bp = Blueprint("stops_news", __name__)

# How many releases the page and the feed have at a time.
PAGE = 50


@dataclass(frozen=True)
class Line:
    """A release as lists have it."""

    name: str
    title: str
    state: str
    released_at: datetime | None
    scheduled_for: datetime | None
    why: str
    made_up: bool


@bp.get("/stop-and-search/releases")
@public
def listed() -> ResponseReturnValue:
    """What is announced, and what came out, the newest first."""
    after = request.args.get("after", "")
    known = int(after) if after.isascii() and after.isdecimal() and len(after) < 19 else None
    found = queries.latest(PAGE + 1, known)
    older = found[PAGE - 1].id if len(found) > PAGE else None
    announced = _lines(queries.announced()) if known is None else []
    return render_template(
        "releases/listed.html", out=_lines(found[:PAGE]), announced=announced, older=older, known=known
    )


@bp.get("/api/v1/stop-and-search/releases")
@public
def releases() -> ResponseReturnValue:
    """The same for programs."""
    out, announced = _lines(queries.latest(PAGE)), _lines(queries.announced())
    found = {"announced": [_told(line) for line in announced], "released": [_told(line) for line in out]}
    return answers.file(files.dumped(found), answers.JSON, _newest(out))


@bp.get("/stop-and-search/releases.atom")
@public
def feed() -> ResponseReturnValue:
    """The newest releases as a feed (RFC 4287)."""
    out = _lines(queries.latest(PAGE))
    site = str(current_app.config["PUBLIC_URL"])
    content = render_template(
        "releases/feed.xml",
        site=site,
        here=site + url_for("stops_news.feed"),
        updated=_stamp(_newest(out)),
        notice=files.NOTICE,
        entries=[(line, _stamp(line.released_at)) for line in out],
        words=STATE_WORDS,
    )
    return answers.file(content.encode(), answers.ATOM, _newest(out))


@bp.get("/stop-and-search/releases/<name>")
@public
def release(name: str) -> ResponseReturnValue:
    """One release: its files with their hashes, its notes, whether there is a newer one, and what is in it."""
    found = _find(name)
    versions = _lines(queries.versions(found.force, found.month, found.kind))
    line = _line(found)
    page = {"release": found, "line": line, "versions": versions, "newest": versions[0] if versions else line}
    if found.state == ReleaseState.WITHDRAWN:
        return render_template("releases/withdrawn.html", **page), 410
    offered = [(kind, *_hashed(found, kind)) for kind in ("csv", "json")]
    own = own_tables.tables_of(found) if found.kind in own_tables.KINDS else []
    pieces = [] if own else _figures(found)
    return render_template(
        "releases/release.html", **page, files=offered, figures=pieces, own=own, packs=packs.of(found.id)
    )


@bp.get("/stop-and-search/releases/<name>/figures.<any(csv, json):kind>")
@public
def file(name: str, kind: str) -> ResponseReturnValue:
    """A file of a release: the same bytes for ever."""
    found = _find(name)
    if found.state not in PUBLIC:
        abort(410)
    content = _content(found, kind)
    mime = answers.CSV if kind == "csv" else answers.JSON
    return answers.file(content, mime, found.released_at, f"{name}.{kind}", answers.DAY)


@bp.get("/stop-and-search/releases/<name>/packs/<slug>.pdf")
@public
def pack(name: str, slug: str) -> ResponseReturnValue:
    """The pack of a borough's monitoring group."""
    found = _find(name)
    if found.state not in PUBLIC:
        abort(410)
    kept = next((kept for kept, area in packs.of(found.id) if area.slug == slug), None)
    if kept is None:
        abort(404)
    content = b"".join(packs.content(kept))
    return answers.file(content, answers.PDF, kept.made_at, f"{name}-{slug}.pdf", answers.DAY)


def _find(name: str) -> Release:
    """The release of a name that came out once, or 404."""
    read = names.read(name)
    if read is None:
        abort(404)
    kind, force, month, number = read
    wanted = select(Release).where(
        Release.kind == kind, Release.force == force, Release.month == month, Release.number == number
    )
    found = db.session.scalars(wanted.where(Release.released_at.is_not(None))).one_or_none()
    if found is None:
        abort(404)
    return found


def _figures(release: Release) -> list[Any]:
    """The breakdowns of a month of stops, each as a table."""
    powers = queries.figures([release.month], releases=[release.id])
    chosen = overview.Chosen(
        overview.month_words(release.month), (release.month,), powers.all.total, powers.all.months, powers.all.cells,
        powers.section60.total, powers.section60.months, powers.section60.cells,
    )  # fmt: skip
    terms = overview.Terms(1)
    return [
        overview.breakdown(key, heading, dimension, [chosen], terms)
        for key, heading, dimension in (
            ("outcome", "By outcome", "outcome"),
            ("reason", "By reason", "object"),
            ("self", "By ethnicity, self-defined", "self_group"),
        )
    ]


def _content(release: Release, kind: str) -> bytes:
    return _made(release.id, bytes(release.figures_digest or b""), _name(release), kind, release.made_up)


@lru_cache(maxsize=16)
def _made(release_id: int, digest: bytes, name: str, kind: str, made_up: bool) -> bytes:
    """The file of a release; what it is made from never changes."""
    release = db.session.get_one(Release, release_id)
    if release.kind in own_tables.KINDS:
        return own_tables.content_of(release) if kind == "json" else as_csv(own_tables.tables_of(release)).encode()
    blocks = _blocks(release_id)
    if kind == "csv":
        return files.as_csv(blocks)
    return files.as_json(blocks, release=name, made_up=made_up)


@lru_cache(maxsize=256)
def _digest(release_id: int, digest: bytes, name: str, kind: str, made_up: bool) -> tuple[str, int]:
    content = _made(release_id, digest, name, kind, made_up)
    return hashlib.sha256(content).hexdigest(), len(content)


def _hashed(release: Release, kind: str) -> tuple[str, int]:
    return _digest(release.id, bytes(release.figures_digest or b""), _name(release), kind, release.made_up)


def _blocks(release_id: int) -> list[Block]:
    """Everything that a release says of everybody: area by area, under section 60 and not."""
    rows = db.session.execute(
        select(Cube.__table__).where(Cube.release_id == release_id, Cube.group_id == queries.EVERYBODY)
    ).all()
    slugs = {area.id: area.slug for area in db.session.query(Area)} | {queries.FORCE_WIDE: ""}
    packed = {row: add_up([row.cells]) for row in rows}
    words = queries.wordings({key for cells in packed.values() for key in cells})
    blocks = []
    for row, cells in packed.items():
        power = "section-60" if row.section60 else "without-section-60"
        by_dimension: dict[str, dict[str, Count]] = {
            "total": {"": Count(row.n, row.decided, row.positive, row.arrests, row.told, row.linked)}
        }
        for key in sorted(cells, key=lambda each: words[each]):
            dimension, wording = words[key]
            by_dimension.setdefault(dimension, {})[wording] = cells[key]
        blocks.append(Block(slugs[row.area_id], row.month, row.month, "", power, by_dimension))
    return sorted(blocks, key=lambda block: (block.area, block.power))


STATE_WORDS: dict[str, str] = {
    ReleaseState.RELEASED: "Released",
    ReleaseState.CORRECTED: "Corrected: a newer version is out",
    ReleaseState.WITHDRAWN: "Withdrawn",
    ReleaseState.SCHEDULED: "Announced",
}


def _told(line: Line) -> dict[str, Any]:
    moment = line.released_at or line.scheduled_for
    return {
        "name": line.name,
        "title": line.title,
        "state": line.state,
        "at": _stamp(moment) if moment else None,
        "note": line.why,
        "made_up": line.made_up,
        "address": url_for("stops_news.release", name=line.name),
    }


def _lines(found: Sequence[Release]) -> list[Line]:
    return [_line(release) for release in found]


def _line(release: Release) -> Line:
    title = f"{names.WORDS.get(release.kind, release.kind)}, {overview.month_words(release.month)}"
    if release.number > 1:
        title += f", version {release.number}"
    return Line(
        _name(release),
        title,
        str(release.state),
        release.released_at,
        release.scheduled_for,
        release.why,
        release.made_up,
    )


def _name(release: Release) -> str:
    return names.write(release.kind, release.force, release.month, release.number)


def _newest(lines: Sequence[Line]) -> datetime | None:
    return max((line.released_at for line in lines if line.released_at), default=None)


def _stamp(moment: datetime | None) -> str:
    return (moment or datetime.combine(date(1970, 1, 1), datetime.min.time())).strftime("%Y-%m-%dT%H:%M:%SZ")
