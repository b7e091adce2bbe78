"""Two people, two buttons; one person, one button twice. What every page says on which something is decided.

A form of such a page carries the version of what it was shown. The second of two people is told who did what just
now and finds what was typed again; a second press of the same button does nothing further.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Self

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from casework.accounts import queries as accounts
from casework.accounts.door import current
from casework.cases import registry
from casework.cases.service import Clash
from casework.clocks.london import london_time
from casework.extensions import db
from casework.forms import Form, Hidden
from casework.history.models import Event
from casework.moments import now
from casework.roles import ROLE_WORDS, Actor, Role
from casework.workflow import Refused

# Within this time the same act of the same person on the same thing is the same press of a button.
_TWICE = timedelta(minutes=2)


class DoneAlready(Exception):
    """The same person has just done this. Nothing more is to be done."""


STOPS = (Clash, Refused, DoneAlready)


class Decision(Form):
    """A form on which something is decided: it remembers what the page showed."""

    version = Hidden(max=20)

    @classmethod
    def fresh(cls, version: int, **kwargs: Any) -> Self:
        """The form as nobody has sent it yet, also on a page that answers a POST of another form."""
        form = cls(formdata=MultiDict(), **kwargs)
        form.version.raw_data = [str(version)]
        return form


def check(subject: Any, version: str | None, action: str, actor: Actor) -> None:
    """Raise `DoneAlready` or `Clash` where a row is not as the page showed it. Lock the row before you ask."""
    if version == str(subject.version):
        return
    raise DoneAlready if _did(subject, action, actor) else Clash


def stopped(
    stop: Exception,
    subject: Any,
    action: str,
    form: Form,
    show: Callable[[], str],
    done: Callable[[], ResponseReturnValue],
) -> ResponseReturnValue:
    """Answer what stopped a decision: the page again, with the sentence and what was typed; or as if it went well."""
    db.session.rollback()
    if isinstance(stop, Clash) and _did(subject, action, current.actor):
        return done()
    if isinstance(stop, DoneAlready):
        return done()
    form.form_errors.append(stop.sentence if isinstance(stop, Refused) else sentence(subject))
    if isinstance(form, Decision):
        # Whoever has read the sentence may send the form again as it stands.
        form.version.raw_data = [str(subject.version)]
    return show(), 409


class Sheet:
    """A page with one form: shown at first, shown again, shown with what stopped it."""

    def __init__(self, template: str, form: Form, **values: Any) -> None:
        self._template, self._form, self._values = template, form, values

    def render(self) -> str:
        """The page."""
        return render_template(self._template, form=self._form, **self._values)

    def shown(self) -> ResponseReturnValue:
        """The page as asked for, or as 400 where it was sent and something is wrong with it."""
        return self.render(), 200 if request.method == "GET" else 400

    def stopped(
        self, stop: Exception, subject: Any, action: str, done: Callable[[], ResponseReturnValue]
    ) -> ResponseReturnValue:
        """As `stopped`, for this page."""
        return stopped(stop, subject, action, self._form, self.render, done)


def sentence(subject: Any) -> str:
    """Who did what just now, for somebody who was slower."""
    event = _newest(subject)
    if event is None:
        return "This has changed. Look at it as it is now. Nothing of yours was saved."
    name = accounts.names_of([event.account_id]).get(event.account_id, "") if event.account_id else ""
    who = name or ROLE_WORDS[Role(event.role)]
    words = registry.of(subject).workflow.words.get(event.action, event.action.replace("_", " "))
    at = f"{london_time(event.at):%H:%M}"
    return (
        f"{who[:1].upper()}{who[1:]} was faster, at {at}: {words}. Nothing of yours was saved. Look at it as it is now."
    )


def _did(subject: Any, action: str, actor: Actor) -> bool:
    event = _newest(subject)
    if event is None or event.account_id != actor.account_id or actor.account_id is None:
        return False
    return event.action == action and now() - event.at < _TWICE


def _newest(subject: Any) -> Event | None:
    """The newest event about this very thing, in the history that it belongs to."""
    kind = registry.of(subject)
    return db.session.scalars(
        select(Event)
        .where(
            Event.stream_id == kind.stream_of(subject),
            Event.subject_kind == kind.workflow.name,
            Event.subject_id == subject.id,
        )
        .order_by(Event.number.desc())
        .limit(1)
    ).one_or_none()
