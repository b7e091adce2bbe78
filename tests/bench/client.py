"""Visitors in a process of their own: `python -m tests.bench.client` takes a job per line and answers in a line.

A job: port, host, threads, and visits; a visit: a cookie, an address, and steps of which the last may be a POST that
takes its token and version from the page before it.
"""

from __future__ import annotations

import http.client
import json
import queue
import re
import sys
import threading
import time
from typing import Any
from urllib.parse import urlencode

_TOKEN = re.compile(rb'name="csrf_token"[^>]* value="([^"]+)"')
_VERSION = re.compile(rb'name="version"[^>]* value="([^"]+)"')


def main() -> None:
    """Do job after job until there are no more lines."""
    for line in sys.stdin:
        print(json.dumps(work(json.loads(line))), flush=True)


def work(job: dict[str, Any]) -> dict[str, Any]:
    """Make every visit, by some visitors at once on connections that they keep."""
    left: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    for visit in job["visits"]:
        left.put(visit)
    times: list[float] = []
    wrong: list[str] = []
    sent: dict[str, float] = {}

    def visitor() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", job["port"], timeout=60)
        while True:
            try:
                visit = left.get_nowait()
            except queue.Empty:
                break
            begun = time.monotonic()
            try:
                problem = _visit(connection, job["host"], visit, sent)
            except (OSError, http.client.HTTPException) as error:
                problem = repr(error)
                connection.close()
            times.append(time.monotonic() - begun)
            if problem:
                wrong.append(problem)
            time.sleep(job.get("pause", 0))
        connection.close()

    begun = time.monotonic()
    threads = [threading.Thread(target=visitor) for _ in range(job["threads"])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"times": times, "seconds": time.monotonic() - begun, "wrong": wrong, "sent": sent}


def _visit(connection: http.client.HTTPConnection, host: str, visit: dict[str, Any], sent: dict[str, float]) -> str:
    headers = {"Host": host, "X-Forwarded-For": visit.get("address", "192.0.2.1"), "User-Agent": "bench"}
    if visit.get("cookie"):
        headers["Cookie"] = visit["cookie"]
    body = b""
    for method, path, expected in visit["steps"]:
        content = None
        if method == "POST":
            token, version = _TOKEN.search(body), _VERSION.search(body)
            if token is None:
                return f"no form on the page before {path}"
            fields = {"csrf_token": token[1].decode()} | ({"version": version[1].decode()} if version else {})
            content = urlencode(fields)
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{host}"}
            if visit.get("who"):
                sent[visit["who"]] = time.monotonic()
        connection.request(method, path, body=content, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != expected:
            return f"{method} {path}: {answer.status} {answer.headers.get('Location', '')}"
    return ""


if __name__ == "__main__":
    main()
