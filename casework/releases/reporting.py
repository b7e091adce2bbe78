"""What a file is reported to hold: what was found, what a second person has to see, what a correction changed.

The report is kept with its release as plain values; pages word it. It quotes values of columns, never whole rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any, BinaryIO

from sqlalchemy import select

from casework.extensions import db
from casework.releases import queries, reading
from casework.releases.counting import Counted
from casework.releases.cube import FORCE_WIDE, Count, add_up
from casework.releases.models import Release
from casework.releases.queries import STOPS
from casework.releases.reading import COLUMNS, Read
from casework.releases.wordings import OLD, REPAIRED
from casework.releases.workflow import ReleaseState

# A correction is reported with so many changed figures; of a whole new file nobody reads more.
MOST_CHANGES = 300
Content = Callable[[Release], BinaryIO]


def report(
    release: Release, read: Read, counted: Counted, unseen: dict[str, dict[str, int]], content: Content
) -> dict[str, Any]:
    """The report of a file that was read into a cube."""
    series = _series(release)
    counts = Counter(read.row_months)
    return {
        "encoding": read.shape.encoding,
        "mark": read.shape.mark,
        "line_ends": read.shape.line_ends,
        "missing": [COLUMNS[key][0] for key in read.missing],
        "extra": read.extra,
        "found": {
            kind: read.found[kind] for kind in (*reading.KINDS, "blank line", "header again") if read.found[kind]
        },
        "blanks": {key: read.found[f"blank {key}"] for key in reading.CODED if read.found[f"blank {key}"]},
        "old": {key: values for key in reading.CODED if (values := read.values(key, OLD))},
        "repaired": {key: values for key in reading.CODED if (values := read.values(key, REPAIRED))},
        "new": unseen,
        "months": {month.isoformat(): counts[code] for code, month in enumerate(read.months)},
        "elsewhere": counted.elsewhere,
        "missing_months": [month.isoformat() for month in gaps(series)],
        "attention": list(_attention(read, unseen)),
        "changes": _changes(release, read, counted, content),
    }


def gaps(months: list[date]) -> list[date]:
    """The months that a series leaves out between its first and its last."""
    found, have = [], set(months)
    month = min(have, default=date.max)
    while month < max(have, default=date.min):
        if month not in have:
            found.append(month)
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return found


def _series(release: Release) -> list[date]:
    ended = (ReleaseState.REFUSED, ReleaseState.WITHDRAWN)
    wanted = select(Release.month).where(Release.kind == STOPS, Release.force == release.force)
    return list(db.session.scalars(wanted.where(Release.state.not_in(ended)).distinct()))


def _attention(read: Read, unseen: dict[str, dict[str, int]]) -> Any:
    """What a second person has to see before readers do, as sentences."""
    for name, values in unseen.items():
        yield f"Rows in which “{COLUMNS[name][0]}” holds a value never seen before: {sum(values.values()):,}."
    said = {
        "undated": "Rows without a date that can be read, which are in no figure",
        "other month": "Rows of another month",
        "short": "Rows with fewer cells than there are columns",
        "long": "Rows with more cells than there are columns",
        "bad coordinates": "Rows with coordinates that are none",
        "header again": "Times that the header stands in the middle of the file",
    }
    for kind, words in said.items():
        if read.found[kind]:
            yield f"{words}: {read.found[kind]:,}."
    if read.missing:
        yield "Columns are missing: " + ", ".join(COLUMNS[key][0] for key in read.missing) + "."
    if read.month_of_name not in (None, read.month):
        yield f"By its name the file is of {read.month_of_name:%B %Y}, by its rows of {read.month:%B %Y}."


def _changes(release: Release, read: Read, counted: Counted, content: Content) -> dict[str, Any] | None:
    """What is different from the version before: rows, and the figures of the whole force."""
    wanted = select(Release).where(
        Release.kind == STOPS,
        Release.force == release.force,
        Release.month == release.month,
        Release.number < release.number,
        Release.state.not_in((ReleaseState.REFUSED, ReleaseState.UPLOADED)),
    )
    before = db.session.scalars(
        wanted.order_by(Release.is_current.desc(), Release.number.desc()).limit(1)
    ).one_or_none()
    if before is None:
        return None
    old = reading.read(content(before), before.file_name, 1 << 62)
    was, is_now = _force_wide(before), _sums(counted, release.month)
    changed = [
        [dimension, wording, was.get((dimension, wording), Count()).n, is_now.get((dimension, wording), Count()).n]
        for dimension, wording in sorted(was.keys() | is_now.keys())
        if was.get((dimension, wording)) != is_now.get((dimension, wording))
    ]
    return {
        "version": before.number,
        "release": before.id,
        "added": (read.digests - old.digests).total(),
        "removed": (old.digests - read.digests).total(),
        "rows": [old.rows, read.rows],
        "figures": changed[:MOST_CHANGES],
        "more": max(0, len(changed) - MOST_CHANGES),
    }


def _force_wide(release: Release) -> dict[tuple[str, str], Count]:
    kept = queries.figures([release.month], FORCE_WIDE, releases=[release.id]).all.cells
    return {(name, word): count for name, values in kept.items() for word, count in values.items()}


def _sums(counted: Counted, month: date) -> dict[tuple[str, str], Count]:
    rows = [cells for of, area, group, _, _, cells in counted.rows if (of, area, group) == (month, -1, -1)]
    return {counted.values[at]: count for at, count in add_up(rows).items()}
