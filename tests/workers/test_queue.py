"""What whoever can write to Redis can do to us: nothing but ask for what is done anyway."""

from __future__ import annotations

import json
import os
import pickle
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rq import Queue
from rq.serializers import JSONSerializer

from workers import queues
from workers.jobs import JOBS
from workers.queues import VettedJob, VettedQueue


@pytest.fixture
def found(queue: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was moved aside, in words."""
    words: list[str] = []
    monkeypatch.setattr(VettedQueue, "on_unfit", staticmethod(words.append))
    return words


def take(queue: Any) -> tuple[str, tuple[int, ...]] | None:
    got = VettedQueue.dequeue_any([VettedQueue(queues.QUEUE, connection=queue)], None, queue)
    return (got[0].func_name, got[0].args) if got else None


def push(queue: Any, data: bytes, name: str = "evil", **more: str) -> None:
    queue.hset(f"rq:job:{name}", mapping={"data": data, "created_at": "x", "origin": "casework", **more})
    queue.rpush("rq:queue:casework", name)


def packed(*parts: Any) -> bytes:
    return zlib.compress(json.dumps(parts).encode())


def test_a_job_of_ours_goes_through_with_its_name_and_number(queue: Any, found: list[str]) -> None:
    queues.put(queue, "drain", 50)
    assert queues.waiting(queue) == 1
    assert take(queue) == ("drain", (50,)) and take(queue) is None and not found


@pytest.mark.parametrize(
    "data",
    [
        packed("os.system", None, ["touch /tmp/never"], {}),
        packed("os.system", None, [1], {}),
        packed("builtins.eval", None, ["1"], {}),
        packed("workers.drain.drain", None, [1], {}),
        packed("drain", None, [1], {"most": 1}),
        packed("drain", None, ["1"], {}),
        packed("drain", None, [True], {}),
        packed("drain", None, [-1], {}),
        packed("drain", None, [2**63], {}),
        packed("drain", None, [1, 2], {}),
        packed("drain", None, [], {}),
        packed("drain", {"a": 1}, [1], {}),
        packed("drain"),
        b"",
        b"{",
        b"[" * 4000,
        b"\xff\xfe\x00",
        zlib.compress(b" " * 10_000_000),
        pickle.dumps(("drain", None, (1,), {})),
    ],
)
def test_whatever_else_lies_there_is_moved_aside_and_the_next_job_taken(
    data: bytes, queue: Any, found: list[str]
) -> None:
    push(queue, data)
    queues.put(queue, "drain", 7)
    assert take(queue) == ("drain", (7,))
    if data:
        assert len(found) == 1 and not queue.exists("rq:job:evil")
        assert len(queue.keys("casework:aside:*")) == 1
        assert 0 < queue.ttl(queue.keys("casework:aside:*")[0]) <= 86400


def test_a_pickle_is_never_loaded(queue: Any, found: list[str], tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> Any:
            return os.mkdir, (str(tmp_path / "loaded"),)

    for number, data in enumerate((pickle.dumps(Evil()), zlib.compress(pickle.dumps(Evil())))):
        push(queue, data, name=f"evil{number}", meta="", result="")
    assert take(queue) is None and len(found) == 2
    assert not (tmp_path / "loaded").exists()


def test_callbacks_dependents_retries_and_webhooks_of_a_job_are_not_read(queue: Any, found: list[str]) -> None:
    push(
        queue,
        packed("drain", None, [3], {}),
        success_callback_name="os.system",
        failure_callback_name="os.system",
        retries_left="5",
        repeats_left="5",
        dependency_ids='["a"]',
        webhooks='[{"url": "http://127.0.0.1:9/"}]',
        timeout="-1",
        result_ttl="-1",
    )
    got = VettedQueue.dequeue_any([VettedQueue(queues.QUEUE, connection=queue)], None, queue)
    assert got is not None
    job = got[0]
    assert job.success_callback is None and job.failure_callback is None and job.retries_left is None
    assert job.repeats_left is None and not job.webhooks and job.timeout == queues.JOB_TIMEOUT and job.result_ttl == 0


def test_ids_and_keys_that_are_none_of_ours_stop_nothing(queue: Any, found: list[str]) -> None:
    for name in (b"\xff\xfe", b"a" * 100, b"a b", b"../..", b"x" * 1_000_000, b"", b"gone"):
        queue.rpush("rq:queue:casework", name)
    queue.set("rq:job:string", "not a hash")
    queue.rpush("rq:queue:casework", "string")
    queue.hset("rq:job:huge", "data", "x" * 50_000_000)
    queue.rpush("rq:queue:casework", "huge")
    queues.put(queue, "drain", 7)
    assert take(queue) == ("drain", (7,))
    assert len(found) == 8, "all but the one that is merely gone"


def test_a_queue_of_another_type_is_moved_aside(queue: Any, found: list[str]) -> None:
    queue.set("rq:queue:casework", "not a list")
    assert queues.waiting(queue) == 0
    queue.set("rq:queue:casework", "not a list")
    assert take(queue) is None and found == ["a queue of another type"]
    queues.put(queue, "drain", 7)
    assert take(queue) == ("drain", (7,))


def test_a_function_that_is_not_on_the_list_is_not_found_by_any_way(queue: Any) -> None:
    job = VettedJob(connection=queue, serializer=JSONSerializer)
    job._func_name = "os.system"
    with pytest.raises(queues.Unfit):
        _ = job.func
    Queue(queues.QUEUE, connection=queue, serializer=JSONSerializer).enqueue_call("os.system", ("true",), job_id="evil")
    with pytest.raises(queues.Unfit):
        VettedJob.fetch("evil", connection=queue)


@given(st.binary(max_size=300))
def test_data_of_any_kind_is_read_or_refused(data: bytes) -> None:
    try:
        name, number = queues.read(data)
    except queues.Unfit:
        return
    assert name in JOBS and number >= 0


def test_what_we_put_there_tells_nothing_about_anybody(queue: Any) -> None:
    queues.put(queue, "drain", 50)
    (key,) = queue.keys("rq:job:*")
    kept = queue.hgetall(key)
    assert json.loads(zlib.decompress(kept[b"data"])) == ["drain", None, [50], {}]
    assert kept[b"description"] == b"drain 50"
