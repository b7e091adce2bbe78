"""Ten years of a large force, two million stops: one month is read as any file is, its cube copied to 119 more."""

from __future__ import annotations

import gzip
import io
import random
import urllib.request
from datetime import UTC, date, datetime, timedelta
from itertools import product

import psycopg

from casework.areas import queries as areas
from casework.extensions import db
from casework.releases import importing
from casework.releases.models import Release
from casework.releases.wordings import every
from casework.roles import Actor, Role
from tests.bench.visits import Visit

MONTHS, ROWS = 120, 17_000
LAST = date(2025, 12, 1)
HEADER = (
    "Type,Date,Part of a policing operation,Policing operation,Latitude,Longitude,Gender,Age range,Self-defined ethnicity,"
    "Officer-defined ethnicity,Legislation,Object of search,Outcome,Outcome linked to object of search,"
    "Removal of more than just outer clothing,Borough"
)
COLUMNS = ("sex", "age", "self", "officer", "legislation", "object", "outcome")


def fill(owner_url: str) -> None:
    """Publish ten years. The caller has the application's context."""
    release = importing.upload(
        io.BytesIO(month()), f"{LAST:%Y-%m}-metropolitan-stop-and-search.csv", Actor(Role.SYSTEM)
    )
    importing.read_in(release)
    db.session.commit()
    with psycopg.connect(owner_url) as connection:
        known = {"id": release.id, "last": LAST, "months": MONTHS}
        connection.execute(_OUT, known)
        connection.execute(_RELEASES, known)
        connection.execute(_CUBE, known)
        # A worker that makes thousands of them at once is no measure of a day's mail.
        connection.execute(_PACKS)
        connection.commit()
        connection.autocommit = True
        connection.execute("ANALYZE release_cube")
    assert db.session.query(Release).count() == MONTHS


def month() -> bytes:
    """A file of one month with everything in it that a year's files say."""
    rng, lines = random.Random(5), [HEADER]
    values = {column: every(column) for column in COLUMNS}
    boroughs = [area.name for area in areas.boroughs()]
    begun = datetime(LAST.year, LAST.month, 1, 6, tzinfo=UTC)
    for number in range(ROWS):
        at = begun + timedelta(minutes=number * 2)
        said = [rng.choice(values[column]) for column in COLUMNS]
        place = rng.choice(boroughs)
        fields = [
            "Person search",
            f"{at:%Y-%m-%dT%H:%M:%S}+00:00",
            "False",
            "",
            "",
            "",
            *said,
            rng.choice(["True", "False", ""]),
            "False",
            place,
        ]
        lines.append(",".join(f'"{field}"' for field in fields))
    return ("\r\n".join(lines) + "\r\n").encode()


def visits(count: int) -> list[Visit]:
    """Every kind of choice in turn: areas, groups, powers, short and long periods, two beside each other."""
    slugs = ["", *(area.slug for area in (*areas.bcus(), *areas.boroughs())[:12])]
    groups = ["", "officer:Black", "self_group:White", "age:10-17", "sex:Female"]
    periods = ["", "&from=2025-12&to=2025-12", "&from=2016-01&to=2025-12", "&from=2020-01&to=2022-12"]
    others = ["", "&with_group=all", f"&with_area={slugs[-1]}", "&with_period=year-before", "&power=section-60"]
    every_one = list(product(slugs, groups, periods, others))
    random.Random(7).shuffle(every_one)
    return [
        {"steps": [["GET", f"/stop-and-search?area={area}&group={group}{period}{other}", 200]]}
        for area, group, period, other in every_one[:count]
    ]


def transferred(port: int) -> float:
    """How many KB a browser is sent for the page with the map, as it is compressed on the way."""
    asked = urllib.request.Request(f"http://localhost:{port}/stop-and-search?from=2016-01&to=2025-12")
    with urllib.request.urlopen(asked, timeout=30) as answer:
        return len(gzip.compress(answer.read(), 6)) / 1024


_OUT = "UPDATE releases SET state = 'released', is_current = true, released_at = now() WHERE id = %(id)s"
_RELEASES = """
    INSERT INTO releases SELECT (jsonb_populate_record(r, jsonb_build_object(
        'id', nextval('releases_id_seq'), 'month', (%(last)s::date - make_interval(months => n))::date,
        'digest', '\\x' || encode(sha256(n::text::bytea), 'hex')))).*
    FROM releases r, generate_series(1, %(months)s - 1) AS n WHERE r.id = %(id)s
"""
_CUBE = """
    INSERT INTO release_cube SELECT (jsonb_populate_record(c, jsonb_build_object('release_id', r.id, 'month', r.month))).*
    FROM release_cube c, releases r WHERE c.release_id = %(id)s AND r.id <> %(id)s
"""
_PACKS = """
    INSERT INTO release_packs (release_id, area_id, stored, size, digest, made_at)
    SELECT r.id, a.id, '', 0, ''::bytea, now() FROM releases r, areas a
"""
