"""The command line. Each command loads only what it needs; `casework --help` lists them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

import config
from casework import cli_releases
from casework.running import environment
from casework.running.home import Refused
from casework.workflow import Refused as NotAllowed

if TYPE_CHECKING:
    from flask import Flask


# the calendar is asked for again at every start
YEARS_OF_HOLIDAYS = 3


def main() -> NoReturn:
    """Run a command; what is missing or wrong is said in one sentence, without a traceback."""
    try:
        sys.exit(commands(standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except (Refused, NotAllowed, config.ConfigError) as error:
        click.echo(str(error), err=True)
        sys.exit(1)


@click.group()
def commands() -> None:
    """Casework: the case system behind a police force's stop-and-search accountability."""


@commands.command()
@click.option("--with-parent", is_flag=True, help="End when the process that started this one is gone.")
def up(with_parent: bool) -> int:
    """Serve everything under one supervisor."""
    from casework.running.up import Up

    return Up(os.environ, with_parent).run()


@commands.command()
def web() -> None:
    """Serve the pages on CASEWORK_BIND and PORT."""
    values = config.from_environment(config.WEB)
    bind = "127.0.0.1" if values["CASEWORK_DEMO"] else values["CASEWORK_BIND"]
    _refuse_other_kind(values)
    os.chdir(config.ROOT)
    os.execv(sys.executable, web_server(bind, values["PORT"], values["LOG_LEVEL"]))


@commands.command()
def worker() -> None:
    """Send what is owed and run jobs, until told to end."""
    _refuse_other_kind(config.from_environment(config.WORKER))
    from workers import worker

    worker.main()


@commands.command()
def ticker() -> None:
    """See to what time brings: drains, clock transitions, periodic work."""
    _refuse_other_kind(config.from_environment(config.TICKER))
    from workers import ticker

    ticker.main()


@commands.command()
@click.option("--to", default="head", help="The revision to go to.")
def migrate(to: str) -> None:
    """Bring the database's tables up to date, as DATABASE_OWNER_URL."""
    with environment.for_command() as env:
        _migrate(env, to)


@commands.command()
def doctor() -> int:
    """Say in sentences what is missing or wrong."""
    from casework.running import doctor

    with environment.for_command() as env:
        return doctor.report(env, click.echo)


@commands.command()
def demo() -> None:
    """Fill an empty demonstration with made-up people and cases."""
    with _application() as app:
        if not app.config["CASEWORK_DEMO"]:
            raise Refused("Only a demonstration may be filled with made-up cases: set CASEWORK_DEMO=1.")
        from casework import demo

        demo.make(app)


@commands.command(hidden=True)
@click.option("--demo", "fill", is_flag=True, help="Fill it with made-up cases if it is empty.")
def prepare(fill: bool) -> None:
    """Bring a database to where the program can run on it; for `casework up`."""
    _migrate(dict(os.environ), "head")
    app = _create_app(dict(os.environ))
    _load_calendar(app)
    if fill:
        _fill(app)


@commands.command("catch-mail", hidden=True)
@click.argument("folder")
@click.argument("port", type=int)
def catch_mail(folder: str, port: int) -> None:
    """Keep mail as files in a folder; for `casework up`."""
    from casework.running import catcher

    catcher.main(folder, port)


@commands.group()
def staff() -> None:
    """Staff accounts."""


@staff.command("add")
@click.argument("email")
@click.option("--name", required=True, help="The person's name.")
@click.option("--role", required=True, help="The role of their first grant, such as admin.")
@click.option("--area", default=None, help="The area of that grant; force-wide if left out.")
def staff_add(email: str, name: str, role: str, area: str | None) -> None:
    """Make an account and print the link by which its owner sets a password."""
    with _application() as app, app.app_context():
        from casework.accounts import service
        from casework.extensions import db

        link = service.add_first(email, name, role, area, app.config["PUBLIC_URL"])
        db.session.commit()
        click.echo(link)


@commands.command()
def outbox() -> None:
    """Show what is owed, what is late and what failed."""
    with _application() as app, app.app_context():
        from casework.outbox import queries

        click.echo(queries.summary())


@commands.group()
def workflows() -> None:
    """The tables that say what may happen."""


@workflows.command("check")
def workflows_check() -> int:
    """Prove that no table has a dead end, an unreachable state, or waiting without an owner, a clock and words."""
    from casework import tables
    from workers.jobs import JOBS

    faults = tables.check(JOBS)
    for fault in faults:
        click.echo(fault)
    return 1 if faults else 0


@workflows.command("draw")
def workflows_draw() -> None:
    """Draw every table into docs/workflows, and the list of rules into docs/rules.md."""
    from casework import tables

    for path in tables.write():
        click.echo(path)


@commands.command()
def verify() -> int:
    """Recompute the history's chains and the dates that queues sort by; name what differs."""
    with _application() as app, app.app_context():
        from casework.cases.verify import verify as dates
        from casework.history.verify import verify as chains

        faults = [*chains(), *dates()]
        for fault in faults:
            click.echo(fault)
        return 1 if faults else 0


@commands.command()
def sbom() -> None:
    """Print the software bill of materials (CycloneDX JSON), from the lock files of this checkout; needs no network."""
    from casework.running import materials

    click.echo(materials.bill(config.ROOT), nl=False)


@commands.group()
def papers() -> None:
    """Blank paper forms."""


