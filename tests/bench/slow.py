"""Web servers under slow clients: how fast a page is served, and how long a healthy visitor waits meanwhile."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress

from casework.cli import web_server
from casework.running import environment
from tests.bench.ground import ROOT
from tests.bench.measures import quantile

SLOW, SECONDS = 200, 5.0
HEAD = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"


def servers(python: str, port: int) -> dict[str, list[str]]:
    """The commands, each with as many threads as the program's own server has."""
    threads, app, at = str(2 * (os.cpu_count() or 1) + 1), "tests.bench.hello:app", f"127.0.0.1:{port}"
    return {
        "granian, as configured": web_server("127.0.0.1", port, "WARNING", app),
        "waitress, connection limit 1000": [
            python, "-m", "waitress", f"--listen={at}", f"--threads={threads}", "--connection-limit=1000", app],
        "gunicorn gthread": [
            python, "-m", "gunicorn", "-b", at, "-w", "1", "-k", "gthread", "--threads", threads, "--log-level", "error", app],
    }  # fmt: skip


def main(python: str) -> None:
    """Print a line per server. `python` has waitress and gunicorn and finds Flask."""
    print(
        f"{'':34}{'requests/s':>11}{'p95 ms':>9}   with {SLOW} slow headers and {SLOW} slow bodies: {'/s':>6}{'p95 ms':>9}"
    )
    for name in servers(python, 0):
        port = environment.free_port()
        command = servers(python, port)[name]
        env = environment.for_any_program(os.environ) | {"PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path[1:]])}
        process = subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            if not _up(process, port):
                print(f"{name:34} does not start here")
                continue
            calm = _visit(port, 4)
            with_slow = _beside_slow(port)
            print(f"{name:34}{calm[0]:11.0f}{calm[1]:9.1f}{'':49}{with_slow[0]:6.0f}{with_slow[1]:9.1f}", flush=True)
        finally:
            process.terminate()
            process.wait()


def _up(process: subprocess.Popen[bytes], port: int) -> bool:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        time.sleep(0.1)
    return False


def _visit(port: int, visitors: int) -> tuple[float, float]:
    """Requests a second and p95 in milliseconds of healthy visitors, each request on a connection of its own."""
    times: list[float] = []
    end = time.monotonic() + SECONDS

    def visitor() -> None:
        while time.monotonic() < end:
            begun = time.monotonic()
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
            with suppress(OSError, http.client.HTTPException):
                connection.request("GET", "/")
                connection.getresponse().read()
            connection.close()
            times.append(time.monotonic() - begun)

    threads = [threading.Thread(target=visitor) for _ in range(visitors)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(times) / SECONDS, quantile(times, 0.95) * 1000


def _beside_slow(port: int) -> tuple[float, float]:
    """The same for one visitor, while others send a byte of a header, or of a body, every second."""
    slow = [_open(port, HEAD) for _ in range(SLOW)]
    slow += [_open(port, HEAD + b"Content-Length: 100000\r\n\r\nx") for _ in range(SLOW)]
    ending = threading.Event()

    def dribble() -> None:
        while not ending.wait(1.0):
            for number, each in enumerate(slow):
                with suppress(OSError):
                    each.send(b"X-A: b\r\n" if number < SLOW else b"x")

    thread = threading.Thread(target=dribble)
    thread.start()
    time.sleep(1.5)
    try:
        return _visit(port, 1)
    finally:
        ending.set()
        thread.join()
        for each in slow:
            each.close()


def _open(port: int, data: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), 5)
    connection.send(data)
    return connection
