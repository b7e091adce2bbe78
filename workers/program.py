"""The program as workers and ticker need it: database, mail and features, without pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask

import config
from casework import load_features, logs
from casework.extensions import db, mail


def make(process: str, values: dict[str, Any] | None = None) -> Flask:
    """The program for `config.WORKER` or `config.TICKER`, from the environment unless `values` are given."""
    values = values or config.from_environment(process)
    root = Path(__file__).resolve().parent.parent
    app = Flask("casework", root_path=str(root / "casework"), template_folder=str(root / "templates"))
    app.config.update(values)
    # A connection that the server closed is replaced before use; a lock or a statement never holds a worker for long.
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        "pool_size": 2,
        "pool_pre_ping": True,
        "connect_args": {
            "application_name": f"casework-{process}",
            "connect_timeout": 5,
            "options": "-c lock_timeout=5s -c statement_timeout=60s -c idle_in_transaction_session_timeout=120s",
        },
    }
    db.init_app(app)
    mail.init_app(app)
    load_features()
    logs.set_up(process, values["LOG_LEVEL"])
    return app
