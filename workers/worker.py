"""An RQ worker that runs the allow-list and nothing else, and survives whatever it finds in Redis.

It does not fork. A fork costs 16 ms a job (25 to 62 jobs a second against 145 to 346), would share the parent's
database connections and take another process's memory. What a fork would protect from is met otherwise: a job ends by
itself after 15 seconds, a time-out ends one that does not, and a worker that dies is started again by its supervisor
while the leases of its rows run out.
"""

from __future__ import annotations

import random
import signal
import time
from contextlib import suppress
from typing import Any

import redis.exceptions
from flask import Flask
from redis import Redis
from rq import SimpleWorker, worker_registration
from rq.exceptions import StopRequested
from rq.job import Job
from rq.queue import Queue
from rq.serializers import JSONSerializer
from rq.timeouts import JobTimeoutException
from rq.utils import now as rq_now
from rq.utils import utcformat
from rq.worker import WorkerStatus
from sqlalchemy.exc import SQLAlchemyError

import config
from casework.logs import log
from workers import drain, program
from workers.beats import beat
from workers.connection import connection as own_connection
from workers.jobs import JOBS
from workers.queues import JOB_TIMEOUT, QUEUE, VettedJob, VettedQueue, connect

# How long to wait for a job at a time; between, the worker says that it lives.
WORKER_TTL = 25
LONGEST_PAUSE = 2.0


def main() -> None:
    """Work until SIGTERM or SIGINT. Redis and the database may come and go meanwhile."""
    app = program.make(config.WORKER)
    log.info("worker begins", jobs=len(JOBS))
    pause = 0.1
    while True:
        try:
            worker = CaseworkWorker(app, connect(app.config["REDIS_URL"], WORKER_TTL + 5.0))
            worker.work()
            if worker.ended:
                break
            pause = 0.1
        except StopRequested:
            break
        except redis.exceptions.RedisError as error:
            log.warning("redis is away", error=error)
        time.sleep(pause * random.uniform(0.5, 1.5))
        pause = min(pause * 2, LONGEST_PAUSE)
    log.info("worker ends")


class CaseworkWorker(SimpleWorker):
    """RQ's worker without what Redis could use against it: remote commands, registries, callbacks, results."""

    max_connection_wait_time = LONGEST_PAUSE
    log_result_lifespan = False

    def __init__(self, app: Flask, connection: Redis) -> None:
        super().__init__(
            [VettedQueue(QUEUE, connection=connection, job_class=VettedJob, serializer=JSONSerializer)],
            connection=connection,
            job_class=VettedJob,
            queue_class=VettedQueue,
            serializer=JSONSerializer,
            worker_ttl=WORKER_TTL,
            log_job_description=False,
        )
        self.app = app
        self.ended = False
        self._unfit = 0
        VettedQueue.on_unfit = self._found_unfit

    def bootstrap(self, *_: Any, **__: Any) -> None:
        """Say that we are there. RQ's own log handlers and its channel for remote commands are left out."""
        self.register_birth()
        self.set_state(WorkerStatus.STARTED)

    def execute_job(self, job: Job, queue: Queue) -> None:
        """Run a job of the allow-list. Whatever comes of it, it is gone from Redis afterwards."""
        self.set_state(WorkerStatus.BUSY)
        begun = time.monotonic()
        try:
            with self.death_penalty_class(JOB_TIMEOUT, JobTimeoutException, job_id=job.id), self.app.app_context():
                result = job.func(*job.args)
            if result:
                spent = round((time.monotonic() - begun) * 1000)
                log.info("job done", job=job.func_name, number=job.args[0], result=int(bool(result)), ms=spent)
        except Exception as error:
            # Nothing is lost: what was to be done is still a row, and the ticker asks for it again.
            log.error("job broke", job=job.func_name, number=job.args[0], error=error)
        self._state = WorkerStatus.IDLE
        with suppress(redis.exceptions.RedisError):
            self.connection.delete(job.key)
            self.set_state(WorkerStatus.IDLE)

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        """Say that we live; and who we are, again, where Redis has been wiped."""
        spoke = rq_now()
        vars(self)["last_heartbeat"] = spoke
        with self.connection.pipeline() as together:
            together.hset(self.key, "last_heartbeat", utcformat(spoke))
            together.expire(self.key, timeout or self.worker_ttl + 60)
            new, *_ = together.execute()
            if new:
                together.hset(self.key, mapping=self.serialize())
                worker_registration.register(self, together)
                together.execute()

    def run_maintenance_tasks(self) -> None:
        """Forget workers that are gone. There is nothing else of ours in Redis to look after."""
        vars(self)["last_cleaned_at"] = rq_now()
        with suppress(redis.exceptions.ResponseError):
            worker_registration.clean_worker_registry(self.queues[0])

    def check_for_suspension(self, burst: bool) -> None:
        """Whoever can write to Redis cannot suspend us."""

    def subscribe(self) -> None:
        """Whoever can write to Redis cannot command us."""

    def _shutdown(self) -> None:
        self.ended = True
        drain.stopping.set()
        if self.get_state() == WorkerStatus.BUSY:
            self._stop_requested = True
        else:
            raise StopRequested

    def request_stop(self, signum: int, frame: Any) -> None:
        """The first signal lets the row in hand finish; a second one, a second later, ends at once."""
        self._shutdown_requested_date = rq_now()
        signal.signal(signal.SIGINT, self.request_force_stop)
        signal.signal(signal.SIGTERM, self.request_force_stop)
        self._shutdown()

    def teardown(self) -> None:
        """Say goodbye, if Redis is there to hear it."""
        with suppress(redis.exceptions.RedisError):
            self.register_death()

    def _found_unfit(self, why: str) -> None:
        """Count what was moved aside, and tell the health page: somebody writes to Redis who should not."""
        self._unfit += 1
        log.error("moved aside from the queue", why=why, times=self._unfit)
        # The first at once, then ever fewer: a million of them must not keep the database busy.
        if self._unfit & (self._unfit - 1) == 0 or self._unfit % 1000 == 0:
            with suppress(SQLAlchemyError), self.app.app_context(), own_connection() as connection:
                beat(connection, "queue", False, aside=self._unfit, why=why)
