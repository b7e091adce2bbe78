"""The commands of releases and boundaries, which `casework.cli` takes in."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from flask import Flask

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
MOMENT = click.DateTime(["%Y-%m-%dT%H:%M"])


def add_to(commands: click.Group, areas: click.Group, application: Callable[[], AbstractContextManager[Flask]]) -> None:
    """Add them to the groups of the command line; `application` gives the program on the database that runs."""

    @areas.command("boundaries")
    @click.argument("file", type=FILE)
    def areas_boundaries(file: Path) -> int:
        """Load the outlines of boroughs from a GeoJSON FILE of the ONS (docs/operating.md says where to get one)."""
        with application() as app, app.app_context():
            from casework.releases import commands

            return commands.load_boundaries(file, click.echo)

    @commands.group()
    def releases() -> None:
        """Monthly stop and search files, and what is published of them."""

    @releases.command("import")
    @click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
    @click.option("--as", "email", default="", help="The analyst who imports them; the program itself if left out.")
    @click.option("--why", default="", help="What a corrected file corrects, for readers.")
    def releases_import(files: tuple[Path, ...], email: str, why: str) -> int:
        """Import monthly FILES of police.uk, or every .csv file of folders; each waits for its reviewer then."""
        with application() as app, app.app_context():
            from casework.releases import commands

            return commands.import_files(files, email, why, click.echo)

    @releases.command("list")
    def releases_list() -> None:
        """List every version of every month, with its number and where it stands."""
        with application() as app, app.app_context():
            from casework.releases import commands

            commands.list_all(click.echo)

    @releases.command("do")
    @click.argument("action")
    @click.argument("numbers", nargs=-1, required=True, type=int)
    @click.option("--as", "email", required=True, help="Who does it: the address of an account whose role may.")
    @click.option("--reason", default="", help="Why, for readers: of refusing and withdrawing.")
    @click.option("--at", "moment", default=None, type=MOMENT, help="London time: of announcing.")
    def releases_do(action: str, numbers: tuple[int, ...], email: str, reason: str, moment: datetime | None) -> int:
        """Take an ACTION of the table (review, sign, schedule, release, withdraw ...) on releases by their NUMBERS."""
        with application() as app, app.app_context():
            from casework.releases import commands

            return commands.act(action, numbers, email, reason, moment, click.echo)
