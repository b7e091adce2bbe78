"""Mail by one worker: how many a second, how soon after the POST, and that a burst gives each its one message."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass, field

from tests.bench import processes
from tests.bench.ground import Ground
from tests.bench.measures import Crowd, quantile
from tests.bench.visits import Visits

PATIENCE = 120.0


@dataclass
class MailFigures:
    """What the mail measures gave."""

    rate: float = 0.0
    cpu: float = 0.0
    backlog: int = 0
    p50: float = 0.0
    p95: float = 0.0
    bursts: list[tuple[str, int, int, int, float]] = field(default_factory=list)
    memory: dict[str, float] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


class Post:
    """One worker and one ticker on one site."""

    def __init__(self, ground: Ground, visits: Visits, crowd: Crowd) -> None:
        self.ground, self.visits, self.crowd, self.site = ground, visits, crowd, visits.site
        self.figures = MailFigures()

    def measure(self, burst: int) -> MailFigures:
        """All of it, in turn."""
        self.worker, self.ticker = self._drained_backlog()
        self._post_to_mail(60)
        self._burst("burst", burst)
        self._burst("burst, kill -9", burst, kill=True)
        assert self.site.web
        for name, process in (("web", self.site.web), ("worker", self.worker), ("ticker", self.ticker)):
            self.figures.memory[name] = processes.memory([process.pid])
        return self.figures

    def _drained_backlog(self) -> tuple[subprocess.Popen[bytes], subprocess.Popen[bytes]]:
        """Mails a second, of what the rounds left owed, from the first to the last; all with worker and ticker running."""
        sink = self.ground.sink
        count = int(self._owed())
        sink.received.clear()
        worker, ticker = self.site.start("worker"), self.site.start("ticker")
        assert sink.wait(lambda s: len(s.received) > 0, PATIENCE), self.ground.last_words("worker")
        begun = processes.cpu([worker.pid, self.ground.postgres_pid])
        first = len(sink.received)
        sink.wait(lambda s: len(s.received) >= count, PATIENCE)
        spent = processes.cpu([worker.pid, self.ground.postgres_pid]) - begun
        received = sorted(r.at for r in sink.received)
        self.figures.backlog = len(received)
        self.figures.rate = (len(received) - 1) / (received[-1] - received[0])
        self.figures.cpu = spent * 1000 / max(1, len(received) - first)
        return worker, ticker

    def _owed(self) -> int:
        owed = "select count(*) from outbox where closed_at is null and due_at <= now() and channel = 'email'"
        return int(self.site.rows(owed)[0][0])

    def _post_to_mail(self, count: int) -> None:
        """From the POST to the relay's having it, with some applications a second."""
        made = self.visits.submissions(count, "calm")
        answer = self.crowd.visit(self.site.port, made, 1, 0.1)
        self._wait_for("calm", count)
        at = {r.recipient: r.at for r in self.ground.sink.received}
        waits = [at[who] - sent for who, sent in answer["sent"].items() if who in at]
        self.figures.wrong += answer["wrong"]
        self.figures.p50, self.figures.p95 = quantile(waits, 0.5), quantile(waits, 0.95)

    def _burst(self, name: str, count: int, kill: bool = False) -> None:
        """So many applications at once: each gets one message. A killed worker may repeat the one in its hands."""
        word = "kill" if kill else "burst"
        made = self.visits.submissions(count, word)
        begun = time.monotonic()
        self.crowd.begin(self.site.port, made)
        if kill:
            assert self.ground.sink.wait(lambda s: self._count(word) > count // 5, PATIENCE)
            self.ground.kill(self.worker)
            self.worker = self.site.start("worker")
        answer = self.crowd.end()
        self._wait_for(word, count)
        spent = time.monotonic() - begun
        time.sleep(2)  # what comes too many would come now
        keys = [r.key for r in self.ground.sink.received if r.recipient.startswith(word)]
        people, repeats = len({who for who, _, _ in keys}), len(keys) - len(set(keys))
        self.figures.bursts.append((name, count, people, repeats, spent))
        self.figures.wrong += answer["wrong"]
        if len(set(keys)) != people:
            self.figures.wrong.append(f"{name}: somebody got two different messages")

    def _count(self, word: str) -> int:
        return len({r.recipient for r in list(self.ground.sink.received) if r.recipient.startswith(word)})

    def _wait_for(self, word: str, count: int) -> None:
        deadline = time.monotonic() + PATIENCE
        while self._count(word) < count and time.monotonic() < deadline:
            time.sleep(0.1)
