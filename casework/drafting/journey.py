"""A form of several pages while it is typed: a sealed row, found by the session or by a link, sent at most once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import session
from sqlalchemy import select

from casework.cases import service as cases
from casework.cases.models import Draft
from casework.drafting import service
from casework.extensions import db
from casework.forms import Form
from casework.moments import now, today
from casework.parties import secrets

# What was typed, by page and by name of input.
Typed = dict[str, dict[str, list[str]]]


@dataclass(frozen=True)
class Page:
    """One page of a form: its address, its heading, its questions.

    `optional` may be left out altogether; `when` says by what was typed elsewhere whether it is asked at all.
    """

    slug: str
    title: str
    form: type[Form]
    part: str
    optional: bool = False
    when: Callable[[Typed], bool] | None = None


@dataclass(frozen=True)
class Journey:
    """A form: its kind of draft, its pages in their order, its key in the session, the message with its link."""

    kind: str
    pages: tuple[Page, ...]
    key: str
    link: str

    def page(self, slug: str) -> Page | None:
        """The page of an address."""
        return next((page for page in self.pages if page.slug == slug), None)

    def path(self, kept: Typed) -> list[Page]:
        """The pages that are asked, given what was typed so far."""
        return [page for page in self.pages if page.when is None or page.when(kept)]

    def current(self, lock: bool = False) -> Draft | None:
        """The draft of this browser, sent or not, if it has one that has not run out; locked where it is to be sent."""
        draft_id = session.get(self.key)
        if not isinstance(draft_id, int):
            return None
        return self._alive(db.session.get(Draft, draft_id, with_for_update=lock or None, populate_existing=lock))

    def unsent(self) -> Draft | None:
        """The draft of this browser that can still be typed in."""
        draft = self.current()
        return draft if draft is not None and draft.case_id is None else None

    def by_secret(self, secret: str) -> Draft | None:
        """The draft of a link."""
        wanted = select(Draft).where(Draft.link_digest == secrets.link_digest(secret))
        return self._alive(db.session.scalars(wanted).one_or_none())

    def open(self, draft: Draft) -> None:
        """Go on with a draft in this browser."""
        session[self.key] = draft.id

    def keep(self, page: Page, form: Form) -> Draft:
        """Keep one page's answers; other pages stay as another tab left them. Begins a draft where there is none."""
        draft = self.unsent()
        if draft is None:
            draft = service.begin(self.kind)
            self.open(draft)
        else:
            draft = cases.lock(Draft, draft.id)
        draft.answers = json.dumps(typed(draft) | {page.slug: form.typed()})
        draft.changed_at = now()
        service.keep_longer(draft)
        return draft

    def filled(self, draft: Draft | None) -> dict[str, Form]:
        """The form of each page that is asked with its answers, checked."""
        kept = typed(draft)
        forms = {}
        for page in self.path(kept):
            form = page.form.again(kept.get(page.slug))
            if page.slug in kept:
                form.validate()
            forms[page.slug] = form
        return forms

    def next_page(self, draft: Draft | None, forms: Mapping[str, Form] | None = None) -> Page | None:
        """The first page that must be answered and is not, or not in a way that is good. `forms`: its filled ones."""
        kept = typed(draft)
        for page in self.path(kept):
            if page.slug not in kept:
                if page.optional:
                    continue
                return page
            if forms[page.slug].errors if forms else not page.form.again(kept[page.slug]).validate():
                return page
        return None

    def send_link(self, draft: Draft, email: str) -> None:
        """Owe the link with which to come back."""
        service.send_link(draft, email, self.link)

    def _alive(self, draft: Draft | None) -> Draft | None:
        return draft if draft is not None and draft.kind == self.kind and draft.expires_on >= today() else None


def typed(draft: Draft | None) -> Typed:
    """What was typed, by page."""
    kept: Typed = json.loads(draft.answers or "{}") if draft is not None else {}
    return kept