@papers.command("freeze")
def papers_freeze() -> None:
    """Write down where the boxes of today's versions lie (casework/post/layouts.json)."""
    with _application() as app, app.app_context():
        from casework.post import blanks
        from casework.post import papers as declared

        forms = [(form, large) for form in declared.FORMS.values() for large in (False, True)]
        declared.freeze({(form.name, form.version, large): blanks.boxes(form, large) for form, large in forms})
        click.echo(declared.LAYOUTS)


@commands.group()
def calendar() -> None:
    """Bank holidays."""


@calendar.command("load")
def calendar_load() -> None:
    """Load the bank holidays that the program knows into the database."""
    with _application() as app:
        _load_calendar(app)


@commands.group()
def areas() -> None:
    """The force, its BCUs and boroughs."""


@areas.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def areas_load(file: Path) -> int:
    """Load areas from a CSV FILE (see casework/areas/data/london.csv), and begin the scheme in BCUs that are new."""
    with _application() as app, app.app_context():
        from casework.areas import load, queries
        from casework.exchanges import canned
        from casework.extensions import db
        from casework.rides import queries as rides
        from casework.rides import service

        try:
            count = load.load(file, app.config["FORCE_NAME"])
        except load.BadAreas as wrong:
            click.echo(str(wrong))
            return 1
        db.session.flush()
        have = rides.schemes()
        for bcu in queries.bcus():
            if bcu.id not in have:
                service.open_scheme(bcu.id)
        canned.ensure_defaults()
        db.session.commit()
        click.echo(f"{count} areas were loaded.")
        return 0


@areas.command("population")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", default="Census 2021", show_default=True, help="what readers know it by")
@click.option("--year", default=2021, show_default=True, help="the year that it counts or estimates")
def areas_population(file: Path, source: str, year: int) -> int:
    """Load the residents of boroughs by ethnic group from a CSV FILE of the ONS (see casework/areas/population.py)."""
    with _application() as app, app.app_context():
        from casework.areas import population
        from casework.extensions import db

        try:
            ours, others = population.load(file.read_text(encoding="utf-8-sig"), source, year)
        except (population.BadPopulation, UnicodeDecodeError) as wrong:
            click.echo(str(wrong))
            return 1
        db.session.commit()
        click.echo(f"The residents of {ours} areas were loaded as {source!r}; {others} areas in the file are not ours.")
        return 0


def web_server(bind: str, port: int, log_level: str, application: str = "wsgi:app") -> list[str]:
    """The command that serves an application: see docs/decisions/0003-web-server.md."""
    arguments = ["--interface", "wsgi", "--host", bind, "--port", str(port), "--workers", "1"]
    arguments += ["--blocking-threads", str(2 * (os.cpu_count() or 1) + 1)]
    arguments += ["--no-ws", "--http", "1", "--respawn-failed-workers"]
    arguments += ["--log-level", log_level.lower(), application]
    return [sys.executable, "-m", "granian", *arguments]


@contextmanager
def _application() -> Iterator[Flask]:
    """The application for a single command, on the database that runs or on one started for it."""
    with environment.for_command() as env:
        yield _create_app(env)


cli_releases.add_to(commands, areas, _application)


def _create_app(env: dict[str, str]) -> Flask:
    from casework import create_app

    values = config.load(env, config.COMMAND)
    _refuse_other_kind(values)
    return create_app(values)


def _migrate(env: dict[str, str], to: str) -> None:
    from casework.running import mark, migrations

    owner = config.owner_url(env)
    kind = mark.DEMO if environment.is_demo(env) else mark.REAL
    mark.refuse_other_kind(owner, kind)
    migrations.upgrade(owner, config.database("DATABASE_URL", env["DATABASE_URL"]), to)
    if to == "head":
        mark.mark(owner, kind)


def _fill(app: Flask) -> None:
    """Fill an empty demonstration; see to it that in a filled one the password that is printed opens every account."""
    from casework import demo
    from casework.accounts import passwords
    from casework.accounts.models import Account
    from casework.extensions import db

    if demo.is_empty(app):
        if app.config["CASEWORK_DEMO_CASES"]:
            cases = [app.config[f"CASEWORK_DEMO_{kind}"] for kind in ("CASES", "FEEDBACK", "COMPLAINTS")]
            words = f"making {cases[0]} made-up applications, {cases[1]} pieces of feedback and {cases[2]} complaints"
            click.echo(f"{words}; only this once")
            demo.make(app)
        return
    with app.app_context():
        password = app.config["CASEWORK_DEMO_PASSWORD"]
        accounts = db.session.query(Account).where(Account.email.endswith("@demo.example")).all()
        if accounts and not passwords.matches(accounts[0].password_hash, password):
            hashed = passwords.hash_of(password)
            for account in accounts:
                account.password_hash = hashed
        db.session.commit()


def _load_calendar(app: Flask) -> None:
    from casework.extensions import db
    from casework.settings import service

    with app.app_context():
        service.load_calendar(until_year=datetime.now(UTC).year + YEARS_OF_HOLIDAYS)
        db.session.commit()


def _refuse_other_kind(values: dict[str, Any]) -> None:
    from casework.running import mark

    mark.refuse_other_kind(values["DATABASE_URL"], mark.DEMO if values["CASEWORK_DEMO"] else mark.REAL)
