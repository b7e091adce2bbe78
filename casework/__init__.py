"""Casework: the case system behind a police force's stop-and-search accountability.

`create_app` is the table of contents of the program. Features are imported inside it, so that the pure cores
(workflow, clocks, references) load without Flask.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask


def create_app(config: dict[str, Any]) -> Flask:
    """Make the program from its settings (see `config.py`). Raises RuntimeError where something is missing."""
    from pathlib import Path

    from flask import Flask

    root = Path(__file__).resolve().parent.parent
    app = Flask("casework", root_path=str(root / "casework"), template_folder=str(root / "templates"))
    app.config.update(config)

    from casework import sessions, web
    from casework.extensions import csrf, db, limiter, login, mail

    app.session_interface = sessions.Sessions()
    for extension in (db, login, mail, csrf, limiter):
        extension.init_app(app)
    load_features()
    web.set_up(app)

    from casework.accounts import staff as accounts_staff
    from casework.cases import staff as cases_staff
    from casework.pages import cookies, health, public as pages_public
    from casework.rides import public as rides_public, staff as rides_staff, track
    from casework.schedule import staff as schedule_staff
    from casework.vetting import staff as vetting_staff

    for module in (
        pages_public,
        cookies,
        health,
        rides_public,
        track,
        accounts_staff,
        cases_staff,
        rides_staff,
        vetting_staff,
        schedule_staff,
    ):
        app.register_blueprint(module.bp)
    web.close_by_default(app)
    return app


def load_features() -> None:
    """Import what registers tables, checks, effects and deletions, without the web."""
    from importlib import import_module

    for name in (
        "accounts.service",
        "vetting.service",
        "schedule.service",
        "schedule.rules",
        "rides.service",
        "rides.retention",
        "pages.models",
    ):
        import_module(f"casework.{name}")
