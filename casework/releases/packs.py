"""The pack of a monitoring group: one tagged PDF for a borough and month, with the numbers of the pages. Never commits.

Made by a worker once a month is out, kept sealed in the store, and the same for ever: a correction is a release of its
own, with packs of its own.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable
from typing import Any

from flask import current_app
from sqlalchemy import select

from casework.areas import queries as areas
from casework.areas.models import Area
from casework.exchanges import store
from casework.extensions import db
from casework.moments import now
from casework.printing import document
from casework.releases import files, looking, names, overview, queries
from casework.releases.choices import Choice, month_at
from casework.releases.models import Cube, Pack, Release
from casework.releases.overview import Piece, Terms
from casework.releases.queries import STOPS
from casework.settings import service as settings

# How many months the trend of a pack goes back, its own among them.
BACK = 12


def wanted(limit: int) -> list[tuple[int, int]]:
    """Releases that readers have and boroughs of which there is no pack yet, the newest month first."""
    boroughs = [area.id for area in areas.boroughs()]
    made = select(Pack.id).where(Pack.release_id == Cube.release_id, Pack.area_id == Cube.area_id)
    rows = (
        select(Cube.release_id, Cube.area_id)
        .join(Release, Release.id == Cube.release_id)
        .where(
            Release.kind == STOPS, Release.is_current, Cube.group_id == queries.EVERYBODY, Cube.area_id.in_(boroughs)
        )
        .where(~made.exists())
        .group_by(Cube.release_id, Cube.area_id, Release.month)
        .order_by(Release.month.desc(), Cube.area_id)
    )
    return [(row.release_id, row.area_id) for row in db.session.execute(rows.limit(limit))]


def make(release_id: int, area_id: int) -> Pack:
    """Make and keep the pack of a release for a borough. Raises `document.CannotPrint`."""
    release, area = db.session.get_one(Release, release_id), db.session.get_one(Area, area_id)
    content = document.render(html(release, area), [STYLE])
    pack = Pack(
        release_id=release_id,
        area_id=area_id,
        stored=store.put(io.BytesIO(content)),
        size=len(content),
        digest=hashlib.sha256(content).digest(),
        made_at=now(),
    )
    db.session.add(pack)
    db.session.flush()
    return pack


def html(release: Release, area: Area) -> str:
    """What is printed."""
    published = [month for month in queries.months(release.force) if month.month <= release.month]
    offer = looking.offered(published, True)
    ids = [release.id, *(month.release_id for month in published if month.month != release.month)]
    here = looking.chosen(Choice(release.month, release.month, area.slug), offer, published, ids)
    whole = looking.chosen(Choice(release.month, release.month), offer, published, ids)
    first = max(published[0].month, month_at(release.month.year * 12 + release.month.month - BACK))
    year = looking.chosen(Choice(first, release.month, area.slug), offer, published, ids)
    terms = Terms(int(settings.value("numbers.base")))
    both = Terms(terms.fewest, (area.name, looking.FORCE))
    asked: dict[str, Any] = {"chosen": [here], "terms": terms}
    pieces: list[Piece | None] = [
        overview.trend([year], terms),
        overview.breakdown("reason", "By reason", "object", **asked),
        overview.breakdown("outcome", "By outcome", "outcome", **asked),
        overview.breakdown("age", "By age", "age", **asked),
        overview.breakdown("sex", "By sex", "sex", **asked),
        overview.breakdown("self", "By ethnicity, self-defined", "self_group", **asked),
        overview.breakdown("officer", "By ethnicity, officer-defined", "officer", **asked),
        overview.rates("rates", "Rate for each 1,000 residents, self-defined ethnicity", "self_group", **asked),
        overview.section60(**asked),
    ]
    page = current_app.jinja_env.get_template("releases/pack.html")
    return page.render(
        area=area,
        title=f"Stop and search in {area.name}, {overview.month_words(release.month)}",
        release=release,
        name=names.write(release.kind, release.force, release.month, release.number),
        site=current_app.config["PUBLIC_URL"],
        keys=overview.key_figures([here, whole], both),
        names=both.names,
        pieces=[piece for piece in pieces if piece is not None],
        fewest=terms.fewest,
        notice=files.NOTICE,
    )


def content(pack: Pack) -> Iterable[bytes]:
    """The PDF, piece by piece. `store.Missing` if it is gone."""
    return store.get(pack.stored)


def of(release_id: int) -> list[tuple[Pack, Area]]:
    """The packs of a release, by the name of their borough."""
    rows = select(Pack, Area).join(Area, Area.id == Pack.area_id).where(Pack.release_id == release_id)
    return [(row.Pack, row.Area) for row in db.session.execute(rows.order_by(Area.name))]


@store.keeps
def _used(stored: Iterable[str]) -> set[str]:
    """Which of these names in the store are packs."""
    return set(db.session.scalars(select(Pack.stored).where(Pack.stored.in_(list(stored)))))


STYLE = """
@page { size: A4; margin: 18mm 16mm 20mm }
@page { @bottom-right { content: counter(page) " of " counter(pages); font-size: 9pt } }
body { font: 10.5pt/1.4 "DejaVu Sans", "Noto Sans", sans-serif; color: #10212b; }
h1 { font-size: 20pt; line-height: 1.15; margin: 0 0 4mm; }
h2 { font-size: 13pt; margin: 8mm 0 2mm; break-after: avoid; }
p { margin: 0 0 2.5mm; }
table { border-collapse: collapse; width: 100%; font-size: 8.5pt; margin: 2mm 0 0; }
th, td { padding: 1mm 1.5mm; border-bottom: .3pt solid #8a979d; text-align: right; vertical-align: top; }
th:first-child { text-align: left; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
caption { text-align: left; font-weight: bold; padding-bottom: 1mm; }
/* heights in a picture are em of its own words, which WeasyPrint draws at 16px */
svg { max-width: 150mm; font-size: 16px; margin: 2mm 0; break-inside: avoid; }
td { white-space: nowrap; }
.made-up { border: 1.5pt solid #10212b; padding: 2mm 3mm; font-weight: bold; }
.small { font-size: 8.5pt; }
"""
