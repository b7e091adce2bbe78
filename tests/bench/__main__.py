"""`make bench`: yardsticks, pages, mail and memory at 1,000 and 100,000 cases; `--quick`; `--servers` compares web servers."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from tests.bench import letters, mail, measures, report, scans, stop_pages, stops
from tests.bench.ground import Ground, Site
from tests.bench.visits import Visits


def main() -> None:
    """Run the bench that was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller and shorter: 1,000 and 20,000 cases, two rounds")
    parser.add_argument("--servers", metavar="PYTHON", nargs="?", const=sys.executable,
                        help="compare web servers under slow clients; PYTHON has waitress and gunicorn, and Flask")  # fmt: skip
    parser.add_argument("--scans", action="store_true", help="only the scans of the post room")
    parser.add_argument("--stops", action="store_true", help="only ten years of stop and search data")
    chosen = parser.parse_args()
    if chosen.servers:
        from tests.bench import slow

        slow.main(chosen.servers)
        return
    with tempfile.TemporaryDirectory(prefix="casework-bench-") as folder:
        if chosen.scans:
            only_scans(Path(folder), chosen.quick)
        elif not chosen.stops:
            bench(Path(folder), chosen.quick)
    if not chosen.scans and not chosen.stops:
        # in a process of its own: its memory is measured
        subprocess.run(
            [sys.executable, "-m", "tests.bench", "--stops", *(["--quick"] if chosen.quick else [])], check=True
        )
    elif chosen.stops:
        with tempfile.TemporaryDirectory(prefix="casework-bench-") as folder:
            stops.measure(Path(folder), say, chosen.quick)


def bench(folder: Path, quick: bool) -> None:
    """Everything in one run, so that figures may be compared with the yardsticks beside them."""
    begun = time.monotonic()
    sizes = [1000, 20_000] if quick else [1000, 100_000]
    many, count, burst = (2, 60, 200) if quick else (5, 120, 1000)
    say(
        f"{os.cpu_count()} cores; {many} rounds after one to warm up, all measures in turn in each; medians of the rounds"
    )
    ground = Ground(folder)
    crowd = measures.Crowd()
    try:
        sites = [Site(ground, size) for size in sizes]
        say(f"{sizes[-1]} cases were generated in {sites[-1].generated:.0f} s")
        with sites[-1].app.app_context():
            stop_pages.fill(sites[-1].owner_url)
        for site in sites:
            site.start_web()
        say(f"the page on stop and search, over ten years with its map: {stop_pages.transferred(sites[-1].port):.0f} KB  "
            f"aim {report.MAP} KB")  # fmt: skip
        hello, port = ground.start_hello()
        visits = [Visits(site) for site in sites]
        results = measures.rounds(ground, visits, crowd, (hello.pid, port), many, count)
        for line in report.actions(results, sizes):
            say(line)
        for process in [hello, *(site.web for site in sites[:-1])]:
            assert process
            ground.kill(process)
        found = mail.Post(ground, visits[-1], crowd).measure(burst)
        for line in report.mail(found, median(results["SMTP, one connection", 0].rate)):
            say(line)
        for line in report.scans(scans.measure(sites[0], 200 if quick else 1000)):
            say(line)
    finally:
        crowd.close()
        ground.close()
    for line in letters.measure(1 if quick else 5):
        say(line)
    say(f"took {time.monotonic() - begun:.0f} s")


def only_scans(folder: Path, quick: bool) -> None:
    """Scans, on a small site."""
    ground = Ground(folder)
    try:
        for line in report.scans(scans.measure(Site(ground, 20), 200 if quick else 1000)):
            say(line)
    finally:
        ground.close()


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)


if __name__ == "__main__":
    main()
