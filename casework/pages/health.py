"""Health for machines: alive, ready, and numbers. Tells nothing about cases or people."""

from __future__ import annotations

import hmac
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from casework.accounts.door import public
from casework.extensions import db
from casework.moments import now
from casework.outbox.models import Beat, Owed
from casework.web.guards import FORWARDING

bp = Blueprint("health", __name__)

# Later than this, mail is late enough to wake somebody; a beat older than this is no news of anything.
LATE_SECONDS = 300
BEAT_SECONDS = 60


@bp.get("/health/live")
@public
def live() -> ResponseReturnValue:
    """Whether this process answers."""
    return jsonify(status="live")


@bp.get("/health/ready")
@public
def ready() -> ResponseReturnValue:
    """Whether pages can be served, and how everything behind them does."""
    try:
        checks = {"database": {"ok": True}, "migrations": _migrations(), "outbox": _outbox(), **_beats()}
    except SQLAlchemyError:
        db.session.rollback()
        return jsonify(status="not ready", checks={"database": {"ok": False}}), 503
    if not checks["migrations"]["ok"]:
        return jsonify(status="not ready", checks=checks), 503
    well = all(check["ok"] for check in checks.values())
    return jsonify(status="ready" if well else "degraded", checks=checks)


@bp.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    """The numbers to watch, for Prometheus. Loopback only, unless there is a token: then with the token only."""
    if not _may_read_metrics():
        abort(404)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Numbers())
    return Response(generate_latest(registry), content_type="text/plain; version=0.0.4; charset=utf-8")


class _Numbers:
    """Reads the numbers when it is asked for them."""

    def collect(self) -> Any:
        state = _outbox()
        yield GaugeMetricFamily("casework_outbox_owed", "Messages and jobs that are due now", value=state["owed"])
        yield GaugeMetricFamily(
            "casework_outbox_late_seconds", "How long the oldest of them has been due", value=state["late_seconds"]
        )
        yield GaugeMetricFamily("casework_outbox_failed", "Messages that staff must deal with", value=state["failed"])
        requests = CounterMetricFamily("casework_requests", "Requests that this process answered", labels=["status"])
        for status, number in sorted(current_app.extensions["casework_requests"].by_class.items()):
            requests.add_metric([status], number)
        yield requests


def _migrations() -> dict[str, Any]:
    here = db.session.scalar(text("select version_num from alembic_version"))
    return {"ok": here == _head(), "at": here}


@cache
def _head() -> str | None:
    """The newest migration that this program was written for."""
    from alembic.script import ScriptDirectory

    folder = Path(__file__).resolve().parents[2] / "migrations"
    return ScriptDirectory(str(folder)).get_current_head()


def _outbox() -> dict[str, Any]:
    due = (Owed.closed_at.is_(None), Owed.due_at <= now(), Owed.channel.in_(("email", "")))
    owed, oldest = db.session.execute(select(func.count(), func.min(Owed.due_at)).where(*due)).one()
    failed = db.session.scalar(
        select(func.count()).where(Owed.failed_at.is_not(None), Owed.settled_at.is_(None)).select_from(Owed)
    )
    late = _seconds_since(oldest) if oldest else 0
    return {"ok": late < LATE_SECONDS, "owed": owed, "late_seconds": late, "failed": failed or 0}


def _beats() -> dict[str, dict[str, Any]]:
    """What the ticker last saw. What it has not seen lately is not well; what is looked at hourly has its own pages."""
    names = ("redis", "smtp", "workers", "ticker")
    found: dict[str, dict[str, Any]] = {name: {"ok": False, "seen": "never"} for name in names}
    for beat in db.session.scalars(select(Beat).where(Beat.name.in_(names))):
        age = _seconds_since(beat.at)
        found[beat.name] = {"ok": beat.ok and age < BEAT_SECONDS, "seconds_ago": age}
    return found


def _seconds_since(at: datetime) -> int:
    return max(0, int((now() - at).total_seconds()))


def _may_read_metrics() -> bool:
    token = current_app.config.get("METRICS_TOKEN")
    if token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        return hmac.compare_digest(given.encode(), str(token).encode())
    forwarded = any(name in request.environ for name in (*FORWARDING, "HTTP_X_FORWARDED_FOR"))
    return request.remote_addr in ("127.0.0.1", "::1") and not forwarded
