"""Casework: the case system behind a police force's stop-and-search accountability.

`create_app` is the table of contents of the program. Features are imported inside it, so that the pure cores
(workflow, clocks, references) load without Flask.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask


# Every group of pages, in the order in which a visitor and then the staff meet them.
BLUEPRINTS = (
    "pages.public",
    "pages.cookies",
    "pages.health",
    "rides.public",
    "rides.numbers_public",
    "complaints.numbers_public",
    "releases.public",
    "releases.downloads",
    "releases.news",
    "releases.own_pages",
    "releases.staff",
    "saying.public",
    "post.public",
    "tracking.public",
    "tracking.details",
    "exchanges.downloads",
    "rides.track_actions",
    "saying.track",
    "accounts.staff",
    "cases.staff",
    "cases.people",
    "cases.glass",
    "rides.staff",
    "complaints.public",
    "complaints.staff",
    "vetting.staff",
    "schedule.staff",
    "triage.views",
    "triage.plan_pages",
    "triage.routing_pages",
    "triage.overview_pages",
    "owed.staff",
    "post.room_pages",
    "post.scan_pages",
    "post.index_pages",
    "post.exception_pages",
    "post.case_pages",
    "post.keying_pages",
    "post.settling_pages",
    "post.measures_pages",
    "post.checking_pages",
    "triage.staff",
)


def create_app(config: dict[str, Any]) -> Flask:
    """Make the program from its settings (see `config.py`). Raises RuntimeError where something is missing."""
    from pathlib import Path

    from flask import Flask

    root = Path(__file__).resolve().parent.parent
    app = Flask("casework", root_path=str(root / "casework"), template_folder=str(root / "templates"))
    app.config.update(config)

    from casework import database, sessions, web
    from casework.extensions import csrf, db, limiter, login, mail

    app.session_interface = sessions.Sessions()
    for extension in (db, login, mail, csrf, limiter):
        extension.init_app(app)
    database.set_up(app)
    load_features()
    web.set_up(app)

    from importlib import import_module
    from importlib.util import find_spec

    # Several modules may add pages to one group, so all are there before the first is registered.
    found = [import_module(f"casework.{name}").bp for name in BLUEPRINTS if find_spec(f"casework.{name}")]
    for group in dict.fromkeys(found):
        app.register_blueprint(group)
    web.close_by_default(app)
    return app


def load_features() -> None:
    """Import what registers tables, checks, effects and deletions, without the web."""
    from importlib import import_module

    for name in (
        "accounts.service",
        "accounts.retention",
        "vetting.service",
        "schedule.service",
        "schedule.rules",
        "rides.service",
        "rides.retention",
        "rides.facts",
        "exchanges.sweeping",
        "feedback.service",
        "complaints.service",
        "exchanges.retention",
        "feedback.retention",
        "complaints.retention",
        "triage.plans",
        "triage.routing",
        "triage.search",
        "pages.retention",
        "triage.parts",
        "triage.retention",
        "triage.thanks",
        "post.service",
        "post.indexing",
        "post.retention",
        "post.folder",
        "post.finishing",
        "owed.preview",
        "owed.runs",
        "owed.retention",
        "releases.service",
        "releases.importing",
        "releases.retention",
        "releases.own",
        "releases.packs",
    ):
        import_module(f"casework.{name}")
