"""The queue in Redis or Valkey, and what is allowed on it: a name of the allow-list with one whole number.

JSON alone is no boundary, because an RQ job names its function by path: whoever can write to Redis could call anything.
So of a job only its name and its number are read, and everything else about it is made here.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, ClassVar

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ResponseError
from redis.retry import Retry
from rq import Queue
from rq.exceptions import DequeueTimeout
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer

from workers.jobs import JOBS

QUEUE = "casework"
# No job of ours runs for longer; a drain ends by itself after 15 seconds.
JOB_TIMEOUT = 180
# A job that nobody has begun after so long is forgotten: whoever wanted it asks again.
WAITING = 300
LARGEST = 4096
ASIDE, ASIDE_KEPT = "casework:aside:", 86400

_ID = re.compile(rb"[A-Za-z0-9_-]{1,64}")


class Unfit(Exception):
    """Something on the queue that is no job of ours. The words say what, without quoting it."""


def connect(url: str, patience: float = 5.0) -> Redis:
    """A connection that gives up after `patience` seconds rather than hang. Who calls it tries again."""
    return Redis.from_url(
        url,
        socket_connect_timeout=patience,
        socket_timeout=patience,
        retry=Retry(NoBackoff(), 0),
        health_check_interval=15,
    )


def put(connection: Redis, name: str, number: int) -> None:
    """Ask for a job of the allow-list. Nothing is kept of it, whether it succeeds or fails; losing it is harmless."""
    queue = Queue(QUEUE, connection=connection, serializer=JSONSerializer)
    queue.enqueue_call(
        func=name,
        args=(number,),
        timeout=JOB_TIMEOUT,
        ttl=WAITING,
        result_ttl=0,
        failure_ttl=0,
        description=f"{name} {number}",
    )


def waiting(connection: Redis) -> int:
    """How many jobs wait on the queue. What is no queue under its name is moved aside."""
    try:
        found: Any = connection.llen(key())
        return int(found)
    except ResponseError:
        aside(connection, key().encode())
        return 0


def key() -> str:
    """The queue's key."""
    return Queue.redis_queue_namespace_prefix + QUEUE


def aside(connection: Redis, what: bytes) -> None:
    """Take a key out of the way. It is kept for a day, for whoever looks into it."""
    target = ASIDE + datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")
    try:
        connection.rename(what, target)
        connection.expire(target, ASIDE_KEPT)
    except ResponseError:
        # Gone already.
        return


class VettedJob(Job):
    """A job of the allow-list. It has no callbacks, no dependents, no retries, no results: none are ever read."""

    @property
    def func(self) -> Callable[..., Any]:
        """The function; `Unfit` for any that is not on the list, wherever the name came from."""
        if self.func_name not in JOBS:
            raise Unfit("an unknown function")
        return JOBS[self.func_name]

    @classmethod
    def fetch(cls, id: str, connection: Redis | None = None, serializer: Any = None) -> VettedJob:
        """As `vetted`; for the parts of RQ that fetch by themselves."""
        assert connection is not None
        found = cls.vetted(id.encode("utf-8", "surrogateescape"), connection)
        if found is None:
            raise Unfit("a job that is gone")
        return found

    @classmethod
    def vetted(cls, raw: bytes, connection: Redis) -> VettedJob | None:
        """The job of an id, made anew from its name and number; None if it is gone. Raises `Unfit`."""
        if not _ID.fullmatch(raw):
            raise Unfit("an id that is none")
        hash_key = cls.redis_job_namespace_prefix.encode() + raw
        try:
            size: Any = connection.hstrlen(hash_key.decode(), "data")
            if size == 0:
                return None
            data: Any = connection.hget(hash_key.decode(), "data") if size <= LARGEST else None
        except ResponseError:
            raise Unfit("a key of another type") from None
        if data is None:
            raise Unfit("a job that is too large")
        name, number = read(data)
        job = cls(raw.decode(), connection=connection, serializer=JSONSerializer)
        job._func_name, job._instance, job._args, job._kwargs = name, None, (number,), {}
        job._status, job.origin, job.description = JobStatus.QUEUED, QUEUE, f"{name} {number}"
        job.timeout, job.result_ttl, job.failure_ttl = JOB_TIMEOUT, 0, 0
        return job


def read(data: bytes) -> tuple[str, int]:
    """Name and number of a job's data as RQ writes it. Raises `Unfit`. Nothing is imported, nothing is unpickled."""
    try:
        unpacked = zlib.decompressobj().decompress(data, LARGEST)
    except zlib.error:
        unpacked = data
    try:
        found = json.loads(unpacked.decode())
    except (ValueError, RecursionError):
        raise Unfit("data that is no JSON") from None
    match found:
        case [str(name), None, [int(number)], dict(extra)] if not extra and not isinstance(number, bool):
            if name not in JOBS:
                raise Unfit("an unknown function")
            if not 0 <= number < 1 << 63:
                raise Unfit("a number that is too large")
            return name, number
    raise Unfit("arguments that are not one whole number")


class VettedQueue(Queue):
    """Takes jobs off the queue. What is no job of ours is moved aside, and the next one taken."""

    on_unfit: ClassVar[Callable[[str], None]] = staticmethod(lambda why: None)

    @classmethod
    def dequeue_any(
        cls, queues: Iterable[Queue], timeout: int | None, connection: Redis, *_: Any, **__: Any
    ) -> tuple[Job, Queue] | None:
        """The next job and its queue; None without `timeout` if there is none, else DequeueTimeout."""
        queue = next(iter(queues))
        while True:
            try:
                raw = _pop(connection, queue.key, timeout)
            except ResponseError:
                aside(connection, queue.key.encode())
                cls.on_unfit("a queue of another type")
                continue
            if raw is None:
                if timeout is None:
                    return None
                raise DequeueTimeout(timeout, [queue.key])
            try:
                job = VettedJob.vetted(raw, connection)
            except Unfit as why:
                if len(raw) <= 64:
                    aside(connection, VettedJob.redis_job_namespace_prefix.encode() + raw)
                cls.on_unfit(str(why))
                continue
            if job is not None:
                return job, queue


def _pop(connection: Redis, queue_key: str, timeout: int | None) -> bytes | None:
    found: Any
    if timeout is None:
        found = connection.lpop(queue_key)
        return found
    found = connection.blpop([queue_key], timeout)
    return found[1] if found else None
