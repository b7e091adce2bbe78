"""Which page of the tracker shows a kind of case: each feature registers its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from casework.cases.models import Case
from casework.parties.models import Party

# Gives the page, or where to go instead: a case that went on as another one leads there.
Page = Callable[[Any, Party], Any]

_pages: dict[str, Page] = {}
_go_on: dict[str, Callable[[Any, Party], Party | None]] = {}
_came_from: dict[str, Callable[[Any, Party], Party | None]] = {}
_closed: dict[str, Callable[[Any, Party], bool]] = {}


def shows(kind: str) -> Callable[[Page], Page]:
    """Register what `/track/case` shows of a kind of case to one of its people."""

    def keep(function: Page) -> Page:
        _pages[kind] = function
        return function

    return keep


def goes_on(kind: str) -> Callable[[Any], Any]:
    """Register how a case of this kind leads on to the same person in the case that it became."""

    def keep(function: Callable[[Any, Party], Party | None]) -> Any:
        _go_on[kind] = function
        return function

    return keep


def came_from(kind: str) -> Callable[[Any], Any]:
    """Register how the same person is found in the case that a case of this kind came from."""

    def keep(function: Callable[[Any, Party], Party | None]) -> Any:
        _came_from[kind] = function
        return function

    return keep


def closed_when(kind: str) -> Callable[[Callable[[Any, Party], bool]], Any]:
    """Register when a case of this kind is closed to one of its people."""

    def keep(function: Callable[[Any, Party], bool]) -> Any:
        _closed[kind] = function
        return function

    return keep


def is_closed(case: Case, party: Party) -> bool:
    """Whether a case is closed to somebody who had access to it."""
    over = _closed.get(case.kind)
    return over is not None and over(case, party)


def of(case: Case, party: Party) -> Any:
    """The page of a case."""
    return _pages[case.kind](case, party)


def next_party(case: Case, party: Party) -> Party | None:
    """The same person in the case that this one became, if it became another."""
    follow = _go_on.get(case.kind)
    return follow(case, party) if follow else None


def party_before(case: Case, party: Party) -> Party | None:
    """The same person in the case that this one came from, if it came from another: their link there leads here."""
    find = _came_from.get(case.kind)
    return find(case, party) if find else None
