"""What is done to a release: announced, released, corrected, withdrawn. Registers the table's checks and effects."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text, update

from casework import seldom
from casework.cases import registry
from casework.cases import service as cases
from casework.cases.registry import Step
from casework.extensions import db
from casework.history.models import Event
from casework.releases.cube import add_up
from casework.releases.models import Cube, Release, Value
from casework.releases.queries import STOPS
from casework.releases.workflow import RELEASE, ReleaseState
from casework.roles import SYSTEM, Actor

S = ReleaseState


def schedule(release: Release, moment: datetime | None, actor: Actor) -> Event:
    """Announce that a release comes out at this moment; the ticker releases it then. Never commits."""
    return cases.perform(release, "schedule", actor, moment=moment)


def withdraw(release: Release, why: str, actor: Actor) -> Event:
    """Take a release away from readers, who are told why. Never commits."""
    event = cases.perform(release, "withdraw", actor, reason=why)
    release.why = why
    return event


def refuse(release: Release, why: str, actor: Actor) -> Event:
    """Do not publish this. The same file may be uploaded again. Never commits."""
    event = cases.perform(release, "refuse", actor, reason=why)
    release.why = why
    return event


# What asks for a reason that readers are told.
SAID = {"withdraw": withdraw, "refuse": refuse}


def _current(release: Release) -> Release | None:
    """The version of the same month that readers have now, locked."""
    wanted = select(Release).where(
        Release.kind == release.kind, Release.force == release.force, Release.month == release.month
    )
    return db.session.scalars(wanted.where(Release.is_current).with_for_update()).one_or_none()


def _publish(step: Step) -> None:
    """This becomes the version that readers have; the one before stays at its address as corrected."""
    release = step.subject
    before = _current(release)
    if before is not None and before.id != release.id:
        before.is_current = False
        db.session.flush()
        cases.perform(before, "supersede", SYSTEM, at=step.at, by=release.id)
    release.is_current, release.released_at = True, step.at
    ids = select(Cube.cells).where(Cube.release_id == release.id, Cube.area_id == 0, Cube.group_id == 0)

    seen = list(add_up(list(db.session.scalars(ids))))
    db.session.execute(update(Value).where(Value.id.in_(seen)).values(known=True))
    db.session.flush()
    seldom.forget()


def _unpublish(step: Step) -> None:
    step.subject.is_current = False
    seldom.forget()


def _keep_moment(step: Step) -> None:
    step.subject.scheduled_for = step.facts["moment"]


def _forget_moment(step: Step) -> None:
    step.subject.scheduled_for = None


def _moment_given(step: Step) -> bool:
    moment = step.facts.get("moment")
    return step.asking or (isinstance(moment, datetime) and moment > step.at)


def _is_newest(step: Step) -> bool:
    """Whether no newer version is out. Versions of one month come out one after the other, whoever presses first."""
    release = step.subject
    if not step.asking:
        series = f"{release.kind} {release.force} {release.month}"
        db.session.execute(text("select pg_advisory_xact_lock(hashtextextended(:series, 0))"), {"series": series})
    newer = select(func.count()).where(
        Release.kind == release.kind,
        Release.force == release.force,
        Release.month == release.month,
        Release.number > release.number,
        Release.released_at.is_not(None),
    )
    return not db.session.scalar(newer)


def _table_is_known(step: Step) -> bool:
    """Open rows are of a known kind. A table of our own is known once one of its kind came out."""
    if step.subject.kind == STOPS:
        return True
    before = select(Release.id).where(Release.kind == step.subject.kind, Release.released_at.is_not(None)).limit(1)
    return db.session.scalar(before) is not None


def _reason_given(step: Step) -> bool:
    return step.asking or bool(str(step.facts.get("reason", "")).strip())


def _nothing_follows(step: Step) -> bool:
    """Whoever made the table has shown that no withheld number follows from it, and wrote that into its report."""
    return bool(step.subject.report.get("nothing_follows"))


def _stream(release: Any) -> int:
    found: int = release.stream_id
    return found


registry.register(
    registry.Kind(
        RELEASE,
        Release,
        stream_of=_stream,
        case_of=lambda release: None,
        checks={
            "is_open_data": lambda step: step.subject.kind == STOPS,
            "is_our_own": lambda step: step.subject.kind != STOPS,
            "nothing_follows": _nothing_follows,
            "one_is_enough": lambda step: step.subject.kind == STOPS and step.subject.clean,
            "table_is_known": _table_is_known,
            "is_newest": _is_newest,
            "moment_given": _moment_given,
            "reason_given": _reason_given,
        },
        nows={
            "publish": _publish,
            "unpublish": _unpublish,
            "keep_moment": _keep_moment,
            "forget_moment": _forget_moment,
        },
    )
)
