"""Garbage in Redis and rows that nobody can send, while a real worker goes on with the rest."""

from __future__ import annotations

import json
import os
import pickle
import time
import zlib
from pathlib import Path
from typing import Any

import pytest

from tests.faults.ground import Ground

pytestmark = pytest.mark.faults


def test_garbage_and_unknown_jobs_are_moved_aside_and_the_worker_lives(ground: Ground, tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> Any:
            return os.mkdir, (str(tmp_path / "loaded"),)

    ground.start("ticker")
    worker = ground.start("worker")
    addresses = ground.submit(5)
    ground.drained()
    redis = ground.redis()
    jobs = {
        "call": zlib.compress(json.dumps(["os.mkdir", None, [str(tmp_path / "called")], {}]).encode()),
        "pickle": pickle.dumps(Evil()),
        "huge": b"x" * 50_000_000,
        "bytes": b"\xff\xfe\x00",
    }
    begun = time.monotonic()
    for name, data in jobs.items():
        redis.hset(f"rq:job:{name}", mapping={"data": data, "success_callback_name": "os.abort"})
        redis.rpush("rq:queue:casework", name)
    redis.rpush("rq:queue:casework", b"\xff\xfe", b"y" * 10_000_000, "nobody-knows", *(f"g{n}" for n in range(2000)))
    redis.set("rq:suspended", 1)
    redis.publish(f"rq:pubsub:{_name(redis)}", json.dumps({"command": "shutdown"}))
    addresses += ground.submit(20, first=5)
    ground.drained(10)
    assert time.monotonic() - begun < 10
    redis.delete("rq:queue:casework")
    redis.set("rq:queue:casework", "no list")
    addresses += ground.submit(5, first=25)
    ground.drained(10)
    ground.check(addresses, crashes=0)
    assert worker.poll() is None, "the same worker still lives"
    assert not list(tmp_path.iterdir()), "nothing foreign was called"
    assert len(redis.keys("casework:aside:*")) >= len(jobs)
    ((well, facts),) = ground.rows("select ok, facts from beats where name = 'queue'")
    assert well is False and facts["aside"] >= len(jobs)


def test_rows_that_nobody_can_send_do_not_hold_up_the_others(ground: Ground) -> None:
    addresses = ground.submit(40)
    ground.run(
        "update outbox set name = 'no-such-message' where id in (select id from outbox order by id limit 3);"
        "update outbox set part = 'party:x' where id in (select id from outbox order by id offset 3 limit 3);"
        "update outbox set event_number = event_number where id = 7"
    )
    ground.start("ticker")
    ground.start("worker")
    ground.until(lambda: ground.rows("select count(*) from outbox where done_at is not null")[0][0] == 34)

    def aside() -> bool:
        ground.run("update outbox set due_at = now() where faults > 0 and closed_at is null")
        return bool(ground.rows("select count(*) from outbox where failed_at is not null")[0][0] == 6)

    ground.until(aside)
    whys = {why for (why,) in ground.rows("select why from outbox where failed_at is not null")}
    assert whys == {"fault: TemplateNotFound", "fault: ValueError"}
    assert ground.rows("select distinct faults from outbox where failed_at is not null") == [(4,)]
    assert len(ground.sink.counts()) == 34 and ground.sink.repeats() == 0 and len(addresses) == 40


def test_nothing_about_anybody_is_in_redis_or_in_the_logs(ground: Ground) -> None:
    ground.start("ticker")
    ground.start("worker")
    ground.sink.be(permfail=frozenset({"person1@example.org"}), flaky=0.2)
    ground.submit(10)
    ground.until(lambda: ground.rows("select count(*) from outbox where closed_at is null and attempts = 0") == [(0,)])
    redis = ground.redis()
    kept = b"".join((redis.dump(key) or b"") + key for key in redis.keys("*"))
    logs = b"".join(path.read_bytes() for path in ground.folder.glob("*er.log"))
    for canary in (b"example.org", b"Person", b"/cases/", b"7946"):
        assert canary not in kept and canary not in logs
    for line in logs.splitlines():
        json.loads(line)


def _name(redis: Any) -> str:
    (key, *_) = redis.smembers("rq:workers:casework")
    return str(key.decode().rpartition(":")[2])
