"""Ten years of stops: how long a month and all of it take to import, in how much memory, and what the pages cost then.

`python -m tests.bench --stops`. The months are made up, 13,000 rows each, placed by outlines that are squares.
"""

from __future__ import annotations

import csv
import json
import random
import resource
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from casework.areas import load
from casework.areas import queries as areas
from casework.extensions import db
from casework.releases import wordings
from casework.releases.reading import COLUMNS
from tests.bench import client, processes
from tests.bench.ground import ROOT, Ground, Site
from tests.bench.report import met

ROWS, MONTHS = 13_000, 155
# Seconds for a month and for everything, megabytes, milliseconds of CPU for a page.
MONTH, ALL, MEMORY, PAGE = 5, 300, 500, 25
SIDE = 0.06  # of a square, in degrees
FILTERS = (
    "", "?from={first}&to={last}", "?from={first}&to={last}&area=hackney", "?from={first}&to={last}&group=officer:Black",
    "?from={first}&to={last}&area=north&power=without-section-60", "?from={first}&to={last}&area=brent&group=age:18-24",
)  # fmt: skip


def measure(folder: Path, say: Any, quick: bool) -> None:
    """Generate, import, bring out and look, and say each figure beside its aim."""
    months = MONTHS // 12 if quick else MONTHS
    ground = Ground(folder)
    try:
        site = Site(ground, 1000)
        with site.app.app_context():
            load.load(load.LONDON, "Thamesmere Police")
            db.session.commit()
            squares = {area.slug: (area.code, at) for at, area in enumerate(areas.boroughs())}
        (folder / "squares.json").write_text(json.dumps(outlines(squares)))
        (folder / "months").mkdir()
        made = [write(folder / "months", month, len(squares)) for month in _months(months)]
        command(site, "areas", "boundaries", str(folder / "squares.json"))
        one, cpu_one, _ = command(site, "releases", "import", str(made[0]))
        say(f"a month, {ROWS:,} rows: {one:.1f} s, CPU {cpu_one:.1f} s  aim {MONTH} s  {met(one < MONTH)}")
        every, cpu, most = command(site, "releases", "import", str(folder / "months"))
        say(f"{months} months, {ROWS * months:,} rows: {every:.0f} s, CPU {cpu:.0f} s  aim {ALL} s  {met(every < ALL)}")
        say(f"the most memory of that, MB: {most:.0f}  aim {MEMORY}  {met(most < MEMORY)}")
        numbers = [str(row[0]) for row in site.rows("select id from releases order by month")]
        for action in ("review", "release"):
            command(site, "releases", "do", action, *numbers, "--as", "supervisor@force.example")
        size = site.rows("select pg_size_pretty(pg_total_relation_size('release_cube')), count(*) from release_cube")
        say(f"the cube: {size[0][1]:,} rows, {size[0][0]}")
        site.start_web()
        look(site, say, _months(months))
    finally:
        ground.close()


def look(site: Site, say: Any, months: list[date]) -> None:
    """What each choice on the page costs, application and database together."""
    assert site.web
    pids = [site.web.pid, site.ground.postgres_pid]
    for choice in FILTERS:
        path = "/stop-and-search" + choice.format(first=f"{months[0]:%Y-%m}", last=f"{months[-1]:%Y-%m}")
        visit = {"steps": [("GET", path, 200)]}
        job = {"port": site.port, "host": f"localhost:{site.port}", "threads": 1}
        client.work(job | {"visits": [visit] * 5})
        costs = []
        for _ in range(3):
            before = processes.cpu(pids)
            found = client.work(job | {"visits": [visit] * 30})
            costs.append((processes.cpu(pids) - before) / 30 * 1000)
        cpu = median(costs)
        say(f"{path:75}{cpu:7.1f} ms CPU  aim {PAGE}  {met(cpu <= PAGE)} {found['wrong'][:1] or ''}")


def command(site: Site, *words: str) -> tuple[float, float, float]:
    """Run a command: the seconds that it took, those of CPU with the database's, and its most memory in MB."""
    pids = [site.ground.postgres_pid]
    begun, database, before = time.monotonic(), processes.cpu(pids), resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen(
        [sys.executable, "-m", "casework", *words],
        env=site.env,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    said, wrong = process.communicate()
    assert process.returncode == 0, (said[-500:], wrong[-2000:])
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime + processes.cpu(pids) - database
    return time.monotonic() - begun, cpu, used.ru_maxrss / 1024


def outlines(squares: dict[str, tuple[str, int]]) -> dict[str, Any]:
    """A square for every borough, side by side."""
    features = []
    for code, at in squares.values():
        west, south = -0.3 + at % 6 * SIDE, 51.3 + at // 6 * SIDE
        ring = [[west, south], [west + SIDE, south], [west + SIDE, south + SIDE], [west, south + SIDE], [west, south]]
        geometry = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": {"LAD22CD": code}, "geometry": geometry})
    return {"type": "FeatureCollection", "features": features}


def write(folder: Path, month: date, squares: int) -> Path:
    """A month of made-up rows in the format of police.uk, the same each time."""
    rng = random.Random(month.isoformat())
    path = folder / f"{month:%Y-%m}-thamesmere-stop-and-search.csv"
    selves, objects, laws = wordings.every("self"), wordings.every("object"), wordings.every("legislation")
    outcomes, points = wordings.every("outcome"), [_point(rng, squares) for _ in range(4500)]
    begun = datetime(month.year, month.month, 1, 1, tzinfo=UTC)
    with path.open("w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow([ways[0] for name, ways in COLUMNS.items() if name != "borough"])
        for _ in range(ROWS):
            where = rng.choice(points) if rng.random() > 0.08 else ("", "")
            law = 3 if rng.random() < 0.05 else rng.choice((10, 10, 10, 12, 12, 8))
            out.writerow((
                rng.choice(("Person search", "Person search", "Person and Vehicle search")),
                f"{begun + timedelta(minutes=rng.randrange(27 * 1440)):%Y-%m-%dT%H:%M:00+00:00}", "False", "", *where,
                rng.choice(("Male", "Male", "Male", "Male", "Female", "")), rng.choice(("10-17", "18-24", "18-24", "25-34", "over 34", "")),
                rng.choice(selves), rng.choice(("White", "Black", "Asian", "Other", "")), laws[law], rng.choice(objects[:10]),
                rng.choice((*outcomes[:1] * 12, *outcomes[:7])), rng.choice(("True", "False", "")), "False",
            ))  # fmt: skip
    return path


def _point(rng: random.Random, squares: int) -> tuple[str, str]:
    at = rng.randrange(squares + 1)  # one more square than there are: elsewhere
    west, south = -0.3 + at % 6 * SIDE, 51.3 + at // 6 * SIDE
    return f"{south + rng.random() * SIDE:.6f}", f"{west + rng.random() * SIDE:.6f}"


def _months(count: int) -> list[date]:
    return [date(2013 + at // 12, at % 12 + 1, 1) for at in range(count)]
