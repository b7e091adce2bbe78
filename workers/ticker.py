"""Sees to what time brings: drains where something is due, transitions that only time takes, periodic work, health.

Any number of tickers may run: one leads, by a lease, and whatever two of them did at once would be done once. Redis and
the database may be away; the ticker waits, less and less often, and goes on.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import threading
import time
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

import redis.exceptions
from flask import Flask
from redis import Redis
from rq.utils import utcparse
from rq.worker_registration import WORKERS_BY_QUEUE_KEY
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

import config
from casework.logs import log
from casework.moments import now
from workers import drain, files, leases, periodic, program, queues, scans
from workers.beats import age, beat
from workers.claims import Ledger
from workers.clock import take_due
from workers.connection import connection as own_connection

LOOK = 0.2
EVERY_SECOND = 1.0
LEAD = 5.0
HEALTH = 10.0
FILES = 5.0
PROBE = 30.0
LONGEST_PAUSE = 5.0
# What asks again for periodic work that a worker was asked for and has not done: Redis may have been wiped.
ASK_AGAIN = 120.0
# A worker that said nothing for so long is not counted: a drain may keep one busy for a while.
SILENT = 60.0


def main() -> None:
    """Tick until SIGTERM or SIGINT."""
    app = program.make(config.TICKER)
    ticker = Ticker(app)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ticker.ending.set())
    log.info("ticker begins")
    ticker.run()
    log.info("ticker ends")


class Ticker:
    """One ticker: what it holds, and when it did what."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.ending = threading.Event()
        self._holder = f"{socket.gethostname()} {os.getpid()} {uuid.uuid4().hex[:8]}"
        self._redis: Redis = queues.connect(app.config["REDIS_URL"], 2.0)
        self._last: dict[str, float] = {}
        self._leads_until = 0.0
        self._asked: dict[int, float] = {}
        self._broken: dict[tuple[str, int], float] = {}

    def run(self) -> None:
        """Look five times a second, with pauses where the database is away."""
        pause = LOOK
        while not self.ending.wait(pause):
            try:
                with self.app.app_context(), own_connection() as connection:
                    self.tick(connection)
                pause = LOOK
            except SQLAlchemyError as error:
                log.warning("database is away", error=error)
                pause = min(max(pause, 0.5) * 2 * random.uniform(0.8, 1.2), LONGEST_PAUSE)
            except Exception as error:
                log.error("tick broke", error=error)
                pause = 1.0
        self._resign()

    def tick(self, connection: Connection) -> None:
        """One look. Does nothing while somebody else leads."""
        if not self._leads(connection):
            return
        self._ask_for_drains(connection)
        if self._time_for("second", EVERY_SECOND):
            take_due(self._broken, until=lambda: self.ending.is_set())
            self._ask_for_periodic(connection)
            self._ask_for_scans(connection)
        if self._time_for("files", FILES) and self.app.config["CLAMD_SOCKET"] and files.waiting(connection):
            self._with_redis(partial(queues.put, self._redis, "scan", 0))
        if self._time_for("health", HEALTH):
            self._look_at_health(connection)

    def _leads(self, connection: Connection) -> bool:
        """Whether this is the leader. Asked of the database once a second; leading ends by itself after five."""
        if self._time_for("lead", EVERY_SECOND):
            held = leases.take(connection, "ticker", self._holder, LEAD)
            if held and not self._leads_until:
                log.info("ticker leads")
            self._leads_until = time.monotonic() + LEAD / 2 if held else 0.0
        return time.monotonic() < self._leads_until

    def _ask_for_drains(self, connection: Connection) -> None:
        """Put a drain on the queue if something is due and fewer are waiting or running than allowed."""
        ledger = Ledger(connection, 0)
        if not ledger.anything_due(now(), mail=not drain.paused(connection)):
            return

        def ask() -> None:
            if queues.waiting(self._redis) + ledger.running() < self.app.config["DRAINS"]:
                queues.put(self._redis, "drain", drain.BATCH)

        self._with_redis(ask)

    def _ask_for_scans(self, connection: Connection) -> None:
        """Let a worker that has nothing else to do take in scans."""
        if not scans.waiting(connection):
            return

        def ask() -> None:
            if queues.waiting(self._redis) == 0:
                queues.put(self._redis, "ingest", 0)

        self._with_redis(ask)

    def _ask_for_periodic(self, connection: Connection) -> None:
        for name, row in periodic.wanted(connection, now()):
            if time.monotonic() - self._asked.get(row, -ASK_AGAIN) < ASK_AGAIN:
                continue
            if self._with_redis(partial(queues.put, self._redis, name, row)):
                self._asked = {k: v for k, v in self._asked.items() if k > row - 100} | {row: time.monotonic()}

    def _look_at_health(self, connection: Connection) -> None:
        """Record how Redis and the workers are, and let a worker ask the relay if nobody has lately."""
        found: dict[str, Any] = {}

        def look() -> None:
            found["waiting"] = queues.waiting(self._redis)
            found["workers"] = _alive(self._redis)
            if age(connection, "smtp") > PROBE:
                queues.put(self._redis, "probe", 0)

        well = self._with_redis(look)
        beat(connection, "redis", well, waiting=found.get("waiting", 0))
        beat(connection, "workers", found.get("workers", 0) > 0, count=found.get("workers", 0))
        beat(connection, "ticker", True)

    def _with_redis(self, do: Callable[[], None]) -> bool:
        """Do something with Redis, unless it was away a moment ago. Returns whether it was there."""
        if time.monotonic() < self._last.get("redis away", 0.0):
            return False
        try:
            do()
        except redis.exceptions.RedisError as error:
            log.warning("redis is away", error=error)
            self._last["redis away"] = time.monotonic() + 1.0
            return False
        return True

    def _time_for(self, name: str, every: float) -> bool:
        if time.monotonic() - self._last.get(name, -every) < every:
            return False
        self._last[name] = time.monotonic()
        return True

    def _resign(self) -> None:
        """Let another ticker lead at once."""
        try:
            with self.app.app_context(), own_connection() as connection:
                leases.drop(connection, "ticker", self._holder)
        except SQLAlchemyError as error:
            log.warning("database is away", error=error)


def _alive(connection: Redis) -> int:
    """How many workers spoke lately. What is no worker's key is not counted."""
    alive = 0
    members: Any = connection.smembers(WORKERS_BY_QUEUE_KEY % queues.QUEUE)
    for key in list(members)[:1000]:
        try:
            spoke: Any = connection.hget(key, "last_heartbeat")
            moment = utcparse(spoke.decode()) if spoke else None
        except (redis.exceptions.ResponseError, ValueError):
            continue
        alive += moment is not None and abs((now() - moment).total_seconds()) < SILENT
    return alive
