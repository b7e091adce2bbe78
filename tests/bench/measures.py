"""The rounds: every measure once per round, one after the other, so that a busy machine slows all of them alike."""

from __future__ import annotations

import json
import smtplib
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import psycopg

from casework.roles import Role
from tests.bench import keying, processes, stop_pages
from tests.bench.ground import ROOT, Ground
from tests.bench.visits import Visit, Visits
from tests.bench.words import COMMON, RARE

VISITORS, MOST_ROUNDS = 4, 6
MESSAGE = (
    "From: a@example.org\r\nTo: {to}\r\nSubject: yardstick {n}\r\nMessage-ID: <{n}@bench.example>\r\n\r\n"
    + "a line of words in a message of usual length\r\n" * 20
)
FOUR_ROWS = "INSERT INTO bench_rows (words, at) VALUES ('some words about something', now())"
PAGE = "SELECT id, reference, next_due_on FROM cases WHERE is_open AND kind = 'ride' AND (next_due_on, id) > (%s, %s) ORDER BY next_due_on, id LIMIT 25"


@dataclass
class Figures:
    """What one measure gave, a value per round; times in milliseconds."""

    rate: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p95: list[float] = field(default_factory=list)
    application: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def add(self, times: list[float], seconds: float, application: float, database: float) -> None:
        """Add a round: the times of its actions and the CPU seconds that they took together."""
        count = len(times)
        self.rate.append(count / seconds)
        self.p50.append(quantile(times, 0.5) * 1000)
        self.p95.append(quantile(times, 0.95) * 1000)
        self.application.append(application / count * 1000)
        self.database.append(database / count * 1000)

    def cpu(self) -> float:
        """Milliseconds of application and database together per action, the median of the rounds."""
        return median(a + d for a, d in zip(self.application, self.database, strict=True))


Results = dict[tuple[str, int], Figures]


def quantile(times: list[float], share: float) -> float:
    """The value that so many stay below."""
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


class Crowd:
    """The visitors, in a process of their own."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.bench.client"]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def visit(self, port: int, visits: list[Visit], visitors: int = VISITORS, pause: float = 0.0) -> dict[str, Any]:
        """Make visits; the times, how long all took, what went wrong, when whose POST was sent."""
        self.begin(port, visits, visitors, pause)
        return self.end()

    def begin(self, port: int, visits: list[Visit], visitors: int = VISITORS, pause: float = 0.0) -> None:
        """Begin to make visits."""
        assert self._process.stdin
        job = {"port": port, "host": f"localhost:{port}", "visits": visits, "threads": visitors, "pause": pause}
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()

    def end(self) -> dict[str, Any]:
        """What came of the visits that were begun."""
        assert self._process.stdout
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()


def rounds(ground: Ground, sites: list[Visits], crowd: Crowd, hello: tuple[int, int], many: int, count: int) -> Results:
    """So many rounds of all measures; `count` actions each, fewer where one costs more. The first warms up."""
    results: Results = {}
    for number in range(many + 1):
        found = _yardsticks(ground, sites, crowd, hello, count) | _pages(ground, sites, crowd, count)
        for key, figures in found.items():
            kept = results.setdefault(key, Figures())
            kept.wrong += figures.wrong
            if number:
                for name in ("rate", "p50", "p95", "application", "database"):
                    getattr(kept, name).extend(getattr(figures, name))
    return results


def _yardsticks(ground: Ground, sites: list[Visits], crowd: Crowd, hello: tuple[int, int], count: int) -> Results:
    pid, port = hello
    found: Results = {
        ("bare Flask hello", 0): _visited(ground, pid, crowd, port, [{"steps": [["GET", "/", 200]]}] * count * 5)
    }
    for visits in sites:
        with psycopg.connect(visits.site.owner_url) as connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS bench_rows (id bigserial primary key, words text, at timestamptz)"
            )
            connection.commit()
            after = visits.middle.split(".")
            size = visits.site.size
            found["raw transaction of four rows", size] = _raw(ground, lambda c=connection: _four_rows(c), count * 2)
            found["raw page of 25 by key", size] = _raw(
                ground, lambda c=connection, a=after: c.execute(PAGE, a).fetchall(), count * 2
            )
    found["SMTP, one connection", 0] = _smtp(ground, count)
    return found


def _pages(ground: Ground, sites: list[Visits], crowd: Crowd, count: int) -> Results:
    found: Results = {}
    for visits in sites:
        fewer = count * 3 // 5
        for name, made in {
            "queue, first page": visits.queue("first", count),
            "queue, middle": visits.queue("middle", count),
            "queue, filtered": visits.queue("filtered", count),
            "queue of triage, first page": visits.queue("first", fewer, Role.TRIAGE),
            "queue of triage, middle": visits.queue("middle", fewer, Role.TRIAGE),
            "queue of triage, filtered": visits.queue("filtered", fewer, Role.TRIAGE),
            "case page": visits.cases("ride", count),
            "case page, complaint": visits.cases("complaint", fewer),
            "case page, 200 events": visits.long_case(fewer),
            keying.NAME: keying.screens(visits, fewer),
            "search, rare word": visits.searches(RARE, fewer),
            "search, common word": visits.searches(COMMON, fewer),
            "/track/case": visits.tracks(count),
            "final submit": visits.submissions(fewer),
            "state change": visits.changes(min(fewer, visits.how_many_new // MOST_ROUNDS)),
        }.items():
            assert visits.site.web
            found[name, visits.site.size] = _visited(ground, visits.site.web.pid, crowd, visits.site.port, made)
    # two million stops, whatever else there is
    last = sites[-1]
    assert last.site.web
    with last.site.app.app_context():
        choices = stop_pages.visits(count * 3 // 5)
    name = "stop and search, any choice"
    found[name, last.site.size] = _visited(ground, last.site.web.pid, crowd, last.site.port, choices)
    return found


def _visited(ground: Ground, pid: int, crowd: Crowd, port: int, visits: list[Visit]) -> Figures:
    before = processes.cpu([pid]), processes.cpu([ground.postgres_pid])
    answer = crowd.visit(port, visits)
    after = processes.cpu([pid]), processes.cpu([ground.postgres_pid])
    figures = Figures(wrong=answer["wrong"])
    figures.add(answer["times"], answer["seconds"], after[0] - before[0], after[1] - before[1])
    return figures


def _raw(ground: Ground, act: Callable[[], Any], count: int) -> Figures:
    times = []
    own, before, begun = time.process_time(), processes.cpu([ground.postgres_pid]), time.monotonic()
    for _ in range(count):
        start = time.monotonic()
        act()
        times.append(time.monotonic() - start)
    figures = Figures()
    database = processes.cpu([ground.postgres_pid]) - before
    figures.add(times, time.monotonic() - begun, time.process_time() - own, database)
    return figures


def _four_rows(connection: psycopg.Connection[Any]) -> None:
    for _ in range(4):
        connection.execute(FOUR_ROWS)
    connection.commit()


def _smtp(ground: Ground, count: int) -> Figures:
    """Messages as fast as the relay of the bench takes them, one by one on one connection."""
    times, begun = [], time.monotonic()
    with smtplib.SMTP("127.0.0.1", ground.sink.port) as relay:
        for number in range(count):
            start = time.monotonic()
            to = f"yardstick{number}@yard.example"
            relay.sendmail("a@example.org", [to], MESSAGE.format(to=to, n=number))
            times.append(time.monotonic() - start)
    figures = Figures()
    figures.add(times, time.monotonic() - begun, 0.0, 0.0)
    return figures
