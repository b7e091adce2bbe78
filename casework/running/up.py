"""`casework up`: everything, in order, until told to end. Servers only for a demonstration, where none is given."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import config
from casework.running import environment
from casework.running.home import SECRETS, Refused
from casework.running.mark import DEMO, REAL, refuse_other_kind
from casework.running.postgres import OWNER, EmbeddedPostgres
from casework.running.supervisor import Child, Supervisor
from casework.running.valkey import Valkey

# so often may the web end before its first answer
TRIES = 5

ROLES = (
    "coordinator, vetting-officer, supervisor, host, clerk, triage, handler, analyst, data-protection, admin",
    "in the second BCU coordinator2, supervisor2 and so on",
)


class Up:
    """One run of everything."""

    def __init__(self, env: Mapping[str, str], with_parent: bool = False) -> None:
        self.home = environment.home_of(env)
        self.given = env
        self.demo = environment.is_demo(env)
        self.supervisor = Supervisor(self.home)
        self.say = self.supervisor.say
        self.servers: list[EmbeddedPostgres | Valkey] = []
        self.parent = os.getppid() if with_parent else None

    def run(self) -> int:
        """Start everything, watch it until a signal, end it; return the exit code."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.supervisor.stopping.set())
        self.home.make()
        self.home.lock()
        try:
            self._end_leftovers()
            self.env = environment.complete(self.given, self.home)
            refuse_taken_port(self.env)
            started = self._start_servers() and self._prepare_database() and self._start_program()
            if started:
                self.supervisor.watch(self._wanted)
            return 0 if started or self.supervisor.asked else 1
        finally:
            self._end()

    def _end_leftovers(self) -> None:
        left = self.home.end_leftovers()
        if left:
            self.say(f"ended what an earlier run left behind: {', '.join(left)}")

    def _start_servers(self) -> bool:
        """The servers that nobody named; what is given is used where it is."""
        if "DATABASE_URL" not in self.env:
            database = EmbeddedPostgres(self.home.folder, say=self.say)
            database.prepare()
            child = Child("postgres", database.command, database.environment, Path("/"))
            child.account, child.ending = database.servant.options, signal.SIGINT
            child.muted = "the database system is starting up"
            if not self._serve(database, child):
                return False
            database.set_up()
            self.env |= {"DATABASE_URL": database.url(), "DATABASE_OWNER_URL": database.url(role=OWNER)}
        if "REDIS_URL" not in self.env:
            queue = Valkey(self.home.folder)
            queue.prepare()
            child = Child("valkey", queue.command, queue.environment, queue.data, muted="Memory overcommit")
            if not self._serve(queue, child):
                return False
            self.env["REDIS_URL"] = queue.url
        if "SMTP_URL" not in self.env:
            port = environment.free_port()
            self.env["SMTP_URL"] = f"smtp://127.0.0.1:{port}"
            self._start("catcher", "catch-mail", str(self.home.mail), str(port), env={})
        known = {setting.name for setting in config.SETTINGS} - set(SECRETS) - {"CASEWORK_DATA_KEYS"}
        self.home.announce({name: value for name, value in self.env.items() if name in known})
        return True

    def _serve(self, server: EmbeddedPostgres | Valkey, child: Child) -> bool:
        self.servers.append(server)
        self.supervisor.start(child)
        # one that ends at once is started again: the memory of a killed one may still be held for a moment
        return self._until(lambda: server.wait(child.running, 0.5), child, 60)

    def _prepare_database(self) -> bool:
        """Mark it, migrate it, load the calendar, and fill an empty embedded one with made-up cases."""
        refuse_other_kind(config.owner_url(self.env), DEMO if self.demo else REAL)
        embedded = any(isinstance(server, EmbeddedPostgres) for server in self.servers)
        env = environment.for_child(config.COMMAND, self.env)
        env["DATABASE_OWNER_URL"] = config.owner_url(self.env)
        command = [sys.executable, "-m", "casework", "prepare", *(["--demo"] if embedded else [])]
        code = self.supervisor.run(Child("prepare", command, env, config.ROOT))
        if code and not self.supervisor.asked:
            self.say("the database could not be prepared, see above")
        return code == 0

    def _start_program(self) -> bool:
        """The web, the workers and the ticker; true once the web answers."""
        web = self._start("web", "web", process=config.WEB)
        workers = config.load(self.env)["WORKERS"]
        for number in range(1, workers + 1):
            worker = self._start("worker" if workers == 1 else f"worker{number}", "worker", process=config.WORKER)
            # the message that it is sending is better sent than cut off
            worker.heirs = True
        self._start("ticker", "ticker", process=config.TICKER)
        if not self._until(lambda: answers(self.env), web, 120):
            return False
        self._announce()
        return True

    def _announce(self) -> None:
        self.supervisor.announce(f"\nCasework is ready at http://127.0.0.1:{self.env['PORT']}")
        if self.demo:
            address, password = self.env["PUBLIC_URL"], self.env["CASEWORK_DEMO_PASSWORD"]
            self.supervisor.announce(
                f"  Sign in at {address}/staff/sign-in as <role>@demo.example with the password {password}\n"
                f"  Roles: {ROLES[0]};\n         {ROLES[1]}\n"
                f"  Mail that was sent: {address}/dev/mail\n"
                "  A demonstration: everybody in it is made up. Ctrl-C ends it.\n"
            )

    def _start(self, name: str, *arguments: str, process: str = "", env: Mapping[str, str] | None = None) -> Child:
        """Start a part of ours with the settings of its process, or with the environment given."""
        if env is None:
            env = environment.for_child(process, self.env)
        else:
            env = {**environment.for_any_program(self.env), **env, "PYTHONUNBUFFERED": "1"}
        return self.supervisor.start(Child(name, [sys.executable, "-m", "casework", *arguments], env, config.ROOT))

    def _until(self, done: Callable[[], bool], child: Child, patience: float) -> bool:
        """Wait for a child's first answer; false if it cannot be brought up, or if all is to end."""
        deadline = time.monotonic() + patience
        while not done():
            self.supervisor.look()
            if child.failures >= TRIES or time.monotonic() > deadline:
                self.say("does not start, see above", child.name)
                return False
            if self.supervisor.stopping.wait(0.05) or not self._wanted():
                return False
        return True

    def _wanted(self) -> bool:
        """Whether whoever started us is still there, if we are to end with them."""
        return self.parent is None or os.getppid() == self.parent

    def _end(self) -> None:
        names = [child.name for child in self.supervisor.children]
        servers = [name for name in names if name in ("postgres", "valkey", "catcher")]
        self.home.withdraw()
        self.supervisor.stop([[name for name in names if name not in servers], servers])
        for server in self.servers:
            server.clear()
        self.home.release()


def refuse_taken_port(env: Mapping[str, str]) -> None:
    """Refuse at once a port that another program listens on."""
    values = config.load({**environment.NOT_YET, **env})
    with socket.socket(socket.AF_INET6 if ":" in values["CASEWORK_BIND"] else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((values["CASEWORK_BIND"], values["PORT"]))
        except OSError as error:
            where = f"{values['CASEWORK_BIND']}:{values['PORT']}"
            raise Refused(f"{where} cannot be listened on ({error.strerror}). Set PORT to another.") from error


def answers(env: Mapping[str, str]) -> bool:
    """Whether pages are served. The host that is asked for is the public one: others are refused."""
    bound = env.get("CASEWORK_BIND", "127.0.0.1")
    host = "127.0.0.1" if bound in ("", "0.0.0.0", "::") else bound
    connection = http.client.HTTPConnection(host, int(env.get("PORT", "8000")), timeout=5)
    try:
        connection.request("GET", "/health/live", headers={"Host": urlsplit(env["PUBLIC_URL"]).netloc})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
